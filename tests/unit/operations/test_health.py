"""Readiness: each check has its time, what hangs is begun once, and a crowd that asks is told from memory."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from bot.operations.health import Health, told

Clock = list[float]


@pytest.fixture
def clock() -> Clock:
    return [100.0]


class Checked:
    """`outcome`: what the check gives, or raises; `event`: it waits for it."""

    def __init__(self, outcome: bool | Exception = True, event: asyncio.Event | None = None) -> None:
        self.outcome, self.event, self.times = outcome, event, 0

    async def __call__(self) -> bool:
        self.times += 1
        if self.event:
            await self.event.wait()
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def health(clock: Clock, *, seconds: float = 5, last: dict[str, Checked] | None = None, **checks: Checked) -> Health:
    read: Callable[[], float] = lambda: clock[0]  # noqa: E731
    return Health(dict(checks), dict(last or {}), seconds=seconds, kept=3, clock=read)


async def test_all_pass(clock: Clock) -> None:
    assert await health(clock, a=Checked(), last={"b": Checked()}).passes() == {"a": True, "b": True}


@pytest.mark.parametrize("outcome", [False, ValueError("zebra"), asyncio.TimeoutError()])
async def test_one_that_fails(clock: Clock, outcome: bool | Exception, caplog: pytest.LogCaptureFixture) -> None:
    # other tests quieten what stands above it
    caplog.set_level(logging.INFO, logger="bot.operations.health")
    found = await health(clock, a=Checked(outcome), b=Checked()).passes()
    assert found == {"a": False, "b": True}
    assert "health: a fails" in caplog.text


async def test_one_that_hangs_is_begun_once_and_noticed_when_it_is_back(clock: Clock) -> None:
    event = asyncio.Event()
    hangs = Checked(event=event)
    looked = health(clock, seconds=0.02, a=hangs, b=Checked())
    for _ in range(3):
        assert await looked.passes() == {"a": False, "b": True}
        clock[0] += 4
    assert hangs.times == 1
    event.set()
    await asyncio.sleep(0)
    clock[0] += 4
    assert await looked.passes() == {"a": True, "b": True}


async def test_a_crowd_makes_one_look(clock: Clock) -> None:
    check = Checked()
    looked = health(clock, a=check)
    await asyncio.gather(*(looked.passes() for _ in range(50)))
    await looked.passes()
    assert check.times == 1
    clock[0] += 3.5
    await looked.passes()
    assert check.times == 2


async def test_who_leaves_takes_nobody_along(clock: Clock) -> None:
    event = asyncio.Event()
    looked = health(clock, a=Checked(event=event))
    leaves, stays = asyncio.create_task(looked.passes()), asyncio.create_task(looked.passes())
    await asyncio.sleep(0.01)
    leaves.cancel()
    await asyncio.sleep(0)
    event.set()
    assert await stays == {"a": True}


async def test_what_keeps_the_processor_busy_comes_last(clock: Clock) -> None:
    event = asyncio.Event()
    first, last = Checked(event=event), Checked()
    looking = asyncio.create_task(health(clock, a=first, last={"b": last}).passes())
    await asyncio.sleep(0.01)
    assert (first.times, last.times) == (1, 0)
    event.set()
    assert await looking == {"a": True, "b": True}


def test_the_document() -> None:
    assert told({"a": True, "b": True}) == ({"status": "ready", "checks": {"a": "passes", "b": "passes"}}, True)
    assert told({"a": True, "b": False}) == ({"status": "not_ready", "checks": {"a": "passes", "b": "fails"}}, False)
