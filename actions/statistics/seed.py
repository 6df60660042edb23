"""The figures that come with the project, read from content/statistics.csv and content/populations.csv.

Source of every row: its own source columns, from the researched facts.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from actions.statistics.figure import LONDON, WHOLE_OF_LONDON, Edition, Figure, Population
from bot.errors import ContentError
from bot.paths import CONTENT

ORIGIN = "content"
FILE = CONTENT / "statistics.csv"
PEOPLE = CONTENT / "populations.csv"
T = TypeVar("T")


def checksum() -> str:
    """SHA-256 of both files, so that an edit is taken in."""
    found = hashlib.sha256()
    for path in (FILE, PEOPLE):
        found.update(path.read_bytes())
    return found.hexdigest()


def read() -> tuple[Edition, list[Figure], list[Population]]:
    """The edition, the figures, the populations. Raises ContentError with the line of a row that cannot be read."""
    listed = read_figures(FILE)
    edition = Edition(
        origin=ORIGIN,
        url="content/statistics.csv",
        etag=None,
        checksum=checksum(),
        loaded=datetime.now(),  # noqa: DTZ005 - a time of this machine, for its operator
        first_day=min(f.start for f in listed),
        last_day=max(f.end for f in listed),
        rows=len(listed),
        total=sum(f.value for f in listed),
    )
    return edition, listed, read_populations(PEOPLE)


def read_figures(path: Path) -> list[Figure]:
    """The figures of a file in the layout of content/statistics.csv. Raises ContentError."""
    return list(_rows(path, _figure))


def read_populations(path: Path) -> list[Population]:
    """The populations of a file in the layout of content/populations.csv. Raises ContentError."""
    return list(_rows(path, _population))


def _rows(path: Path, made: Callable[[dict[str, str]], T]) -> Iterator[T]:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(path.name, None, f"cannot be read ({error})") from error
    rows = csv.DictReader(io.StringIO(text, newline=""))
    try:
        for row in rows:
            yield made(row)
    except (KeyError, ValueError, TypeError, csv.Error) as error:
        raise ContentError(path.name, rows.line_num or 1, f"is not a figure ({error})") from error


def _figure(row: dict[str, str]) -> Figure:
    return Figure(
        measure=row["measure"],
        area=LONDON if row["area"] in WHOLE_OF_LONDON else row["area"],
        start=date.fromisoformat(row["period_start"]),
        end=date.fromisoformat(row["period_end"]),
        period_type=row["period_type"],
        value=float(row["value"]),
        unit=row["unit"],
        source_title=row["source_title"],
        source_url=row["source_url"],
        published=date.fromisoformat(row["published"]) if row["published"] else None,
        provisional=row["provisional"] == "yes",
        notes=row["notes"],
    )


def _population(row: dict[str, str]) -> Population:
    area = LONDON if row["area"] == "Greater London" else row["area"]
    return Population(area, date.fromisoformat(row["date"]), int(row["value"]), row["source_title"], row["source_url"])


@lru_cache(maxsize=1)
def areas() -> frozenset[str]:
    """The boroughs and the City: every area that has a population."""
    return frozenset(p.area for p in read_populations(PEOPLE)) - {LONDON}
