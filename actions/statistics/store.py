"""The figures that come with the project (content/statistics.csv), held in memory.

Source of every row: its own `source_title` and `source_url`, from the researched facts.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from bot.errors import ContentError
from bot.paths import CONTENT

FILE = CONTENT / "statistics.csv"
LONDON = "London"
WHOLE_OF_LONDON = frozenset({"Metropolitan Police Service", "London (MPS area)", LONDON})


@dataclass(frozen=True)
class Figure:
    """One figure. `period_type`: month, calendar_year, financial_year, rolling_12_months or snapshot."""

    measure: str
    label: str
    area: str
    start: date
    end: date
    period_type: str
    value: float
    unit: str
    source_title: str
    source_url: str
    published: str


class Figures:
    """All figures by measure and area; `London` stands for the whole of the Met's area."""

    def __init__(self, rows: list[Figure]) -> None:
        self._by: dict[tuple[str, str], list[Figure]] = defaultdict(list)
        for row in rows:
            self._by[row.measure, row.area].append(row)

    @classmethod
    def read(cls, path: Path = FILE) -> Figures:
        """Raises ContentError with the line of a row that cannot be read."""
        rows = []
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ContentError(path.name, None, f"cannot be read ({error})") from error
        for line, row in enumerate(csv.DictReader(text.splitlines()), 2):
            try:
                rows.append(_figure(row))
            except (KeyError, ValueError, TypeError) as error:
                raise ContentError(path.name, line, f"is not a figure ({error})") from error
        return cls(rows)

    def of(self, measure: str, area: str) -> list[Figure]:
        """The figures of a measure in an area, oldest first, one for each period: the last published.

        An empty list when there are none.
        """
        newest: dict[tuple[date, date, str], Figure] = {}
        for figure in self._by.get((measure, area), []):
            period = (figure.end, figure.start, figure.period_type)
            if period not in newest or figure.published > newest[period].published:
                newest[period] = figure
        return [newest[period] for period in sorted(newest)]

    def newest(self, measure: str, area: str, period_types: tuple[str, ...]) -> Figure | None:
        """The newest figure of the first period type that has one."""
        listed = self.of(measure, area)
        return next((f for kind in period_types for f in reversed(listed) if f.period_type == kind), None)


def _figure(row: dict[str, str]) -> Figure:
    return Figure(
        measure=row["measure"],
        label=row["label"],
        area=LONDON if row["area"] in WHOLE_OF_LONDON else row["area"],
        start=date.fromisoformat(row["period_start"]),
        end=date.fromisoformat(row["period_end"]),
        period_type=row["period_type"],
        value=float(row["value"]),
        unit=row["unit"],
        source_title=row["source_title"],
        source_url=row["source_url"],
        published=row["published"],
    )
