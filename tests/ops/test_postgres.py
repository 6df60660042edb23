"""Conversations in a real PostgreSQL: shared by workers, found again after a restart of it, nothing twice."""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, UserUttered

from bot.stores import database
from bot.tracker_store import ConversationStore
from bot.web.records import Records
from tests.real_servers import Server, postgres

DOMAIN = Domain.empty()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


@pytest.fixture
def store(server: Server) -> ConversationStore:
    return opened(server)


@pytest.fixture
def name() -> str:
    return uuid.uuid4().hex


def opened(server: Server) -> ConversationStore:
    """A store as a worker of its own has it."""
    return ConversationStore(domain=DOMAIN, db=server.url)


async def turn(store: ConversationStore, conversation: str, text: str, message_id: str | None = None) -> None:
    tracker = await store.get_or_create_tracker(conversation, append_action_listen=False)
    for event in (ActionExecuted("action_listen"), UserUttered(text, message_id=message_id), BotUttered(f"to {text}")):
        tracker.update(event, DOMAIN)
    await store.save(tracker)


def said(store: ConversationStore, conversation: str) -> list[str]:
    return [event["text"] for event in store.said(conversation, 1_000)]


async def test_two_workers_take_turns(server: Server, store: ConversationStore, name: str) -> None:
    other = opened(server)
    for number in range(3):
        await turn(store, name, f"a{number}")
        await turn(other, name, f"b{number}")
    expected = [text for n in range(3) for who in "ab" for text in (f"{who}{n}", f"to {who}{n}")]
    assert said(store, name) == said(other, name) == expected


async def test_many_conversations_at_once(server: Server, store: ConversationStore) -> None:
    names = [uuid.uuid4().hex for _ in range(40)]

    async def talk(name: str) -> None:
        for number in range(5):
            await turn(store, name, f"{name} {number}")

    await asyncio.gather(*map(talk, names))
    for conversation in names:
        assert said(opened(server), conversation)[::2] == [f"{conversation} {n}" for n in range(5)]


async def test_a_session_begins_anew(store: ConversationStore, server: Server, name: str) -> None:
    await turn(store, name, "before")
    tracker = await store.retrieve(name)
    assert tracker
    tracker.update(ActionExecuted("action_session_start"))
    tracker.update(SessionStarted())
    await store.save(tracker)
    await turn(store, name, "after")
    read = await opened(server).retrieve(name)
    assert read
    assert [e.text for e in read.events if isinstance(e, UserUttered)] == ["after"]


async def test_what_is_looked_for_has_an_index(store: ConversationStore) -> None:
    with store.engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT indexname FROM pg_indexes WHERE tablename = 'events'")).fetchall()
    assert {row[0] for row in rows} == {"events_pkey", "ix_events_conversation", "ix_events_timestamp"}


async def test_a_second_worker_finds_the_indexes(server: Server) -> None:
    await asyncio.gather(*(asyncio.to_thread(opened, server) for _ in range(4)))


async def test_forgetting(store: ConversationStore, server: Server, name: str) -> None:
    await turn(store, name, "mine")
    await turn(store, f"{name}-other", "yours")
    assert store.erase(name) == 3
    assert await opened(server).retrieve(name) is None
    assert said(store, f"{name}-other") == ["yours", "to yours"]


async def test_buttons_records_and_repeats(store: ConversationStore, server: Server, name: str) -> None:
    records = Records(store.engine)
    await turn(store, name, "hello", message_id="0123-abc")
    assert await opened(server).answered(name, "0123-abc") == [{"recipient_id": name, "text": "to hello"}]
    assert await store.offered(name) == []
    records.end(name, time.time() + 100)
    assert await store.run(lambda: records.is_ended(name))


@pytest.mark.parametrize("how", ["stop", "kill"])
async def test_a_restart_in_the_middle_loses_nothing(
    server: Server, store: ConversationStore, name: str, how: str
) -> None:
    await turn(store, name, "before")

    async def talk() -> None:
        for number in range(30):
            await turn(store, name, str(number))
            await asyncio.sleep(0.02)

    talking = asyncio.create_task(talk())
    await asyncio.sleep(0.2)
    await asyncio.to_thread(getattr(server, how))
    await asyncio.sleep(0.5)
    await asyncio.to_thread(server.start)
    await talking
    assert said(opened(server), name)[::2] == ["before", *map(str, range(30))]


async def test_a_turn_that_was_taken_in_without_a_word_is_not_doubled(
    store: ConversationStore, server: Server, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database commits, and the connection breaks before it says so."""
    await turn(store, name, "before")
    broken, run = [], store._steady.run

    async def breaks_once(work):  # noqa: ANN001, ANN202
        def once():  # noqa: ANN202
            result = work()
            if not broken and work.__qualname__.endswith("save.<locals>.work"):
                broken.append(True)
                raise sa.exc.OperationalError("COMMIT", {}, Exception("server closed the connection"))
            return result

        return await run(once)

    monkeypatch.setattr(store._steady, "run", breaks_once)
    await turn(store, name, "once")
    assert broken
    assert said(opened(server), name) == ["before", "to before", "once", "to once"]


async def test_a_database_that_stays_away_is_an_error(
    server: Server, store: ConversationStore, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store._steady = database.Steady(store.engine, seconds=0.3)
    server.stop()
    try:
        with pytest.raises(sa.exc.DBAPIError):
            await store.retrieve(name)
    finally:
        server.start()
    assert await store.retrieve(name) is None
