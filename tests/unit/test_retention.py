"""What is kept, and for how long: every table is known, what is old goes in small steps, and what is of one person goes at once."""

from __future__ import annotations

import asyncio
import importlib
import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered

from bot import retention
from bot.messaging import tables as messaging
from bot.paths import ROOT
from bot.settings import KEPT_DAYS
from bot.sources import cache
from bot.stores import wiping
from bot.stores.database import open_engine
from bot.tracker_store import ConversationStore
from bot.web import records as web
from tests import real_servers

DAY, HOUR = 86_400.0, 3_600.0
EVENTS = SQLTrackerStore.SQLEvent.__table__
ME, OTHER = "sms-me", "web-other"


@pytest.fixture(scope="module")
def postgres_url() -> Iterator[str]:
    with real_servers.postgres() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.engine.Engine]:
    """An empty database with every table that the servers make."""
    if request.param == "sqlite":
        made = open_engine(str(tmp_path / "conversations.db"))
    else:
        made = open_engine(request.getfixturevalue("postgres_url"))
        with made.begin() as connection:
            connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    SQLTrackerStore.Base.metadata.create_all(made)
    web.metadata.create_all(made)
    messaging.make(made)
    yield made
    made.dispose()


@pytest.fixture(autouse=True)
def no_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAN_CACHE", str(tmp_path / "cache.db"))


def day(moment: float) -> Any:
    return datetime.fromtimestamp(moment, timezone.utc).date()


def add(engine: sa.engine.Engine, sender: str, moment: float, name: str) -> None:
    """A row in every table, as it is made at a moment."""
    rows: list[tuple[Any, dict[str, Any]]] = [
        (EVENTS, {"sender_id": sender, "type_name": "user", "timestamp": moment, "data": f"words of {name}"}),
        (web.FEEDBACK, {
            "sender": sender, "answer": "greet.1.x", "name": "greet", "helpful": True, "comment": name, "day": day(moment),
        }),
        (web.ENDED, {"sender": f"{sender}{name}", "until": moment + 12 * HOUR}),
        (messaging.DELIVERIES, {"key": f"{sender}{name}", "at": moment}),
        (messaging.INBOX, {
            "key": f"{sender}{name}", "channel": "sms", "sender": sender, "sealed": name, "at": moment, "until": moment + 2 * HOUR,
        }),
        (messaging.REST, {"sender": f"{sender}" if name == "mine" else f"{sender}{name}", "sealed": name, "until": moment + DAY}),
        (messaging.OUTBOX, {
            "channel": "sms", "sender": sender, "sealed": name, "due": moment, "tries": 1, "held": 0.0, "until": moment + HOUR,
        }),
        (messaging.PEOPLE, {
            "sender": f"{sender}" if name == "mine" else f"{sender}{name}", "counts": "{}", "said": name, "said_until": moment + 60,
            "until": moment + DAY,
        }),
    ]  # fmt: skip
    with engine.begin() as connection:
        for table, row in rows:
            connection.execute(sa.insert(table).values(**row))


def rows(engine: sa.engine.Engine, table: Any) -> list[dict[str, Any]]:
    with engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.select([table]))]


def purged(engine: sa.engine.Engine, before: float, size: int = 500) -> dict[str, int]:
    gone: dict[str, int] = {}
    for table, number in retention.batches(engine, before, size):
        assert number <= size
        gone[table] = gone.get(table, 0) + number
    return gone


def test_it_is_known_of_every_table_what_becomes_of_it() -> None:
    made = {*SQLTrackerStore.Base.metadata.tables}
    for file in (*(ROOT / "bot").rglob("*.py"), *(ROOT / "actions").rglob("*.py")):
        if "MetaData(" in file.read_text(encoding="utf-8"):
            name = ".".join(file.relative_to(ROOT).with_suffix("").parts)
            for value in vars(importlib.import_module(name)).values():
                if isinstance(value, sa.MetaData):
                    made |= set(value.tables)
    assert {"events", "web_feedback", "channel_outbox", "statistics_figures"} <= made
    assert {table for table in made if not retention.is_registered(table)} == set()
    assert not retention.is_registered("unheard_of")
    gone = {kept.name for kept in retention.KEPT} | retention.WITHOUT_PEOPLE
    assert gone - made == set(), "registered, but nobody makes it"


def test_the_documentation_names_each_table_and_its_time() -> None:
    text = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
    named = {kept.name for kept in retention.KEPT} | set(retention.SERVICE)
    assert {table for table in named if f"`{table}`" not in text} == set()
    assert set(re.findall(r"(\d+) days", text)) == {str(KEPT_DAYS)}
    assert f"batches of {retention.BATCH} rows" in text


def test_what_is_older_goes_and_what_is_not_stays(engine: sa.engine.Engine) -> None:
    now = time.time()
    add(engine, ME, now - 31 * DAY, "old")
    add(engine, ME, now, "new")
    before = now - 30 * DAY
    expected = {kept.name: 1 for kept in retention.KEPT}
    assert retention.count(engine, before) == expected
    assert purged(engine, before) == expected
    assert purged(engine, before) == {}
    for kept in retention.KEPT:
        assert len(rows(engine, kept.table)) == (2 if kept.empties else 1), kept.name
        assert "words of old" not in str(rows(engine, EVENTS))
    old, new = sorted(rows(engine, web.FEEDBACK), key=lambda row: row["day"])
    assert (old["sender"], old["answer"], old["comment"], old["name"], old["helpful"]) == (
        None,
        None,
        None,
        "greet",
        True,
    )
    assert new["comment"] == "new"


def test_a_shorter_time_takes_what_is_younger(engine: sa.engine.Engine) -> None:
    now = time.time()
    add(engine, ME, now - 3 * HOUR, "three hours ago")
    gone = purged(engine, now - 2 * HOUR)
    # an end holds while its id is good; a platform may deliver again for two days
    assert set(gone) == {kept.name for kept in retention.KEPT} - {"web_ended", "channel_deliveries"}
    add(engine, OTHER, now - 3 * DAY, "three days ago")
    assert set(purged(engine, now - 2 * HOUR)) >= {"web_ended", "channel_deliveries"}
    assert [row["key"] for row in rows(engine, messaging.DELIVERIES)] == [f"{ME}three hours ago"]


def test_feedback_is_never_kept_for_longer_than_was_said(engine: sa.engine.Engine) -> None:
    midnight = datetime(2026, 5, 2, tzinfo=timezone.utc).timestamp()
    for moment in (midnight - 1, midnight, midnight + DAY):
        add(engine, ME, moment, f"at {moment}")
    purged(engine, midnight + 1)
    assert [row["sender"] for row in sorted(rows(engine, web.FEEDBACK), key=lambda row: row["day"])] == [None, None, ME]


def test_it_goes_in_small_steps_and_others_write_in_between(engine: sa.engine.Engine) -> None:
    moment = time.time() - 40 * DAY
    with engine.begin() as connection:
        connection.execute(
            sa.insert(EVENTS),
            [{"sender_id": ME, "type_name": "user", "timestamp": moment, "data": "x"} for _ in range(25)],
        )
    steps = retention.batches(engine, time.time() - 30 * DAY, 10)
    left = []
    for table, number in steps:
        assert (table, number <= 10) == ("events", True)
        left.append(len(rows(engine, EVENTS)))
        # nothing is locked between two steps
        with engine.begin() as connection:
            connection.execute(sa.insert(messaging.DELIVERIES).values(key=f"{len(left)}", at=time.time()))
    assert left == [15, 5, 0]


def test_several_at_once_share_the_work(engine: sa.engine.Engine) -> None:
    moment = time.time() - 40 * DAY
    with engine.begin() as connection:
        connection.execute(
            sa.insert(EVENTS),
            [{"sender_id": ME, "type_name": "user", "timestamp": moment, "data": "x"} for _ in range(400)],
        )
    failed: list[Exception] = []

    def work() -> None:
        try:
            purged(engine, time.time() - 30 * DAY, 7)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    assert rows(engine, EVENTS) == []


def test_what_is_of_one_goes_and_is_counted(engine: sa.engine.Engine) -> None:
    now = time.time()
    add(engine, ME, now, "mine")
    add(engine, OTHER, now, "others")
    reached = {kept.name for kept in (*retention.KEPT, retention.SAID) if kept.sender is not None}
    assert retention.erase(engine, ME) == dict.fromkeys(reached, 1)
    assert retention.erase(engine, ME) == dict.fromkeys(reached, 0)
    for kept in retention.KEPT:
        found = str(rows(engine, kept.table))
        assert "'mine'" not in found, kept.name
        assert OTHER in found, kept.name
    assert [row["counts"] for row in rows(engine, messaging.PEOPLE)] == ["{}", "{}"]
    assert {row["comment"] for row in rows(engine, web.FEEDBACK)} == {None, "others"}


def test_a_database_in_which_little_was_made_yet(tmp_path: Path) -> None:
    engine = open_engine(str(tmp_path / "new.db"))
    assert purged(engine, time.time()) == retention.count(engine, time.time()) == retention.erase(engine, ME) == {}


async def test_what_was_erased_elsewhere_is_not_remembered(tmp_path: Path) -> None:
    store = ConversationStore(domain=Domain.empty(), db=str(tmp_path / "conversations.db"))
    tracker = await store.get_or_create_tracker(ME)
    tracker.update(UserUttered("my words"))
    await store.save(tracker)
    known = await store.retrieve(ME)
    assert known is not None and "my words" in str(known.as_dialogue().as_dict())
    await store.save(known)
    another = open_engine(str(tmp_path / "conversations.db"))
    assert retention.erase(another, ME)["events"] > 0
    assert await store.retrieve(ME) is None


async def until(is_so: Any) -> None:
    for _ in range(500):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it has not become so")


async def test_the_timer_deletes_every_while_also_after_a_failure(
    engine: sa.engine.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(engine, ME, time.time() - 40 * DAY, "old")
    tries, real = [], retention.batches

    def failing(engine: sa.engine.Engine, before: float) -> Any:
        tries.append(before)
        if len(tries) == 1:
            raise OSError("the database is busy")
        return real(engine, before)

    monkeypatch.setattr(retention, "batches", failing)
    task = asyncio.create_task(retention.keep(engine, 30, every=0.01, first=0))
    try:
        await until(lambda: len(tries) > 3 and not rows(engine, EVENTS))
        add(engine, OTHER, time.time() - 40 * DAY, "again")
        await until(lambda: not rows(engine, EVENTS))
    finally:
        task.cancel()
    # an hour of its own before the last moment: the next purge comes only then
    assert all(abs(before - (time.time() - 30 * DAY)) < 60 for before in tries)


async def test_the_timer_purges_so_early_that_nothing_gets_too_old(
    engine: sa.engine.Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    async def note(_: Any, before: float) -> None:
        asked.append(before)

    monkeypatch.setattr(retention, "purge", note)
    task = asyncio.create_task(retention.keep(engine, 30, every=7_200, first=0))
    await until(lambda: asked)
    task.cancel()
    assert abs(asked[0] - (time.time() - 30 * DAY + 7_200)) < 60


async def test_the_timer_stops_at_once(engine: sa.engine.Engine) -> None:
    moment = time.time() - 40 * DAY
    many = [{"sender_id": ME, "type_name": "user", "timestamp": moment, "data": "x"} for _ in range(20_000)]
    with engine.begin() as connection:
        connection.execute(sa.insert(EVENTS), many)
    task = asyncio.create_task(retention.keep(engine, 30, first=0))
    await until(lambda: len(rows(engine, EVENTS)) < len(many))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert rows(engine, EVENTS), "it went on to the end"


def bytes_of(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


def test_deleted_words_do_not_lie_on_in_the_files(tmp_path: Path) -> None:
    engine = open_engine(str(tmp_path / "conversations.db"))
    SQLTrackerStore.Base.metadata.create_all(engine)
    add_event = sa.insert(EVENTS)
    with engine.begin() as connection:
        connection.execute(add_event, [
            {"sender_id": ME, "type_name": "user", "timestamp": 1.0, "data": f"Marker{n} " * 500} for n in range(50)
        ])  # fmt: skip
    assert b"Marker49" in bytes_of(tmp_path)
    purged(engine, time.time())
    assert wiping.put_log_away(engine)
    assert b"Marker" not in bytes_of(tmp_path)


def test_a_log_that_is_read_just_now_is_left_for_later(tmp_path: Path) -> None:
    file = tmp_path / "conversations.db"
    engine = open_engine(str(file))
    SQLTrackerStore.Base.metadata.create_all(engine)
    reader = sqlite3.connect(file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM events").fetchone()
    with engine.begin() as connection:
        connection.execute(sa.insert(EVENTS).values(sender_id=ME, type_name="user", timestamp=1.0, data="x"))
    assert not wiping.put_log_away(engine)
    reader.close()
    assert wiping.put_log_away(engine)


@pytest.mark.parametrize("engine", ["postgresql"], indirect=True)
def test_dead_rows_are_freed(engine: sa.engine.Engine) -> None:
    add(engine, ME, time.time() - 40 * DAY, "old")
    purged(engine, time.time() - 30 * DAY)
    assert wiping.vacuum(engine, ["events", "web_feedback"])
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW statement_timeout").scalar() == "10s"
    assert not wiping.vacuum(engine, ["no_such_table"])


async def test_answers_on_places_that_were_asked_for_go_too(tmp_path: Path) -> None:
    file = tmp_path / "cache.db"
    database = cache.Database(file)
    now = time.time()
    for name, private, age in (("sw1a1aa", True, 31 * DAY), ("a ward", False, 31 * DAY), ("se154ab", True, DAY)):
        kept = cache.Cache(database, lambda age=age: now - age)
        await kept.put(cache.Name("test", name, private), {"ward": name}, 60 * DAY)
    database.close()
    before = now - 30 * DAY
    assert cache.count_private(file, before) == 1
    assert retention.purge_cache(before) == 1
    assert retention.purge_cache(before) == 0
    assert cache.count_private(file, now) == 1
    assert b"a ward" in bytes_of(tmp_path)
    assert cache.count_private(tmp_path / "none.db", now) == cache.forget_private(tmp_path / "none.db", now) == 0
    assert not (tmp_path / "none.db").exists()
