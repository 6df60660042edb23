"""Strength of the force: full-time equivalents at the end of each month."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from actions.statistics import checks
from actions.statistics.figure import LONDON, SNAPSHOT, Figure
from actions.statistics.layouts.columns import Source, column, end_of, month, number, rows
from bot.errors import RefusedFileError

SOURCE = Source(
    "Police Force Strength (MOPAC, London Datastore)",
    "https://data.london.gov.uk/dataset/police-force-strength-e7xoj/",
    "FTE",
)
OFFICERS = "police_officers"
DATE = ("date", "month", "monthyear")
COLUMNS = {
    OFFICERS: ("policeofficerstrength", "policeofficers", "officers"),
    "police_staff": ("policestaffstrength", "policestaff", "staff"),
    "pcsos": ("pcsostrength", "pcsos", "pcso"),
}
MOST_IN_A_CELL = 60_000


def fits(header: Collection[str]) -> bool:
    """Whether a file with these columns is in this layout."""
    return all(any(name in header for name in names) for names in (DATE, *COLUMNS.values()))


def read(lines: Iterable[str], *, published: date, today: date) -> Iterator[Figure]:
    """Officers, staff and community support officers of the Met. Raises RefusedFileError."""
    header, body = rows(lines)
    at_date = column(header, *DATE)
    places = {measure: column(header, *names) for measure, names in COLUMNS.items()}
    found: dict[date, dict[str, float]] = {}
    for line, row in body:
        first = month(row[at_date])
        if first is None:
            raise RefusedFileError(f"Row {line} names no month: {row[at_date][:20]!r}.")
        if first in found:
            raise RefusedFileError(f"Row {line} repeats {first:%B %Y}.")
        found[first] = {measure: number(row[place], line, MOST_IN_A_CELL) for measure, place in places.items()}
    values = [value for each in found.values() for value in each.values()]
    checks.cells(sum(map(math.isnan, values)), len(values))
    checks.months(found.keys(), today=today, fewest=1)
    for first, each in sorted(found.items()):
        for measure, value in each.items():
            if not math.isnan(value):
                yield Figure(
                    measure, LONDON, first, end_of(first), SNAPSHOT, value, SOURCE.unit, SOURCE.title, SOURCE.url, published
                )  # fmt: skip
