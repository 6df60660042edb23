"""Knife crime, gun crime, domestic abuse and hate crime of the monthly dashboard.

A crime type has one row for the whole and more for parts of it, so they are never added up: the row that bears the type's own
name is the whole, or else the largest.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date

from actions.statistics import checks
from actions.statistics.figure import LONDON, Figure
from actions.statistics.layouts.columns import ELSEWHERE, NOT_KNOWN, UNKNOWN
from actions.statistics.layouts.dashboard import AREA_TYPE, MONTH_NAMES, SOURCE, offences
from bot.errors import RefusedFileError

TYPE, SUBTYPE = ("crimetype",), ("crimesubtype",)
KNIFE = "knife_crime"
MEASURES = {
    "knife crime": KNIFE,
    "gun crime": "gun_crime",
    "domestic abuse": "domestic_abuse_dashboard",
    "hate crime": "hate_crime_dashboard",
}
LARGEST = "the largest row of each borough and month was taken as the whole"
NO_OFFENCES = ("incident", "victim")
"""Words in the name of a sub-type that counts something else, and may be larger than the offences."""
FEW_MISSING = 2
"""Boroughs that may have no row at all: gun crime is rare."""


def fits(header: Collection[str]) -> bool:
    """Whether a file with these columns is in this layout."""
    return all(any(name in header for name in names) for names in (AREA_TYPE, MONTH_NAMES, TYPE, SUBTYPE, ("measure",)))


def read(lines: Iterable[str], *, published: date, today: date) -> Iterator[Figure]:
    """Offences by borough and for London, for each type that is known here. Raises RefusedFileError."""
    parts: dict[str, dict[tuple[str, date], dict[str, float]]] = {}
    names: dict[str, str] = {}
    unknown = cells = 0
    for row in offences(lines, TYPE, SUBTYPE):
        if row.kind not in MEASURES or any(word in row.detail for word in NO_OFFENCES):
            continue
        details = parts.setdefault(row.kind, {}).setdefault((row.name, row.first), {})
        if row.detail in details:
            raise RefusedFileError(f"Row {row.line} repeats an earlier row ({row.detail}, {row.name}).")
        details[row.detail] = row.value
        names[row.name] = row.area
        cells += 1
        unknown += math.isnan(row.value)
    checks.cells(unknown, cells)
    for kind, by_period in parts.items():
        months = sorted({first for _, first in by_period})
        checks.months(months, today=today, fewest=1)
        checks.areas((names[name] for name, _ in by_period), missing=FEW_MISSING)
        named = all(kind in details for details in by_period.values())
        sums = _added(kind, by_period, names, months)
        for (place, first), value in sorted(sums.items()):
            if place not in (UNKNOWN, ELSEWHERE) and not math.isnan(value):
                yield SOURCE.monthly(
                    MEASURES[kind], place, first, value,
                    published=published, provisional=first == months[-1], notes="" if named else LARGEST,
                )  # fmt: skip


def _added(
    kind: str, by_period: Mapping[tuple[str, date], Mapping[str, float]], names: Mapping[str, str], months: list[date]
) -> dict[tuple[str, date], float]:
    sums: dict[tuple[str, date], float] = {}
    for name in {name for name, _ in by_period}:
        for first in months:
            # no row means that there were none
            value = _whole(kind, by_period.get((name, first), {}))
            for place in (names[name], LONDON):
                sums[place, first] = sums.get((place, first), 0.0) + value
    return sums


def _whole(kind: str, details: Mapping[str, float]) -> float:
    if kind in details:
        return details[kind]
    if any(math.isnan(value) for value in details.values()):
        return NOT_KNOWN
    return max(details.values(), default=0.0)
