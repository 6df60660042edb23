"""Several workers of a messaging channel over one database: one answer to each message, in order, whoever took it in and whoever dies.

On SQLite and on a real PostgreSQL; understanding is played.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sanic import Sanic

from bot.channels.conversation import ERASING
from bot.messaging import sharing, tables
from bot.messaging.capabilities import SMS
from bot.messaging.loops import ENOUGH, MOST_ALIKE, STUCK
from bot.tracker_store import ConversationStore
from tests.channels.platforms.telegram import TelegramPlatform
from tests.channels.serving import DOMAIN, served
from tests.channels.talking import app_of_channel, served_channel
from tests.ops.messaging_worker import ANN, BOB, Agent, Alone, Numbers, Phones, Worker, until
from tests.real_servers import Server, postgres

NOTICE = "kept for up to 30 days"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Of an empty database."""
    return str(tmp_path / "talk.db") if request.param == "sqlite" else fresh(request.getfixturevalue("server"))


def fresh(server: Server) -> str:
    name = f"test_{uuid.uuid4().hex}"
    with sa.create_engine(server.url, isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return f"{server.url.rpartition('/')[0]}/{name}"


@pytest.fixture
def phones() -> Phones:
    return Phones()


@pytest.fixture
def numbers() -> Numbers:
    return Numbers()


@pytest.fixture
async def hire(address: str, phones: Phones) -> AsyncIterator[Callable[..., Worker]]:
    """Makes workers that beat; settings by name."""
    made: list[Worker] = []

    def one(*, platform: Phones | None = None, **wanted: Any) -> Worker:
        made.append(Worker(address, platform or phones, **wanted))
        made[-1].begin()
        return made[-1]

    yield one
    for worker in made:
        await worker.die()


async def acquainted(worker: Worker, numbers: Numbers) -> None:
    """So that no notice comes any more."""
    for person in (ANN, BOB):
        await worker.desk.take([numbers.said("good morning", person)])
    await worker.desk.mailboxes.finish(20)
    for seen in worker.phones.seen.values():
        seen.clear()
    worker.agent.heard.clear()


@pytest.fixture
async def two(hire: Callable[..., Worker], numbers: Numbers) -> tuple[Worker, Worker]:
    """Two workers that know of each other."""
    return await pair(hire, numbers)


async def pair(hire: Callable[..., Worker], numbers: Numbers, **wanted: Any) -> tuple[Worker, Worker]:
    one, other = hire(**wanted), hire(**wanted)
    await acquainted(one, numbers)
    await until(lambda: one.sharing.is_crowded and other.sharing.is_crowded)
    # what comes now comes right behind nothing
    await asyncio.sleep(1.5 * wanted.get("fragment_seconds", 0.0))
    return one, other


async def say(worker: Worker, numbers: Numbers, *texts: str, person: str = ANN) -> None:
    for text in texts:
        await worker.desk.take([numbers.said(text, person)])


def kept(worker: Worker, table: sa.Table) -> int:
    with worker.store.engine.connect() as connection:
        return int(connection.execute(sa.select([sa.func.count()]).select_from(table)).scalar())


# ------------------------------------------------------------------- order, fragments, danger


async def test_one_person_is_answered_in_order_whoever_takes_it_in(
    two: tuple[Worker, Worker], numbers: Numbers
) -> None:
    one, other = two
    for worker in two:
        worker.agent.thinks = 0.03
    for n in range(12):
        await say(two[n % 2], numbers, f"message {n}")
    await say(one, numbers, "from Bob", person=BOB)
    await until(lambda: len(one.phones.seen[ANN]) >= 12 and one.phones.seen[BOB])
    assert one.phones.seen == {ANN: [f"re: message {n}" for n in range(12)], BOB: ["re: from Bob"]}
    assert max(worker.agent.most_present for worker in two) == 1
    await until(lambda: kept(one, tables.INBOX) == 0)
    await say(other, numbers, "later")
    await until(lambda: one.phones.seen[ANN][-1] == "re: later")


async def test_who_comes_often_to_all_workers_is_never_left_lying(two: tuple[Worker, Worker], numbers: Numbers) -> None:
    """Messages that come at the very moment at which another worker finishes with the person."""
    for n in range(60):
        await asyncio.gather(say(two[0], numbers, f"a{n}"), say(two[1], numbers, f"b{n}"))
        if n % 10 == 9:
            await until(lambda most=2 * n + 2: len(two[0].phones.seen[ANN]) >= most)
    seen = two[0].phones.seen[ANN]
    assert sorted(seen) == sorted(f"re: {who}{n}" for who in "ab" for n in range(60))
    for who in "ab":
        assert [text for text in seen if text.startswith(f"re: {who}")] == [f"re: {who}{n}" for n in range(60)]


async def test_fragments_that_come_to_two_workers_are_put_together(
    hire: Callable[..., Worker], numbers: Numbers
) -> None:
    one, other = await pair(hire, numbers, fragment_seconds=1.0)
    await say(one, numbers, "hello")
    await until(lambda: one.agent.heard)
    await say(one, numbers, "burglary")
    await say(other, numbers, "in Camden")
    await say(one, numbers, "last year")
    await until(lambda: len(one.phones.seen[ANN]) >= 2)
    assert one.agent.heard + other.agent.heard == ["hello", "burglary in Camden last year"]


async def test_danger_that_is_split_while_the_first_is_being_answered(
    hire: Callable[..., Worker], numbers: Numbers
) -> None:
    one, other = await pair(hire, numbers, fragment_seconds=0.5)
    one.agent.thinks = 0.5
    await say(one, numbers, "he is hitting")
    await say(other, numbers, "me now")
    await until(lambda: len(one.phones.seen[ANN]) >= 2)
    assert one.agent.heard[0] == "he is hitting"
    assert one.agent.heard[1].endswith("he is hitting me now")
    assert other.agent.heard == []


async def test_danger_that_is_split_after_the_first_was_answered(hire: Callable[..., Worker], numbers: Numbers) -> None:
    one, other = await pair(hire, numbers, fragment_seconds=0.5)
    await say(one, numbers, "he is hitting")
    await one.desk.mailboxes.finish(20)
    await say(other, numbers, "me now")
    await until(lambda: len(one.phones.seen[ANN]) >= 2)
    assert one.agent.heard == ["he is hitting"]
    assert other.agent.heard[0].endswith("he is hitting me now")


async def test_the_same_delivery_at_two_workers_at_once_is_answered_once(
    two: tuple[Worker, Worker], numbers: Numbers
) -> None:
    for n in range(10):
        message = numbers.said(f"hello {n}")
        await asyncio.gather(*(worker.desk.take([message]) for worker in two))
    await until(lambda: two[0].phones.seen[ANN][-1:] == ["re: hello 9"])
    assert two[0].phones.seen[ANN] == [f"re: hello {n}" for n in range(10)]


# ------------------------------------------------------------------- counted together


async def test_the_same_over_and_over_is_counted_together(two: tuple[Worker, Worker], numbers: Numbers) -> None:
    for n in range(MOST_ALIKE + 3):
        await say(two[n % 2], numbers, "I am out of office.")
        await two[n % 2].desk.mailboxes.finish(20)
    seen = two[0].phones.seen[ANN]
    assert seen == ["re: I am out of office."] * MOST_ALIKE + [STUCK]


async def test_a_day_is_counted_together(hire: Callable[..., Worker], numbers: Numbers) -> None:
    two = await pair(hire, numbers, a_day=6)
    for n in range(9):
        await say(two[n % 2], numbers, f"message {n}")
        await two[n % 2].desk.mailboxes.finish(20)
    # one was answered before
    assert two[0].phones.seen[ANN] == [*(f"re: message {n}" for n in range(5)), ENOUGH]


async def test_without_the_database_it_is_counted_from_memory(
    two: tuple[Worker, Worker], numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And what is not taken out of the inbox then is taken out later, and answered once."""
    one, other = two
    with monkeypatch.context() as patch:
        for method in ("close", "unseen"):
            patch.setattr(one.sharing._inbox, method, _raising)
        for _ in range(MOST_ALIKE + 3):
            await say(one, numbers, "I am out of office.")
            await one.desk.mailboxes.finish(20)
        assert one.phones.seen[ANN] == ["re: I am out of office."] * MOST_ALIKE + [STUCK]
        assert kept(one, tables.INBOX) == MOST_ALIKE + 3
    await until(lambda: kept(one, tables.INBOX) == 0)
    await say(other, numbers, "and now to you")
    await until(lambda: one.phones.seen[ANN][-1] == "re: and now to you")
    assert other.agent.heard == ["and now to you"]
    assert len(one.phones.seen[ANN]) == MOST_ALIKE + 2


def _raising(*_: Any) -> Any:
    raise OSError("disk")


async def test_the_rest_of_a_text_message_comes_from_any_worker(hire: Callable[..., Worker], numbers: Numbers) -> None:
    phones = Phones(SMS)
    two = await pair(hire, numbers, platform=phones)
    two[0].agent.long = " ".join(f"This is sentence number {n} of a long answer about the Plan." for n in range(30))
    await say(two[0], numbers, "tell me all")
    await two[0].desk.mailboxes.finish(20)
    for n in range(1, 4):
        await say(two[n % 2], numbers, "NEXT")
        await two[n % 2].desk.mailboxes.finish(20)
    said = " ".join(page.partition("\n\nReply NEXT")[0] for page in phones.seen[ANN])
    assert len(phones.seen[ANN]) == 4
    assert two[0].agent.long.startswith(said)
    assert two[0].agent.heard == ["tell me all"] and two[1].agent.heard == []


# ------------------------------------------------------------------- a worker stops, dies, is slow


async def test_what_a_worker_that_stops_has_not_answered_another_answers(
    two: tuple[Worker, Worker], numbers: Numbers
) -> None:
    one, other = two
    one.agent.thinks = 60.0
    await say(one, numbers, "first", "second")
    await say(other, numbers, "third")
    await one.stop(0.1)
    await until(lambda: len(one.phones.seen[ANN]) >= 3)
    assert one.phones.seen[ANN] == ["re: first", "re: second", "re: third"]
    assert other.agent.heard == ["first", "second", "third"]


async def test_a_worker_that_starts_again_answers_what_it_left(hire: Callable[..., Worker], numbers: Numbers) -> None:
    one = hire()
    await acquainted(one, numbers)
    one.agent.thinks = 60.0
    await say(one, numbers, "first", "second")
    await one.stop(0.1)
    assert one.phones.seen[ANN] == []
    again = hire()
    await until(lambda: len(one.phones.seen[ANN]) >= 2)
    assert one.phones.seen[ANN] == ["re: first", "re: second"]
    await until(lambda: kept(again, tables.INBOX) == 0)


async def test_what_a_worker_has_that_stops_is_answered_first(two: tuple[Worker, Worker], numbers: Numbers) -> None:
    one, other = two
    one.agent.thinks = 0.1
    await say(one, numbers, "first", "second")
    await one.stop(20)
    assert one.agent.heard == ["first", "second"] and other.agent.heard == []


async def test_what_a_dead_worker_had_another_answers_in_order(two: tuple[Worker, Worker], numbers: Numbers) -> None:
    one, other = two
    one.agent.thinks = 60.0
    await say(one, numbers, "first", "second")
    await say(one, numbers, "from Bob", person=BOB)
    await say(other, numbers, "third")
    await one.die()
    await until(lambda: len(one.phones.seen[ANN]) >= 3 and one.phones.seen[BOB])
    assert one.phones.seen == {ANN: ["re: first", "re: second", "re: third"], BOB: ["re: from Bob"]}


async def test_an_answer_that_was_saved_and_not_sent_is_sent_and_not_made_again(
    hire: Callable[..., Worker], numbers: Numbers
) -> None:
    one, other = hire(), hire()
    one.agent.lingers = 60.0
    await say(one, numbers, "hello there")
    await until(lambda: one.store.said(one.sender(), 9))
    await say(other, numbers, "and this")
    await one.die()
    await until(lambda: "re: and this" in one.phones.seen[ANN])
    seen = one.phones.seen[ANN]
    assert seen[0] == "re: hello there" and NOTICE in seen[1], "the notice goes with it as it would have"
    assert seen[2:] == ["re: and this"]
    assert other.agent.heard == ["and this"]


async def test_fragments_that_were_answered_as_one_are_found_as_one(
    hire: Callable[..., Worker], numbers: Numbers
) -> None:
    one, other = await pair(hire, numbers, fragment_seconds=0.3)
    await say(one, numbers, "hello")
    await until(lambda: one.phones.seen[ANN] == ["re: hello"])
    one.agent.lingers = 60.0
    await say(one, numbers, "burglary", "in Camden")
    await until(lambda: len(one.store.said(one.sender(), 9)) >= 6)
    await asyncio.sleep(0.4)
    await say(other, numbers, "something else")
    await one.die()
    await until(lambda: len(one.phones.seen[ANN]) >= 3)
    assert one.phones.seen[ANN] == ["re: hello", "re: burglary in Camden", "re: something else"]
    assert other.agent.heard == ["something else"]


async def test_a_worker_that_was_too_slow_leaves_it_to_the_other(
    two: tuple[Worker, Worker], numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds out before it sends."""
    one, other = two
    one.agent.thinks, before = 1.0, one.sharing._inbox.worker
    await say(one, numbers, "first", "second")
    assert one._house
    one._house.cancel()
    await until(lambda: other.agent.heard == ["first", "second"])
    monkeypatch.setattr(sharing, "SURE_SECONDS", 0.0)
    await until(lambda: one.agent.heard == ["first"])
    await until(lambda: one.sharing._inbox.worker != before)
    assert one.phones.seen[ANN] == ["re: first", "re: second"]
    one.begin()
    one.agent.thinks = 0.0
    await say(one, numbers, "third")
    await until(lambda: one.phones.seen[ANN] == ["re: first", "re: second", "re: third"])


async def test_who_cannot_watch_takes_nobody_for_dead(
    two: tuple[Worker, Worker], numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database was away: nobody could beat."""
    one, other = two
    one.agent.thinks = 60.0
    await say(one, numbers, "first")
    beat = other.sharing._inbox.beat
    rounds = 0

    def every_other(*_: Any) -> Any:
        nonlocal rounds
        rounds += 1
        return beat() if rounds % 3 else _raising()

    monkeypatch.setattr(other.sharing._inbox, "beat", every_other)
    assert one._house
    one._house.cancel()
    await until(lambda: rounds > 12)
    assert other.agent.heard == []


# ------------------------------------------------------------------- kill -9


@pytest.mark.parametrize("moment", ["thinks", "lingers"], ids=["before it is saved", "after it is saved"])
async def test_kill_9_in_the_middle_of_an_answer(address: str, moment: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other worker answers, once, and in order with what came to it."""
    monkeypatch.setattr(Sanic, "test_mode", True)
    platform = TelegramPlatform()
    await platform.start()
    dying = Alone(platform, address, f"{moment}=60")
    try:
        agent = Agent(ConversationStore(domain=DOMAIN, db=address))
        async with served(app_of_channel(served_channel(platform, monkeypatch), agent)) as other:
            await dying.ready()
            for text in ("first", "second"):
                assert await dying.post(platform.text(platform.person, text)) == 200
            if moment == "lingers":
                await until(lambda: _saved(address) >= 1)
            webhook = platform.text(platform.person, "third")
            posted = await other.client.post(platform.path, content=webhook.body, headers=webhook.headers)
            assert posted.status_code == 200
            await asyncio.sleep(0.5)
            assert platform.seen[platform.person] == [], "it waits for its turn"
            dying.kill()
            await until(lambda: "re: third" in _texts(platform), 60)
            assert [t for t in _texts(platform) if NOTICE not in t] == ["re: first", "re: second", "re: third"]
            assert _saved(address) == 3, "no turn was made twice"
            assert agent.heard == (["first"] if moment == "thinks" else []) + ["second", "third"]
    finally:
        dying.end()
        await platform.stop()


def _texts(platform: TelegramPlatform) -> list[str]:
    return [seen.text for seen in platform.seen[platform.person]]


def _saved(address: str) -> int:
    engine = sa.create_engine(address if "://" in address else f"sqlite:///{address}")
    with engine.connect() as connection:
        count = sa.text("SELECT count(*) FROM events WHERE type_name = 'user'")
        return int(connection.execute(count).scalar())


async def test_postgresql_is_restarted_and_nothing_is_lost_or_doubled(server: Server) -> None:
    phones, numbers, address = Phones(), Numbers(), fresh(server)
    two = [Worker(address, phones), Worker(address, phones)]
    try:
        for worker in two:
            worker.begin()
        await acquainted(two[0], numbers)
        for worker in two:
            worker.agent.thinks = 0.2
        for n in range(4):
            await say(two[n % 2], numbers, f"before {n}")
        await asyncio.to_thread(server.stop)
        starting = asyncio.create_task(asyncio.to_thread(server.start))
        await say(two[0], numbers, "meanwhile")
        await starting
        for n in range(4):
            await say(two[n % 2], numbers, f"after {n}")
        await until(lambda: len(phones.seen[ANN]) >= 9, 60)
        await until(lambda: kept(two[0], tables.INBOX) == 0)
        seen = phones.seen[ANN]
        assert len(seen) == len(set(seen)) == 9
        assert seen[:4] == [f"re: before {n}" for n in range(4)]
    finally:
        for worker in two:
            await worker.die()


# ------------------------------------------------------------------- deleted


async def test_erasing_reaches_the_inbox(two: tuple[Worker, Worker], numbers: Numbers) -> None:
    """What waits and was erased by an operator is not answered any more."""
    one, other = two
    one.agent.thinks = 1.0
    await say(one, numbers, "first", "second")
    await say(other, numbers, "third")
    other.desk.records.erase(other.sender())
    assert kept(one, tables.INBOX) == 0
    await one.desk.mailboxes.finish(20)
    await say(other, numbers, "fourth")
    await until(lambda: "re: fourth" in one.phones.seen[ANN])
    assert one.phones.seen[ANN] == ["re: first", "re: fourth"]


async def test_delete_my_data_forgets_what_was_typed_and_answers_what_comes_after(
    hire: Callable[..., Worker], numbers: Numbers
) -> None:
    one, other = await pair(hire, numbers, fragment_seconds=0.2)
    one.agent.thinks = 0.3
    one.agent.name = ERASING
    await say(one, numbers, "delete my data")
    await asyncio.sleep(0.25)
    one.agent.name = "echo"
    await say(other, numbers, "hello again")
    await until(lambda: "re: hello again" in one.phones.seen[ANN])
    assert one.phones.seen[ANN][0] == "re: delete my data"
    with one.store.engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM events WHERE data LIKE '%delete my%'")).scalar() == 0
