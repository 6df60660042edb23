"""Where an axis starts, its steps, and which labels stand below it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.pictures.scale import LARGEST, known, line_axis, shown, span


@pytest.mark.parametrize(
    ("values", "from_zero"),
    [
        ([10, 90], True),
        ([49, 100], True),
        ([51, 100], False),
        ([-90, -10], True),
        ([-100, -80], False),
        ([-5, 5], True),
        ([0, 0], True),
        ([7], True),
        ([5, 5], True),
    ],
)
def test_zero_unless_half_is_wasted(values: list[float], from_zero: bool) -> None:
    assert line_axis(values).from_zero is from_zero


def test_labels_have_the_decimals_of_their_steps() -> None:
    assert line_axis([0.1, 0.42]).labels() == ["0.0", "0.1", "0.2", "0.3", "0.4", "0.5"]
    assert line_axis([0, 12_000]).labels() == ["0", "5,000", "10,000", "15,000"]
    assert line_axis([-3, 2]).labels() == ["−4", "−3", "−2", "−1", "0", "1", "2"]


def test_whole_numbers_have_whole_steps() -> None:
    assert line_axis([1, 2]).labels() == ["0", "1", "2"]


numbers = st.floats(-LARGEST, LARGEST).filter(lambda value: value == 0 or abs(value) > 1e-3)


@given(st.lists(numbers, min_size=1, max_size=24))
def test_every_value_is_within_the_axis(values: list[float]) -> None:
    axis = line_axis(values)
    assert 2 <= len(axis.ticks) <= 9
    assert all(-1e-6 <= axis.share(value) <= 1 + 1e-6 for value in values)
    labels = axis.labels()
    assert len(set(labels)) == len(labels)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 1e13])
def test_no_finite_number_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        known([1.0, value])


@given(st.lists(st.floats(0, 400), min_size=1, max_size=24))
def test_labels_never_overlap_and_the_last_is_there(widths: list[float]) -> None:
    centres = [100 + 500 * i / max(1, len(widths) - 1) for i in range(len(widths))]
    chosen = shown(widths, centres, 6, 634, 16)
    assert chosen[-1] == len(widths) - 1
    spans = [span(widths[i], centres[i], 6, 634) for i in chosen]
    assert all(before[1] + 16 <= after[0] for before, after in pairwise(spans))
    assert all(start >= 6 and end <= 634 + 1e-9 for start, end in spans)


def test_all_labels_are_shown_where_there_is_room() -> None:
    assert shown([40] * 3, [100, 300, 500], 0, 640, 16) == [0, 1, 2]
