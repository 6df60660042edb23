"""Recorded crime by borough: one row an area and offence, one column a month (YYYYMM).

Old names of its columns: MajorText, MinorText, LookUp_BoroughName or BoroughName; new ones: Group, SubGroup, BOCU.
A missing row is zero, a blank cell or words in one are not known.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date

from actions.statistics import checks
from actions.statistics.figure import LONDON, Figure
from actions.statistics.layouts.columns import (
    ELSEWHERE,
    UNKNOWN,
    Source,
    area,
    column,
    key,
    month,
    number,
    rows,
)
from bot.errors import RefusedFileError

SOURCE = Source(
    "MPS Recorded Crime: Geographic Breakdown (London Datastore)",
    "https://data.london.gov.uk/dataset/recorded_crime_summary",
    "offences",
)
GROUP = ("majortext", "group", "offencegroup")
SUBGROUP = ("minortext", "subgroup", "offencesubgroup")
AREA = ("lookupboroughname", "boroughname", "bocu", "borough")
SMALLER = frozenset({"wardname", "wardcode", "lsoacode", "lsoaname"})
TOTAL = "total_recorded_offences"
WITHOUT_BOROUGH = "offences_without_borough"
HOME = "burglary_residential_home"
MOST_IN_A_CELL = 20_000
RECENT_MONTHS = 36
"""A file with more months is the historical one."""

GROUPS = {
    "arson and criminal damage": "arson_criminal_damage",
    "burglary": "burglary",
    "drug offences": "drug_offences",
    "possession of weapons": "possession_of_weapons",
    "public order offences": "public_order",
    "robbery": "robbery",
    "sexual offences": "sexual_offences",
    "theft": "theft",
    "vehicle offences": "vehicle_offences",
    "violence against the person": "violence_against_the_person",
}
SUBGROUPS = {
    "arson": "arson",
    "criminal damage": "criminal_damage",
    "res burglary of a home": HOME,
    "burglary business and community": "burglary_business_community",
    "robbery of personal property": "robbery_personal",
    "rape": "rape",
    "shoplifting": "shoplifting",
    "theft from the person": "theft_from_the_person",
    "theft from person": "theft_from_the_person",
    "bicycle theft": "bicycle_theft",
    "stalking and harassment": "stalking_and_harassment",
    "homicide": "homicide_offences",
    "violence with injury": "violence_with_injury",
}
OLD_BURGLARY = "domestic burglary"
"""Until the summer of 2023 burglary of a home was counted in here, so that its own rows are no whole."""
MEASURES = (TOTAL, WITHOUT_BOROUGH, *GROUPS.values(), *dict.fromkeys(SUBGROUPS.values()))


def fits(header: Collection[str]) -> bool:
    """Whether a file with these columns is in this layout."""
    named = all(any(name in header for name in names) for names in (GROUP, SUBGROUP, AREA))
    return named and not SMALLER & set(header) and bool(months_of(header))


def months_of(header: Iterable[str]) -> list[date]:
    """The months among the columns, in their order."""
    return [found for name in header if len(name) == 6 and name.isdigit() and (found := month(name))]


def read(lines: Iterable[str], *, published: date, today: date) -> Iterator[Figure]:
    """The figures of each area, and of London: the sum of all areas, also of those that are no borough.

    Raises RefusedFileError.
    """
    header, body = rows(lines)
    if SMALLER & set(header):
        raise RefusedFileError("It is by ward or smaller area, not by borough.")
    places = column(header, *GROUP), column(header, *SUBGROUP), column(header, *AREA)
    months = months_of(header)
    checks.months(months, today=today, fewest=1)
    where = [header.index(f"{first:%Y%m}") for first in months]
    sums = _added(body, places, where)
    ordered = sorted(range(len(months)), key=months.__getitem__)
    yield from _figures(sums, [(n, months[n]) for n in ordered], published)


Sums = dict[str, dict[str, list[float]]]
"""By measure, then by area: a number for each month; NOT_KNOWN stays itself through every sum."""


def _added(body: Iterable[tuple[int, list[str]]], places: tuple[int, int, int], where: Sequence[int]) -> Sums:
    sums: Sums = {}
    seen: set[tuple[str, str, str]] = set()
    found: set[str] = set()
    unknown = cells = 0
    for line, row in body:
        group, subgroup, name = (key(row[place]) for place in places)
        if not (group and subgroup and name):
            raise RefusedFileError(f"Row {line} does not say which offence and area it is about.")
        if (group, subgroup, name) in seen:
            raise RefusedFileError(f"Row {line} repeats an earlier row ({subgroup}, {name}).")
        seen.add((group, subgroup, name))
        values = [number(row[place], line, MOST_IN_A_CELL) for place in where]
        cells += len(values)
        unknown += sum(map(math.isnan, values))
        place = area(name)
        found.add(place)
        for measure in _measures(group, subgroup):
            for to in (place, LONDON):
                _add(sums, measure, to, values)
        if place == UNKNOWN:
            _add(sums, WITHOUT_BOROUGH, LONDON, values)
    checks.cells(unknown, cells)
    checks.areas(found)
    for by_area in sums.values():
        for place in found:
            by_area.setdefault(place, [0.0] * len(where))
    return sums


def _measures(group: str, subgroup: str) -> Iterator[str]:
    yield TOTAL
    if group in GROUPS:
        yield GROUPS[group]
    if subgroup in SUBGROUPS:
        yield SUBGROUPS[subgroup]
    elif subgroup == OLD_BURGLARY:
        yield OLD_BURGLARY


def _add(sums: Sums, measure: str, place: str, values: list[float]) -> None:
    old = sums.setdefault(measure, {}).get(place)
    sums[measure][place] = [a + b for a, b in zip(old, values, strict=True)] if old else values


def _figures(sums: Sums, months: Sequence[tuple[int, date]], published: date) -> Iterator[Figure]:
    last = months[-1][1] if len(months) <= RECENT_MONTHS else None
    old_burglary = sums.pop(OLD_BURGLARY, {}).get(LONDON)
    for measure, by_area in sums.items():
        shown = {LONDON} if measure == WITHOUT_BOROUGH else by_area.keys() - {UNKNOWN, ELSEWHERE}
        for n, first in months:
            # a kind of offence without a single one in London is a kind that was not counted then
            if by_area[LONDON][n] == 0 and measure != WITHOUT_BOROUGH:
                continue
            if measure == HOME and old_burglary and old_burglary[n] != 0:
                continue
            for place in sorted(shown):
                value = by_area[place][n]
                if not math.isnan(value):
                    yield SOURCE.monthly(measure, place, first, value, published=published, provisional=first == last)
