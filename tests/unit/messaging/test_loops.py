"""Where answers lead nowhere they end; for a person they do not."""

from __future__ import annotations

import json

import pytest

from bot.messaging import loops as module
from bot.messaging.loops import (
    ALIKE_SECONDS,
    DANGER_SECONDS,
    MOST_ALIKE,
    MOST_CHOICES,
    REFUSAL_SECONDS,
    Loops,
    most_alike,
)

A_DAY = 300


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def loops(clock: Clock) -> Loops:
    return Loops(A_DAY, clock)


def test_the_same_text_is_counted_in_a_row(loops: Loops) -> None:
    assert [loops.times("a", t) for t in ("Hello there", "hello  THERE ", "hello there", "bye", "hello there")] == [
        1, 2, 3, 1, 1,
    ]  # fmt: skip


def test_people_are_counted_apart(loops: Loops) -> None:
    assert [loops.times(sender, "hello") for sender in ("a", "b", "a", "b")] == [1, 1, 2, 2]


def test_a_pause_ends_a_row(loops: Loops, clock: Clock) -> None:
    loops.times("a", "hello")
    clock.now += ALIKE_SECONDS - 1
    assert loops.times("a", "hello") == 2
    clock.now += ALIKE_SECONDS
    assert loops.times("a", "hello") == 1


def test_texts_that_cannot_be_written_are_counted_too(loops: Loops) -> None:
    assert [loops.times("a", "\ud800 hello") for _ in range(2)] == [1, 2]


@pytest.mark.parametrize(
    ("text", "most"),
    [("1", MOST_CHOICES), ("yes", MOST_CHOICES), (" 12 ", MOST_CHOICES), ("hello", MOST_ALIKE), ("x" * 99, MOST_ALIKE)],
)
def test_a_choice_may_be_made_more_often(text: str, most: int) -> None:
    assert most_alike(text) == most


def test_a_refusal_is_said_once_in_a_while(loops: Loops, clock: Clock) -> None:
    said = []
    for _ in range(25):
        said.append(not loops.refuses_again("a", "group"))
        clock.now += 1
    assert [n for n, is_said in enumerate(said) if is_said] == [0, 10, 20]


def test_refusals_and_people_are_apart(loops: Loops) -> None:
    pairs = [("a", "group"), ("a", "too_fast"), ("b", "group")]
    assert [loops.refuses_again(*pair) for pair in pairs] == [False] * 3
    assert [loops.refuses_again(*pair) for pair in pairs] == [True] * 3


def test_a_refusal_may_have_a_longer_pause(loops: Loops, clock: Clock) -> None:
    assert not loops.refuses_again("a", "enough", 3_600)
    clock.now += REFUSAL_SECONDS + 1
    assert loops.refuses_again("a", "enough", 3_600)
    clock.now += 3_600
    assert not loops.refuses_again("a", "enough", 3_600)


def test_a_machine_that_talks_all_day_is_stopped(loops: Loops, clock: Clock) -> None:
    answered = 0
    for _ in range(3 * 1_440):  # every 20 seconds
        answered += not loops.enough_today("machine")
        clock.now += 20
    assert answered <= 2 * A_DAY
    assert not loops.enough_today("another")


def test_a_person_is_not_stopped(loops: Loops, clock: Clock) -> None:
    """A talk of an hour with a message every half minute, morning and evening, for a week."""
    for _ in range(14):
        for _ in range(120):
            assert not loops.enough_today("person")
            clock.now += 30
        clock.now += 11 * 3_600


def test_only_so_many_people_are_remembered(loops: Loops, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REMEMBERED", 3)
    for n in range(9):
        loops.times(f"p{n}", "hello")
        loops.refuses_again(f"p{n}", "group")
    assert len(loops._people) == 3
    assert loops.times("p8", "hello") == 2
    assert loops.times("p0", "hello") == 1


def test_what_was_said_is_not_kept_in_clear(loops: Loops) -> None:
    loops.times("a", "my words")
    assert "my words" not in repr(loops._people)


# what the next worker is told


def test_another_worker_goes_on_counting(loops: Loops, clock: Clock) -> None:
    for _ in range(3):
        loops.times("a", "hello")
        loops.enough_today("a")
    loops.refuses_again("a", "group")
    other = Loops(A_DAY, clock)
    other.restore("a", json.loads(json.dumps(loops.counts("a"))))
    assert other.times("a", "HELLO") == 4
    assert other.refuses_again("a", "group")
    assert not other.refuses_again("b", "group")
    assert sum(not other.enough_today("a") for _ in range(2 * A_DAY)) == A_DAY - 3


def test_of_nobody_nothing_is_told(loops: Loops) -> None:
    assert loops.counts("a") is None
    loops.times("a", "hello")
    loops.restore("a", None)
    assert loops.times("a", "hello") == 2


def test_what_was_counted_here_since_goes_before(loops: Loops, clock: Clock) -> None:
    loops.times("a", "hello")
    before = loops.counts("a")
    clock.now += 1
    loops.times("a", "hello")
    loops.restore("a", before)
    assert loops.times("a", "hello") == 3


def test_what_a_worker_of_another_version_counted_is_left_alone(loops: Loops) -> None:
    loops.restore("a", {"unheard": 1, "times": 2, "text": "x"})
    assert loops.times("a", "hello") == 1
    assert not loops.enough_today("a")


def test_a_clock_that_is_put_back_silences_nobody(loops: Loops, clock: Clock) -> None:
    loops.refuses_again("a", "group")
    for _ in range(A_DAY // 2):
        loops.enough_today("a")
    clock.now -= 3_600
    assert not loops.refuses_again("a", "group")
    assert not loops.enough_today("a")


def test_danger_holds_for_a_while_and_on_another_worker(loops: Loops, clock: Clock) -> None:
    assert not loops.is_in_danger("a")
    loops.note_danger("a")
    other = Loops(A_DAY, clock)
    other.restore("a", json.loads(json.dumps(loops.counts("a"))))
    assert loops.is_in_danger("a") and other.is_in_danger("a") and not loops.is_in_danger("b")
    clock.now += DANGER_SECONDS + 1
    assert not loops.is_in_danger("a")
