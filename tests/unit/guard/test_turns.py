"""One message at a time in a conversation, in order, with a short queue."""

from __future__ import annotations

import asyncio

import pytest

from bot.guard.turns import TooMany, Turns


async def test_messages_of_one_conversation_wait_for_each_other_in_order() -> None:
    turns, seen = Turns(5), []

    async def take(number: int) -> None:
        async with turns.turn("c"):
            seen.append(("in", number))
            await asyncio.sleep(0)
            seen.append(("out", number))

    await asyncio.gather(*(take(n) for n in range(4)))
    assert seen == [(step, n) for n in range(4) for step in ("in", "out")]


async def test_other_conversations_do_not_wait() -> None:
    turns = Turns(0)
    async with turns.turn("a"), turns.turn("b"):
        pass


@pytest.mark.parametrize("waiting", [0, 1, 3])
async def test_one_too_many_is_refused_at_once(waiting: int) -> None:
    turns, go_on = Turns(waiting), asyncio.Event()

    async def take() -> None:
        async with turns.turn("c"):
            await go_on.wait()

    tasks = [asyncio.create_task(take()) for _ in range(waiting + 1)]
    await asyncio.sleep(0)
    with pytest.raises(TooMany):
        async with turns.turn("c"):
            pass
    go_on.set()
    await asyncio.gather(*tasks)
    async with turns.turn("c"):
        pass


async def test_nothing_is_kept_of_an_idle_conversation() -> None:
    turns = Turns(3)
    async with turns.turn("c"):
        assert turns._locks
    assert not turns._locks
    assert not turns._present


async def test_a_failed_turn_gives_the_turn_back() -> None:
    turns = Turns(0)
    with pytest.raises(RuntimeError):
        async with turns.turn("c"):
            raise RuntimeError
    async with turns.turn("c"):
        pass
    assert not turns._present


async def test_a_cancelled_wait_leaves_the_queue() -> None:
    turns = Turns(1)
    async with turns.turn("c"):
        waiting = asyncio.create_task(turns.turn("c").__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert turns._present == {"c": 1}
