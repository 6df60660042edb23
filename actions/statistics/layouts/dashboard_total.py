"""All notifiable offences of the monthly dashboard: over a hundred megabytes, added up row by row."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from actions.statistics import checks
from actions.statistics.figure import LONDON, Figure
from actions.statistics.layouts.columns import ELSEWHERE, UNKNOWN, boroughs
from actions.statistics.layouts.dashboard import AREA_TYPE, MONTH_NAMES, SOURCE, offences
from bot.errors import RefusedFileError

MEASURE = "tno_offences_dashboard"
GROUP, SUBGROUP = ("offencegroup", "majortext"), ("offencesubgroup", "minortext")
NOT_NOTIFIABLE = frozenset({"other accepted crime", "non notifiable"})


def fits(header: Collection[str]) -> bool:
    """Whether a file with these columns is in this layout."""
    return all(any(name in header for name in names) for names in (AREA_TYPE, MONTH_NAMES, GROUP, ("measure",)))


def read(lines: Iterable[str], *, published: date, today: date) -> Iterator[Figure]:
    """Offences by borough and for London. Raises RefusedFileError."""
    sums: dict[tuple[str, date], float] = {}
    seen: set[tuple[date, str, str, str]] = set()
    unknown = cells = 0
    for row in offences(lines, GROUP, SUBGROUP):
        if row.kind in NOT_NOTIFIABLE or row.detail in NOT_NOTIFIABLE:
            continue
        one = row.first, row.name, row.kind, row.detail
        if one in seen:
            raise RefusedFileError(f"Row {row.line} repeats an earlier row ({row.detail}, {row.name}).")
        seen.add(one)
        cells += 1
        unknown += math.isnan(row.value)
        for place in (row.area, LONDON):
            sums[place, row.first] = sums.get((place, row.first), 0.0) + row.value
    checks.cells(unknown, cells)
    checks.areas(place for place, _ in sums)
    months = sorted({first for _, first in sums})
    checks.months(months, today=today, fewest=1)
    for place in sorted(boroughs()):
        for first in months:
            if (place, first) not in sums:
                raise RefusedFileError(f"It has nothing for {place} in {first:%B %Y}.")
    for (place, first), value in sorted(sums.items()):
        if place not in (UNKNOWN, ELSEWHERE) and not math.isnan(value):
            yield SOURCE.monthly(MEASURE, place, first, value, published=published, provisional=first == months[-1])
