"""A purge of many rows while people are answered: nobody waits for its end, several servers share it, and nothing new is lost."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered

from bot import retention
from bot.stores.database import open_engine
from bot.tracker_store import ConversationStore
from tests import real_servers

DAY = 86_400.0
EVENTS = SQLTrackerStore.SQLEvent.__table__
OLD_ROWS = 20_000
AT_ONCE = 1_000
ROUNDS, PEOPLE = 15, 4


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with real_servers.postgres() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("PLAN_CACHE", str(tmp_path / "cache.db"))
    if request.param == "sqlite":
        return str(tmp_path / "conversations.db")
    return str(request.getfixturevalue("postgres_url"))


def fill(engine: sa.engine.Engine) -> None:
    """Old events of many conversations."""
    moment = time.time() - 40 * DAY
    for start in range(0, OLD_ROWS, AT_ONCE):
        rows = [
            {"sender_id": f"old-{n // 40}", "type_name": "user", "timestamp": moment + n / 1000, "data": "x" * 800}
            for n in range(start, start + AT_ONCE)
        ]
        with engine.begin() as connection:
            connection.execute(sa.insert(EVENTS), rows)


def count(engine: sa.engine.Engine, which: str) -> int:
    with engine.connect() as connection:
        wanted = sa.select([sa.func.count()]).where(EVENTS.c.sender_id.like(which))
        return int(connection.execute(wanted).scalar())


async def turn(store: ConversationStore, person: str, text: str) -> None:
    tracker = await store.get_or_create_tracker(person, append_action_listen=False)
    for event in (ActionExecuted("action_listen"), UserUttered(text), BotUttered(f"to {text}")):
        tracker.update(event, Domain.empty())
    await store.save(tracker)


async def test_people_are_answered_while_two_servers_purge(database: str) -> None:
    stores = [ConversationStore(domain=Domain.empty(), db=database) for _ in range(2)]
    fill(stores[0].engine)
    purging = [asyncio.create_task(retention.keep(store.engine, first=0)) for store in stores]
    answered_meanwhile = 0
    try:
        for number in range(ROUNDS):
            await asyncio.gather(*(turn(stores[n % 2], f"new-{n}", f"message {number}") for n in range(PEOPLE)))
            left = count(stores[0].engine, "old-%")
            answered_meanwhile += PEOPLE if 0 < left < OLD_ROWS else 0
        ends = time.monotonic() + 120
        while count(stores[0].engine, "old-%"):
            assert time.monotonic() < ends, "the purge has not come to its end"
            assert not any(task.done() for task in purging)
            await asyncio.sleep(0.1)
    finally:
        for task in purging:
            task.cancel()
    assert answered_meanwhile > 0, "everybody waited for the end of the purge"
    assert count(stores[0].engine, "new-%") == ROUNDS * PEOPLE * 3
    engine = open_engine(database)
    assert retention.count(engine, time.time() - 30 * DAY)["events"] == 0
    engine.dispose()
