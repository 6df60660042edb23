"""Whether a figure went up, down or stayed about the same, and how that is decided.

A count is called up or down only when the difference is more than chance and more than what later corrections change:

- chance: crimes counted in two stretches differ by about the square root of their sum even if nothing has changed. Crimes come in
  series, so that variance is doubled, and the difference must be more than two such deviations:
  2 * sqrt(2 * (before + after));
- corrections: the Met's figures for a month have been seen to grow by 1.5 per cent within seven months (November 2025), so
  2 per cent of the earlier figure is the least that counts.

Staff are counted and not sampled: 1 per cent, the gap between the two sources that count them. A survey's per cent: 2 points,
since one answer in a hundred comes and goes between quarters.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from actions.statistics.figure import Figure

UP, DOWN, SAME = "up", "down", "same"
CORRECTIONS = 0.02
STAFF = 0.01
POINTS = 2.0
STAFF_UNITS = ("FTE", "officers")


@dataclass(frozen=True)
class Change:
    """From `before` to `after`, of one source. `share`: of the earlier value, None where that is zero."""

    before: Figure
    after: Figure
    direction: str

    @property
    def share(self) -> float | None:
        return (self.after.value - self.before.value) / self.before.value if self.before.value else None


def change(before: Figure, after: Figure) -> Change:
    """The change between two figures of equal length. Raises ValueError for two sources or units: they are never subtracted."""
    if (before.source_title, before.unit) != (after.source_title, after.unit):
        raise ValueError("figures of two sources are never set against each other")
    difference = after.value - before.value
    if abs(difference) <= noise(before.value, after.value, after.unit):
        return Change(before, after, SAME)
    return Change(before, after, UP if difference > 0 else DOWN)


def noise(before: float, after: float, unit: str) -> float:
    """The largest difference that says nothing."""
    if unit == "percent":
        return POINTS
    if unit in STAFF_UNITS:
        return STAFF * before
    return max(2 * math.sqrt(2 * (before + after)), CORRECTIONS * before)
