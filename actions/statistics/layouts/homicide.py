"""Victims of homicide: one row a victim (or a few), by the month in which the death was recorded as homicide.

The month stands in one column, Recorded Date, or in two, Recorded Year and Recorded Month.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date

from actions.statistics import checks
from actions.statistics.figure import LONDON, Figure
from actions.statistics.layouts.columns import Source, area, boroughs, column, key, month, number, rows
from bot.errors import RefusedFileError

SOURCE = Source(
    "MPS Homicide Dashboard Data: homicide victims (London Datastore)",
    "https://data.london.gov.uk/dataset/mps-homicide-dashboard-data",
    "victims",
)
VICTIMS = "homicide_victims"
COUNT, DATE = ("countofvictims", "victimcount"), ("recordeddate", "daterecorded")
YEAR, MONTH = ("recordedyear",), ("recordedmonth",)
AGE, METHOD, DOMESTIC = ("agegroup",), ("methodofkilling",), ("domesticabuse",)
MOST_IN_A_ROW = 100
FEW_MISSING = 2
TEENAGE = ("teenage_homicide_victims", AGE, lambda text: re.findall(r"\d+", text) == ["13", "19"])
PARTS: tuple[tuple[str, tuple[str, ...], Callable[[str], bool]], ...] = (
    TEENAGE,
    ("homicide_victims_knife", METHOD, lambda text: "knife" in text),
    ("homicide_victims_shooting", METHOD, lambda text: "shooting" in text),
    ("homicide_victims_domestic", DOMESTIC, lambda text: text == "domestic abuse"),
)
"""Measure, the column that it is read from, and which of its values count."""


def fits(header: Collection[str]) -> bool:
    """Whether a file with these columns is in this layout."""
    dated = any(name in header for name in DATE) or set(YEAR + MONTH) <= set(header)
    return dated and any(name in header for name in COUNT) and set(AGE + METHOD) <= set(header)


def read(lines: Iterable[str], *, published: date, today: date) -> Iterator[Figure]:
    """Victims by month for London, and all victims by borough. Raises RefusedFileError."""
    header, body = rows(lines)
    at_count, at_borough = column(header, *COUNT), column(header, "borough")
    dated = _dated(header)
    parts = [(measure, column(header, *names), counts) for measure, names, counts in PARTS]
    sums: dict[tuple[str, str, date], float] = {}
    months: set[date] = set()
    unknown = cells = 0
    for line, row in body:
        first = dated(row)
        if first is None:
            raise RefusedFileError(f"Row {line} names no month.")
        months.add(first)
        value = number(row[at_count], line, MOST_IN_A_ROW)
        cells += 1
        unknown += math.isnan(value)
        counted = [(VICTIMS, LONDON, value), (VICTIMS, area(row[at_borough]), value)]
        for measure, place, counts in parts:
            text = key(row[place])
            # a blank does not say that it was otherwise
            counted.append((measure, LONDON, math.nan if not text else value if counts(text) else 0.0))
        for measure, where, victims in counted:
            sums[measure, where, first] = sums.get((measure, where, first), 0.0) + victims
    checks.cells(unknown, cells)
    checks.months(months, today=today, fewest=1)
    checks.areas({where for _, where, _ in sums}, missing=FEW_MISSING)
    wanted = [
        (VICTIMS, LONDON),
        *((measure, LONDON) for measure, _, _ in parts),
        *((VICTIMS, b) for b in sorted(boroughs())),
    ]
    last = max(months)
    for measure, where in wanted:
        for first in sorted(months):
            value = sums.get((measure, where, first), 0.0)
            if not math.isnan(value):
                yield SOURCE.monthly(measure, where, first, value, published=published, provisional=first == last)


def _dated(header: Sequence[str]) -> Callable[[Sequence[str]], date | None]:
    """What finds a row's month."""
    if not set(YEAR + MONTH) <= set(header):
        place = column(header, *DATE)
        return lambda row: month(row[place])
    year, name = column(header, *YEAR), column(header, *MONTH)

    def split(row: Sequence[str]) -> date | None:
        text = row[name].strip()
        return month(f"{int(text):02d}/{row[year].strip()}" if text.isdigit() else f"{text} {row[year].strip()}")

    return split
