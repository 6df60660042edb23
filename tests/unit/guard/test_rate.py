"""The bucket of tokens: a burst, then so many a minute, for each conversation."""

from __future__ import annotations

import pytest

from bot.guard import rate
from bot.guard.rate import RateLimit


class Clock:
    """A clock that moves only when told."""

    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def taken(limit: RateLimit, times: int, conversation: str = "c") -> int:
    return sum(limit.allows(conversation) for _ in range(times))


@pytest.mark.parametrize("burst", [1, 3, 15])
def test_the_burst_passes_and_no_more(clock: Clock, burst: int) -> None:
    assert taken(RateLimit(30, burst, clock), burst + 5) == burst


@pytest.mark.parametrize(("seconds", "expected"), [(0, 0), (1.9, 0), (2, 1), (4, 2), (7, 3), (3600, 5)])
def test_tokens_come_back_with_time(clock: Clock, seconds: float, expected: int) -> None:
    limit = RateLimit(30, 5, clock)
    taken(limit, 5)
    clock.now += seconds
    assert taken(limit, 20) == expected


def test_refused_messages_cost_nothing(clock: Clock) -> None:
    limit = RateLimit(60, 1, clock)
    assert taken(limit, 50) == 1
    clock.now += 1
    assert limit.allows("c")


def test_conversations_do_not_share(clock: Clock) -> None:
    limit = RateLimit(30, 1, clock)
    assert limit.allows("a")
    assert limit.allows("b")
    assert not limit.allows("a")


def test_the_least_recently_used_is_forgotten_first(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_REMEMBERED", 2)
    limit = RateLimit(0.001, 1, clock)
    for conversation in ("a", "b", "a", "c"):
        limit.allows(conversation)
    assert not limit.allows("a")
    assert limit.allows("b")
