"""Up, down or about the same: decided by chance and corrections, never across two sources."""

from __future__ import annotations

from datetime import date

import pytest

from actions.statistics.change import change
from actions.statistics.figure import Figure


def figure(value: float, unit: str = "offences", source: str = "A") -> Figure:
    return Figure(
        "burglary",
        "Camden",
        date(2025, 1, 1),
        date(2025, 12, 31),
        "calendar_year",
        value,
        unit,
        source,
        "https://example.org",
    )


@pytest.mark.parametrize(
    ("before", "after", "unit", "way"),
    [
        (100, 128, "offences", "same"),  # chance alone: 2 * sqrt(2 * 228) = 42.7
        (100, 150, "offences", "up"),
        (150, 100, "offences", "down"),
        (0, 0, "offences", "same"),
        (0, 9, "offences", "up"),
        (1_000_000, 1_019_000, "offences", "same"),  # later corrections alone
        (1_000_000, 1_021_000, "offences", "up"),
        (46, 48, "percent", "same"),
        (46, 49, "percent", "up"),
        (33_000, 32_700, "FTE", "same"),
        (33_000, 32_600, "FTE", "down"),
    ],
)
def test_direction(before: float, after: float, unit: str, way: str) -> None:
    assert change(figure(before, unit), figure(after, unit)).direction == way


def test_two_sources_are_never_subtracted() -> None:
    with pytest.raises(ValueError, match="two sources"):
        change(figure(1), figure(2, source="B"))
    with pytest.raises(ValueError, match="two sources"):
        change(figure(1, "incidents"), figure(2))


def test_share_of_nothing_is_not_known() -> None:
    assert change(figure(0), figure(9)).share is None
    assert change(figure(50), figure(75)).share == 0.5
