"""What was read a moment ago."""

from __future__ import annotations

from itertools import count

import pytest

from actions.statistics.recent import Recent


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_it_is_read_once_and_again_after_its_time() -> None:
    clock, numbers = Clock(), count()
    recent = Recent(30.0, clock=clock)
    assert [recent.get("a", lambda: next(numbers)) for _ in range(3)] == [0, 0, 0]
    assert recent.get("b", lambda: next(numbers)) == 1
    clock.now += 30.0
    assert recent.get("a", lambda: next(numbers)) == 2


def test_the_oldest_goes_when_there_are_many() -> None:
    numbers = count()
    recent = Recent(most=2)
    assert [recent.get(key, lambda: next(numbers)) for key in "abcba"] == [0, 1, 2, 1, 3]


def test_a_failure_is_not_kept() -> None:
    recent = Recent()

    def fail() -> int:
        raise ValueError

    with pytest.raises(ValueError):
        recent.get("a", fail)
    assert recent.get("a", lambda: 1) == 1


def test_what_was_being_read_when_it_was_cleared_is_not_kept() -> None:
    recent = Recent()

    def read() -> str:
        recent.clear()
        return "old"

    assert recent.get("a", read) == "old"
    assert recent.get("a", lambda: "new") == "new"
