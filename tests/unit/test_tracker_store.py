"""The store of conversations: it keeps, it shares with other processes, and it forgets."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, Event, SessionStarted, SlotSet, UserUttered

from bot import tracker_store
from bot.stores import event_rows
from bot.tracker_store import ConversationStore, of_agent

DOMAIN = Domain.from_dict({"intents": ["greet"], "slots": {"area": {"type": "text", "mappings": [{"type": "custom"}]}}})


def opened(path: Path) -> ConversationStore:
    """A store on the file, as a process of its own has it."""
    return ConversationStore(domain=DOMAIN, db=str(path))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "conversations.db"


@pytest.fixture
def store(path: Path) -> ConversationStore:
    return opened(path)


async def add(store: ConversationStore, *events: Event | str, to: str = "c") -> None:
    """One turn: the conversation is read, grows, and is saved."""
    tracker = await store.get_or_create_tracker(to, append_action_listen=False)
    for event in events:
        tracker.update(UserUttered(event) if isinstance(event, str) else event, DOMAIN)
    await store.save(tracker)


async def kept(store: ConversationStore, conversation: str = "c") -> list[dict] | None:
    tracker = await store.retrieve(conversation)
    return None if tracker is None else [e.as_dict() for e in tracker.events]


async def texts(store: ConversationStore, conversation: str = "c") -> list[str]:
    return [e["text"] for e in await kept(store, conversation) or [] if "text" in e]


def rows(path: Path) -> int:
    with sqlite3.connect(path) as connection:
        return connection.execute("select count(*) from events").fetchone()[0]


async def test_a_new_conversation_is_unknown(store: ConversationStore) -> None:
    assert await store.retrieve("c") is None


async def test_events_are_the_same_after_opening_again(store: ConversationStore, path: Path) -> None:
    said = BotUttered("hi", data={"buttons": [{"title": "A", "payload": "/a"}]}, metadata={"answer": {"name": "greet"}})
    heard = UserUttered(
        "hello — é 🙂", intent={"name": "greet", "confidence": 1.0}, entities=[{"entity": "area", "value": "E5"}]
    )
    await add(store, heard, SlotSet("area", "E5"), said)
    here = await kept(store)
    again = opened(path)
    assert here and await kept(again) == here
    tracker = await again.retrieve("c")
    assert tracker and tracker.get_slot("area") == "E5"


async def test_turns_add_up_without_doubles(store: ConversationStore, path: Path) -> None:
    for number in range(4):
        await add(store, str(number))
    assert await texts(store) == await texts(opened(path)) == ["0", "1", "2", "3"]
    assert rows(path) == 4


async def test_turns_go_on_after_opening_again(store: ConversationStore, path: Path) -> None:
    await add(store, "1")
    await add(opened(path), "2")
    await add(opened(path), "3")
    assert await texts(opened(path)) == ["1", "2", "3"]
    assert rows(path) == 3


async def test_saving_twice_adds_nothing(store: ConversationStore, path: Path) -> None:
    await add(store, "1")
    tracker = await store.retrieve("c")
    await store.save(tracker)
    await store.save(tracker)
    assert rows(path) == 1


async def test_events_of_another_process_are_seen(store: ConversationStore, path: Path) -> None:
    other = opened(path)
    await add(store, "1")
    await add(other, "2")
    assert await texts(store) == ["1", "2"]
    await add(store, "3")
    assert await texts(other) == ["1", "2", "3"]
    assert rows(path) == 3


async def test_a_delete_of_another_process_is_seen(store: ConversationStore, path: Path) -> None:
    await add(store, "1")
    opened(path).erase("c")
    assert await store.retrieve("c") is None


async def test_a_turn_that_failed_half_way_leaves_nothing(store: ConversationStore) -> None:
    await add(store, "1")
    tracker = await store.retrieve("c")
    assert tracker
    tracker.update(UserUttered("never saved"))
    assert await texts(store) == ["1"]


async def test_memory_is_used_while_nobody_else_wrote(store: ConversationStore) -> None:
    await add(store, "1")
    tracker = await store.retrieve("c")
    await store.save(tracker)
    assert await store.retrieve("c") is tracker


async def test_conversations_do_not_mix(store: ConversationStore) -> None:
    await add(store, "mine", to="a")
    await add(store, "yours", to="b")
    assert await texts(store, "a") == ["mine"]
    assert await texts(store, "b") == ["yours"]


async def test_erase_removes_every_event_of_that_conversation_only(store: ConversationStore, path: Path) -> None:
    await add(store, "1", "2", "3")
    await add(store, "other", to="d")
    assert store.erase("c") == 3
    assert await store.retrieve("c") is None
    assert await opened(path).retrieve("c") is None
    assert list(await store.keys()) == ["d"]
    assert rows(path) == 1


async def test_erasing_the_unknown_is_no_fault(store: ConversationStore) -> None:
    assert store.erase("nobody") == 0


async def test_an_erased_conversation_starts_afresh(store: ConversationStore, path: Path) -> None:
    await add(store, "old")
    store.erase("c")
    await add(store, "new")
    assert await texts(store) == await texts(opened(path)) == ["new"]


async def test_only_so_many_conversations_stay_in_memory(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracker_store, "REMEMBERED", 2)
    for name in ("a", "b", "c"):
        await add(store, name, to=name)
    assert list(store._remembered) == ["b", "c"]
    assert await texts(store, "a") == ["a"]


async def test_a_long_conversation_is_read_from_the_database(
    store: ConversationStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracker_store, "LONGEST_REMEMBERED", 2)
    await add(store, "1")
    assert store._remembered
    await add(store, "2", "3")
    assert not store._remembered
    assert await texts(store) == ["1", "2", "3"]


LISTEN = "action_listen"


async def turns(store: ConversationStore, many: int, first: int = 0) -> None:
    for number in range(first, first + many):
        await add(store, ActionExecuted(LISTEN), str(number), BotUttered(f"answer {number}"))


async def test_of_a_long_conversation_whole_turns_are_read(
    store: ConversationStore, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_rows, "MOST_READ", 10)
    store = opened(path)
    await add(store, SlotSet("area", "E5"))
    await turns(store, 20)
    other = opened(path)
    assert await texts(other) == ["17", "answer 17", "18", "answer 18", "19", "answer 19"]
    tracker = await other.retrieve("c")
    assert tracker and tracker.get_slot("area") == "E5"
    await turns(other, 2, first=20)
    assert rows(path) == 1 + 3 * 22
    assert [event["text"] for event in store.said("c", 100)][-2:] == ["21", "answer 21"]


async def test_an_older_session_is_not_read(store: ConversationStore, path: Path) -> None:
    await turns(store, 2)
    await add(store, ActionExecuted("action_session_start"), SessionStarted())
    await turns(store, 1, first=7)
    assert await texts(opened(path)) == ["7", "answer 7"]


async def test_the_same_message_again_gets_the_same_answer(store: ConversationStore, path: Path) -> None:
    buttons = [{"title": "A", "payload": "/a"}]
    first = BotUttered("hi", data={"buttons": buttons}, metadata={"answer": {"name": "greet"}})
    await add(store, UserUttered("hello", input_channel="web", message_id="0123-abc"), first, BotUttered("and more"))
    expected = [
        {"recipient_id": "c", "text": "hi", "buttons": buttons, "answer": {"name": "greet"}},
        {"recipient_id": "c", "text": "and more"},
    ]
    assert await opened(path).answered("c", "0123-abc") == expected
    assert await store.answered("c", "0123") is None
    assert await store.answered("d", "0123-abc") is None
    await add(store, UserUttered("next", message_id="4567-def"), BotUttered("later"))
    assert await store.answered("c", "0123-abc") is None


async def test_a_message_without_an_answer_is_answered(store: ConversationStore) -> None:
    await add(store, UserUttered("hello", message_id="0123-abc"))
    assert not await store.answered("c", "0123-abc")


def heard(said: list[dict]) -> list[str]:
    return [f"{event['event']} {event['text']}" for event in said]


async def test_what_was_said_is_in_order_and_of_both_sides(store: ConversationStore, path: Path) -> None:
    await add(store, "one", SlotSet("area", "E5"), BotUttered("two", metadata={"answer": {"name": "greet"}}))
    await add(store, "other", to="d")
    await add(opened(path), "three", BotUttered("four"))
    said = store.said("c", 10)
    assert heard(said) == ["user one", "bot two", "user three", "bot four"]
    assert said[1]["metadata"]["answer"] == {"name": "greet"}
    assert said == [e for e in await kept(store) or [] if e["event"] in ("user", "bot")]


@pytest.mark.parametrize(
    ("most", "expected"),
    [(1, ["4"]), (3, ["2", "3", "4"]), (5, ["0", "1", "2", "3", "4"]), (9, ["0", "1", "2", "3", "4"])],
)
async def test_only_the_last_things_are_told(store: ConversationStore, most: int, expected: list[str]) -> None:
    await add(store, *map(str, range(5)), SlotSet("area", "E5"))
    assert [event["text"] for event in store.said("c", most)] == expected


def test_nothing_was_said_in_an_unknown_conversation(store: ConversationStore) -> None:
    assert store.said("nobody", 10) == []


def at(timestamp: float, text: str = "x") -> UserUttered:
    return UserUttered(text, timestamp=timestamp)


def purge(path: Path, before: float) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("delete from events where timestamp < ?", [before])


async def test_a_purged_conversation_goes_on(store: ConversationStore, path: Path) -> None:
    await add(store, at(1, "old"), at(20, "young"))
    purge(path, before=10)
    await add(store, at(30, "new"))
    assert heard(opened(path).said("c", 9)) == ["user young", "user new"]
    purge(path, before=100)
    assert await store.retrieve("c") is None


def test_sqlite_writes_ahead(store: ConversationStore) -> None:
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 1


async def test_the_intent_stands_in_its_own_column(store: ConversationStore, path: Path) -> None:
    await add(store, UserUttered("hello", intent={"name": "greet", "confidence": 1.0}))
    with sqlite3.connect(path) as connection:
        found = connection.execute("select sender_id, type_name, intent_name from events").fetchall()
    assert found == [("c", "user", "greet")]


def test_the_store_of_an_agent(store: ConversationStore) -> None:
    assert of_agent(SimpleNamespace(tracker_store=store)) is store
    assert of_agent(SimpleNamespace(tracker_store=SimpleNamespace(_tracker_store=store))) is store


@pytest.mark.parametrize("agent", [None, SimpleNamespace(), SimpleNamespace(tracker_store=None)])
def test_no_store_while_there_is_no_agent(agent: object) -> None:
    assert of_agent(agent) is None


def test_another_kind_of_store_is_not_ours() -> None:
    assert of_agent(SimpleNamespace(tracker_store=InMemoryTrackerStore(DOMAIN))) is None


async def test_an_error_of_the_database_does_not_tell_what_was_typed(tmp_path: Path) -> None:
    store = ConversationStore(domain=Domain.empty(), db=str(tmp_path / "talk.db"))
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE events"))
    with pytest.raises(sa.exc.OperationalError) as failed:
        store.erase("somebody-secret")
    assert "somebody-secret" not in str(failed.value)
