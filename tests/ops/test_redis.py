"""What workers share in a real Redis: turns and limits. Two workers are two links, each with its own connections."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

import pytest

from bot.errors import SetupError, SharedStateError
from bot.guard import turns as turns_module
from bot.guard.rate import SharedLimit
from bot.guard.turns import SharedTurns, TooMany
from bot.stores import redis_link
from bot.stores.redis_link import RedisLink
from tests.real_servers import Server, redis


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with redis() as running:
        yield running


@pytest.fixture
async def links(server: Server) -> AsyncIterator[list[RedisLink]]:
    made = [RedisLink(server.url) for _ in range(2)]
    for one in made:
        assert await one.answers()
    yield made
    for one in made:
        await one.close()


def workers(links: list[RedisLink], waiting: int = 50) -> list[SharedTurns]:
    return [SharedTurns(waiting, lambda one=one: one) for one in links]


async def test_one_turn_at_a_time_in_all_workers(links: list[RedisLink]) -> None:
    present, most, taken = 0, 0, []
    both = workers(links)

    async def take(number: int) -> None:
        nonlocal present, most
        async with both[number % 2].turn("c"):
            present += 1
            most = max(most, present)
            await asyncio.sleep(0.005)
            present -= 1
            taken.append(number)

    await asyncio.gather(*map(take, range(20)))
    assert most == 1
    assert sorted(taken) == list(range(20))


async def test_in_the_order_they_came(links: list[RedisLink]) -> None:
    both, taken, go = workers(links), [], asyncio.Event()

    async def first() -> None:
        async with both[0].turn("order"):
            await go.wait()

    async def take(number: int) -> None:
        async with both[number % 2].turn("order"):
            taken.append(number)

    tasks = [asyncio.create_task(first())]
    await asyncio.sleep(0.1)
    for number in (1, 2, 3):
        # one of each worker is in the queue of Redis; others of the same worker wait behind it
        tasks.append(asyncio.create_task(take(number)))
        await asyncio.sleep(0.1)
    go.set()
    await asyncio.gather(*tasks)
    assert taken.index(1) < taken.index(3)
    assert len(taken) == 3


async def test_other_conversations_do_not_wait(links: list[RedisLink]) -> None:
    both = workers(links)
    async with both[0].turn("a"), both[1].turn("b"):
        pass


async def test_nothing_is_kept_of_an_idle_conversation(links: list[RedisLink]) -> None:
    async with workers(links)[0].turn("gone"):
        assert await links[0]._redis.keys("plan:turn:{gone}*")
    assert not await links[0]._redis.keys("plan:turn:{gone}*")


async def test_the_turn_of_a_dead_worker_runs_out(links: list[RedisLink], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_module, "LEASE_SECONDS", 0.5)
    dead, alive = workers(links)
    # as a worker that was killed leaves it
    assert await dead._asks(links[0], "turn:{left}", "ticket of the dead")
    async with alive.turn("left"):
        pass


async def test_a_long_turn_is_kept(links: list[RedisLink], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns_module, "LEASE_SECONDS", 0.5)
    monkeypatch.setattr(turns_module, "RENEW_SECONDS", 0.1)
    monkeypatch.setattr(turns_module, "LONGEST_WAIT", 1.5)
    one, other = workers(links)
    async with one.turn("long"):
        with pytest.raises(TooMany):
            async with other.turn("long"):
                pass
    async with other.turn("long"):
        pass
    await asyncio.sleep(0.3)
    assert not one._renewing


async def test_a_turn_that_ends_while_it_is_renewed_is_given_back(
    links: list[RedisLink], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The renewal that is on its way must not bring the ticket back."""
    monkeypatch.setattr(turns_module, "RENEW_SECONDS", 0.05)
    one, other = workers(links)
    for number in range(60):
        async with one.turn("ends"):
            await asyncio.sleep(0.048 + number * 0.0001)
            time.sleep(0.005)  # noqa: ASYNC251 - a busy loop, as under load
    assert not await links[0]._redis.keys("plan:turn:{ends}*")
    async with other.turn("ends"):
        pass
    await asyncio.sleep(0.2)
    assert not one._renewing
    assert not one._held


async def test_a_limit_is_of_all_workers(links: list[RedisLink]) -> None:
    limits = [SharedLimit("test", 1, 6, lambda one=one: one) for one in links]
    allowed = [await limits[n % 2].allows("somebody") for n in range(10)]
    assert allowed == [True] * 6 + [False] * 4
    assert await limits[0].allows("another")


async def test_tokens_come_back(links: list[RedisLink]) -> None:
    limit = SharedLimit("quick", 1200, 2, lambda: links[0])
    assert [await limit.allows("s") for _ in range(3)].count(True) >= 2
    await asyncio.sleep(0.3)
    assert await limit.allows("s")


async def test_a_restart_is_survived(server: Server, links: list[RedisLink]) -> None:
    one = workers(links)[0]
    limit = SharedLimit("restart", 1, 3, lambda: links[0])
    async with one.turn("c"):
        await limit.allows("s")
        server.kill()
        # goes by itself, and does not wait for Redis each time
        assert [await limit.allows("s") for _ in range(5)] == [True] * 3 + [False] * 2
    async with one.turn("c"):
        pass
    server.start()
    await asyncio.sleep(redis_link.PAUSE_SECONDS + 0.1)
    assert await links[0].answers()
    assert await limit.allows("s")


async def test_a_wait_for_another_worker_survives_a_restart(server: Server, links: list[RedisLink]) -> None:
    one, other = workers(links)
    done = asyncio.Event()

    async def wait() -> None:
        async with other.turn("waits"):
            done.set()

    async with one.turn("waits"):
        task = asyncio.create_task(wait())
        await asyncio.sleep(0.2)
        server.kill()
        server.start()
    await asyncio.wait_for(task, 10)
    assert done.is_set()


async def test_nobody_answers() -> None:
    dead = RedisLink("redis://127.0.0.1:9/0")
    assert not await dead.answers()
    with pytest.raises(SharedStateError):
        await dead.run("return 1", [], [])
    async with SharedTurns(3, lambda: dead).turn("c"):
        pass


@pytest.mark.parametrize("wrong", ["localhost:6379", "http://localhost", "nonsense"])
def test_a_wrong_address_is_named_and_not_repeated(wrong: str) -> None:
    with pytest.raises(SetupError, match="PLAN_REDIS") as failed:
        RedisLink(wrong)
    assert wrong not in str(failed.value)


async def test_the_link_is_made_once_and_only_when_wanted(monkeypatch: pytest.MonkeyPatch, server: Server) -> None:
    redis_link.forget_link()
    monkeypatch.delenv(redis_link.VARIABLE, raising=False)
    assert redis_link.link() is None
    monkeypatch.setenv(redis_link.VARIABLE, server.url)
    made = redis_link.link()
    assert made and redis_link.link() is made
    await made.close()
    redis_link.forget_link()
