"""The values' axis: round steps, and whether it starts at zero."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

LARGEST = 1e12
MOST_STEPS = 5
MOST_WASTED = 0.5
"""A line's axis starts at zero if less than this share of its height is left empty by that."""

LEAST_ROOM = 0.2
"""Steps below the lowest point, unless that is at zero: its value stands there, and the line keeps off the axis."""


@dataclass(frozen=True)
class Axis:
    """`ticks`: evenly spaced and rising; the first and the last are the ends of the axis."""

    ticks: tuple[float, ...]

    @property
    def from_zero(self) -> bool:
        return self.ticks[0] <= 0 <= self.ticks[-1]

    def share(self, value: float) -> float:
        """Where a value lies: 0 at the first tick, 1 at the last."""
        return (value - self.ticks[0]) / (self.ticks[-1] - self.ticks[0])

    def labels(self) -> list[str]:
        """The ticks in figures, with as many decimals as a step needs."""
        step = self.ticks[1] - self.ticks[0]
        decimals = max(0, -math.floor(math.log10(step) + 1e-9))
        return [f"{tick + 0.0:,.{decimals}f}".replace("-", "\N{MINUS SIGN}") for tick in self.ticks]


def known(values: Sequence[float | None]) -> list[float]:
    """The values that there are. Raises ValueError for one that is no finite number, or beyond LARGEST."""
    found = [value for value in values if value is not None]
    if not all(math.isfinite(value) and abs(value) <= LARGEST for value in found):
        raise ValueError(f"a chart's values must be finite numbers, none beyond {LARGEST:,.0f}")
    return found


def line_axis(values: Sequence[float]) -> Axis:
    """An axis for a line through `values`, at least one. It starts at zero unless that wastes half of its height."""
    low, high = min(values), max(values)
    near, far = sorted((abs(low), abs(high)))
    if low * high <= 0 or near == far or near < MOST_WASTED * far:
        low, high = min(low, 0.0), max(high, 0.0)
    if low == high:
        high = low + 1.0
    step = _round_step((high - low) / MOST_STEPS)
    if all(float(value).is_integer() for value in values):
        step = max(step, 1.0)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    first -= bool(first and low / step - first < LEAST_ROOM)
    return Axis(tuple(number * step for number in range(first, last + 1)))


def _round_step(least: float) -> float:
    """The smallest of 1, 2, 5, 10, 20, 50, … (and their parts) that is at least `least`."""
    power = 10.0 ** math.floor(math.log10(least))
    return next((times * power for times in (1, 2, 5) if times * power >= least * (1 - 1e-9)), 10 * power)


def shown(widths: Sequence[float], centres: Sequence[float], least: float, most: float, gap: float) -> list[int]:
    """Which labels to show below a line so that none overlap: every nth, counted back from the last one.

    `widths`, `centres`: of each label, in pixels; `least`, `most`: where they must stay; `gap`: between two.
    """
    count = len(widths)
    for step in range(1, count):
        chosen = list(range(count - 1, -1, -step))[::-1]
        spans = [span(widths[i], centres[i], least, most) for i in chosen]
        if all(after[0] - before[1] >= gap for before, after in pairwise(spans)):
            return chosen
    return [count - 1]


def span(width: float, centre: float, least: float, most: float) -> tuple[float, float]:
    """From where to where a label reaches that is centred if it can be, and stays between `least` and `most`."""
    start = max(least, min(centre - width / 2, most - width))
    return start, start + width
