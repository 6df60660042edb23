"""The same message sent again has the same answer, and one turn."""

from __future__ import annotations

import asyncio

import pytest

from bot.web import repeats as module
from bot.web.repeats import KEPT_SECONDS, Repeats


class Turn:
    """A turn that counts how often it was taken; it waits until it may go on, and raises what it is told to."""

    def __init__(self, *, waits: bool = False) -> None:
        self.taken = self.finished = 0
        self.go = asyncio.Event()
        if not waits:
            self.go.set()
        self.error: Exception | None = None

    async def __call__(self) -> int:
        self.taken += 1
        mine = self.taken
        await self.go.wait()
        if self.error:
            raise self.error
        self.finished += 1
        return mine


async def test_same_id_once() -> None:
    repeats, turn = Repeats(), Turn()
    assert [await repeats.once("a", "id", turn) for _ in range(3)] == [1, 1, 1]
    assert turn.taken == 1


async def test_other_ids_and_other_conversations_are_other_messages() -> None:
    repeats, turn = Repeats(), Turn()
    asked = [("a", "one"), ("a", "two"), ("b", "one")]
    assert [await repeats.once(*key, turn) for key in asked * 2] == [1, 2, 3, 1, 2, 3]


@pytest.mark.parametrize("none", [None, ""])
async def test_without_an_id_every_message_is_new(none: str | None) -> None:
    repeats, turn = Repeats(), Turn()
    assert [await repeats.once("a", none, turn) for _ in range(2)] == [1, 2]
    assert not repeats._kept


async def test_at_the_same_time() -> None:
    repeats, turn = Repeats(), Turn(waits=True)
    waiting = [asyncio.create_task(repeats.once("a", "id", turn)) for _ in range(10)]
    await asyncio.sleep(0)
    turn.go.set()
    assert set(await asyncio.gather(*waiting)) == {1}
    assert turn.taken == 1


async def test_a_failed_one_is_forgotten() -> None:
    repeats, turn = Repeats(), Turn()
    turn.error = ValueError("not now")
    with pytest.raises(ValueError, match="not now"):
        await repeats.once("a", "id", turn)
    turn.error = None
    assert await repeats.once("a", "id", turn) == 2


async def test_all_who_wait_hear_of_a_failure() -> None:
    repeats, turn = Repeats(), Turn(waits=True)
    turn.error = ValueError("not now")
    waiting = [asyncio.create_task(repeats.once("a", "id", turn)) for _ in range(3)]
    await asyncio.sleep(0)
    turn.go.set()
    assert [type(r) for r in await asyncio.gather(*waiting, return_exceptions=True)] == [ValueError] * 3
    assert turn.taken == 1
    assert not repeats._kept


async def test_whoever_leaves_does_not_stop_the_turn() -> None:
    repeats, turn = Repeats(), Turn(waits=True)
    gone = asyncio.create_task(repeats.once("a", "id", turn))
    await asyncio.sleep(0.01)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    turn.go.set()
    assert await repeats.once("a", "id", turn) == 1
    assert (turn.taken, turn.finished) == (1, 1)


async def test_one_who_leaves_takes_nothing_from_the_others() -> None:
    repeats, turn = Repeats(), Turn(waits=True)
    gone, stays = (asyncio.create_task(repeats.once("a", "id", turn)) for _ in range(2))
    await asyncio.sleep(0.01)
    gone.cancel()
    await asyncio.sleep(0)
    turn.go.set()
    assert await stays == 1


async def test_a_turn_without_an_id_is_finished_too() -> None:
    repeats, turn = Repeats(), Turn(waits=True)
    gone = asyncio.create_task(repeats.once("a", None, turn))
    await asyncio.sleep(0.01)
    gone.cancel()
    turn.go.set()
    await asyncio.sleep(0.01)
    assert turn.finished == 1
    assert not repeats._alone


async def test_old_ones_are_forgotten() -> None:
    now = [0.0]
    repeats, turn = Repeats(lambda: now[0]), Turn()
    assert await repeats.once("a", "old", turn) == 1
    now[0] = KEPT_SECONDS / 2
    assert await repeats.once("a", "young", turn) == 2
    now[0] = KEPT_SECONDS - 1
    assert await repeats.once("a", "old", turn) == 1
    now[0] = KEPT_SECONDS
    assert await repeats.once("a", "old", turn) == 3
    assert await repeats.once("a", "young", turn) == 2


async def test_only_so_many_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    repeats, turn = Repeats(), Turn()
    for number in range(6):
        await repeats.once("a", str(number), turn)
    assert len(repeats._kept) <= 4
    assert await repeats.once("a", "5", turn) == 6
    assert await repeats.once("a", "0", turn) == 7


async def test_a_conversation_is_forgotten_alone() -> None:
    repeats, turn = Repeats(), Turn()
    await repeats.once("a", "id", turn)
    await repeats.once("b", "id", turn)
    repeats.forget("a")
    repeats.forget("nobody")
    assert await repeats.once("b", "id", turn) == 2
    assert await repeats.once("a", "id", turn) == 3
