"""What a figure cannot show, in a short plain line where it bites."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from actions.statistics.figure import PART, Figure
from actions.statistics.measures import NEW_SYSTEM, Measure

NEW_SYSTEM_DAY = date(2024, 2, 28)
COVID = (date(2020, 3, 1), date(2021, 7, 31))
MOST_LINES = 2
TAKE_CARE = "The Met changed its records system in February 2024, so take care with this change."
COVID_LINE = "COVID lowered crime in 2020 and 2021."
NOT_FINAL = "The newest month is not final and may still go up."
PART_OF_IT = "That is only a part of the time you asked about."
TWO_SOURCES = "These come from different sources, so do not set one against the other."


def lines(used: Sequence[tuple[Measure, Figure]], compared: bool) -> list[str]:
    """The lines for the figures of an answer; `compared`: whether they are set against each other in time. The gravest first."""
    figures = [figure for _, figure in used]
    crimes = [(m, f) for m, f in used if m.per_head]
    found = []
    if any(f.period_type == PART for f in figures):
        found.append(PART_OF_IT)
    if compared and _across_systems(f for _, f in crimes):
        found.append(NEW_SYSTEM if any(m.breaks for m, _ in crimes) else TAKE_CARE)
    if compared and any(_overlaps(f, *COVID) for _, f in crimes):
        found.append(COVID_LINE)
    found += dict.fromkeys(m.caution for m, _ in used if m.caution)
    # in a whole year one month that still grows by a hundredth changes nothing that anybody would notice
    if any(f.provisional and (f.end - f.start).days < 62 for f in figures):
        found.append(NOT_FINAL)
    return found[:MOST_LINES]


def cannot_be_compared(measure: Measure, before: Figure, after: Figure) -> bool:
    """Whether the new system lies between or within two figures of a measure that it breaks."""
    return measure.breaks and before.start < NEW_SYSTEM_DAY <= after.end


def _across_systems(figures: Iterable[Figure]) -> bool:
    listed = list(figures)
    return bool(listed) and min(f.start for f in listed) < NEW_SYSTEM_DAY <= max(f.end for f in listed)


def _overlaps(figure: Figure, first: date, last: date) -> bool:
    return figure.start <= last and first <= figure.end
