"""What is kept beside the conversations: once for all servers, sealed, for its time; on both databases."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from bot.keys import Keys
from bot.messaging import tables
from bot.messaging.inbox import Inbox, Standing
from bot.messaging.received import Kind, Received
from bot.messaging.records import DAY, HELD_SECONDS, OUTBOX_SECONDS, REST_SECONDS, MessagingRecords, Waiting
from bot.settings import KEPT_DAYS
from tests.unit.messaging.databases import Clock

SECRET = "a secret of the tests, long enough for it"
NUMBER = "447700900123"
HELLO = Received(Kind.TEXT, NUMBER, "d", {"to": NUMBER}, "hello there")
CALLS = [{"to": f"+{NUMBER}", "text": "first"}, {"to": f"+{NUMBER}", "text": "second"}]


@pytest.fixture
def records(engines: Callable[[], sa.engine.Engine], clock: Clock) -> MessagingRecords:
    return MessagingRecords(engines(), Keys(SECRET), clock)


@pytest.fixture
def other(engines: Callable[[], sa.engine.Engine], clock: Clock, records: MessagingRecords) -> MessagingRecords:
    """The same of another server."""
    return MessagingRecords(engines(), Keys(SECRET), clock)


def rows(records: MessagingRecords, table: sa.Table) -> list[dict[str, Any]]:
    with records._engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.select([table]))]


def test_servers_that_start_together_make_the_tables_once(engines: Callable[[], sa.engine.Engine]) -> None:
    with ThreadPoolExecutor(6) as pool:
        started = list(pool.map(lambda _: MessagingRecords(engines(), Keys(SECRET)), range(6)))
    started[0].keep_rest("a", ["two"])
    assert [records.rest("a") for records in started] == [["two"]] * 6


# the rest of an answer


def test_the_rest_is_replaced_and_ends(records: MessagingRecords, other: MessagingRecords) -> None:
    assert records.rest("a") == []
    records.keep_rest("a", ["two", "three"])
    records.keep_rest("b", ["other"])
    assert other.rest("a") == ["two", "three"]
    other.keep_rest("a", ["new"])
    assert records.rest("a") == ["new"]
    records.keep_rest("a", [])
    assert other.rest("a") == []
    assert records.rest("b") == ["other"]


def test_the_rest_is_sealed_and_has_its_time(records: MessagingRecords, clock: Clock) -> None:
    records.keep_rest("a", [f"call {NUMBER}"])
    (row,) = rows(records, tables.REST)
    assert NUMBER not in json.dumps(row)
    clock.now += REST_SECONDS
    assert records.rest("a")
    clock.now += 1
    assert records.rest("a") == []


def test_another_secret_opens_nothing(
    records: MessagingRecords, engines: Callable[[], sa.engine.Engine], clock: Clock
) -> None:
    records.keep_rest("a", ["two"])
    records.put_off("sms", "a", CALLS, clock.now)
    changed = MessagingRecords(engines(), Keys("another secret, which is long enough too"), clock)
    assert changed.rest("a") == []
    assert [waiting.calls for waiting in changed.due("sms")] == [[]]


# the outbox


def test_what_waits_is_due_in_order_and_of_each_person_the_first(records: MessagingRecords, clock: Clock) -> None:
    records.put_off("sms", "a", CALLS, clock.now + 10)
    records.put_off("sms", "a", [{"n": 2}], clock.now)
    records.put_off("sms", "b", [{"n": 3}], clock.now)
    records.put_off("slack", "c", [{"n": 4}], clock.now)
    assert [w.calls for w in records.due("sms")] == [[{"n": 3}]]
    clock.now += 10
    due = records.due("sms")
    assert [(w.sender, w.calls) for w in due] == [("a", CALLS), ("b", [{"n": 3}])]
    records.sent(due[0])
    assert [w.calls for w in records.due("sms")] == [[{"n": 2}], [{"n": 3}]]
    assert [w.calls for w in records.due("sms", most=1)] == [[{"n": 2}]]


def test_it_is_known_for_whom_something_waits(records: MessagingRecords, other: MessagingRecords, clock: Clock) -> None:
    records.put_off("sms", "a", CALLS, clock.now + 900)
    assert other.is_waiting("a")
    assert not other.is_waiting("b")
    clock.now += OUTBOX_SECONDS + 1
    assert not other.is_waiting("a")


def test_another_try_is_later_and_of_what_is_left(records: MessagingRecords, clock: Clock) -> None:
    records.put_off("sms", "a", CALLS, clock.now)
    (waiting,) = records.due("sms")
    records.try_again(waiting, CALLS[1:], clock.now + 20)
    assert records.due("sms") == []
    clock.now += 20
    (again,) = records.due("sms")
    assert (again.calls, again.tries) == (CALLS[1:], waiting.tries + 1)


def test_who_writes_again_does_not_wait_longer(records: MessagingRecords, clock: Clock) -> None:
    for sender in ("a", "b"):
        records.put_off("sms", sender, CALLS, clock.now + 600)
    records.hurry("a")
    assert [waiting.sender for waiting in records.due("sms")] == ["a"]


def test_a_clock_that_is_put_back_delays_nothing(
    records: MessagingRecords, other: MessagingRecords, clock: Clock
) -> None:
    records.put_off("sms", "a", CALLS, clock.now + 10)
    records.put_off("sms", "b", CALLS, clock.now)
    assert records.claim(records.due("sms")[0])
    clock.now -= 3_600
    due = other.due("sms")
    assert [waiting.sender for waiting in due] == ["a", "b"]
    assert all(other.claim(waiting) for waiting in due)
    assert other.due("sms") == []


def test_an_answer_that_comes_too_late_is_deleted(records: MessagingRecords, clock: Clock) -> None:
    records.put_off("sms", "a", CALLS, clock.now)
    clock.now += OUTBOX_SECONDS
    assert records.due("sms")
    (waiting,) = records.due("sms")
    records.try_again(waiting, CALLS, clock.now)
    clock.now += 1
    assert records.due("slack") == []
    assert rows(records, tables.OUTBOX) == []


def test_of_two_servers_one_may_send(records: MessagingRecords, other: MessagingRecords, clock: Clock) -> None:
    records.put_off("sms", "a", CALLS, clock.now)
    (mine,), (theirs,) = records.due("sms"), other.due("sms")
    assert records.claim(mine)
    assert not other.claim(theirs)
    assert not records.claim(mine)
    assert other.due("sms") == []
    records.hurry("a")
    assert other.due("sms") == []


def test_what_another_server_has_tried_meanwhile_is_not_sent_again(
    records: MessagingRecords, other: MessagingRecords, clock: Clock
) -> None:
    records.put_off("sms", "a", CALLS, clock.now)
    (stale,) = other.due("sms")
    (waiting,) = records.due("sms")
    assert records.claim(waiting)
    records.try_again(waiting, CALLS[1:], clock.now)
    assert not other.claim(stale)
    (fresh,) = other.due("sms")
    assert other.claim(fresh)


def test_what_was_sent_meanwhile_is_not_sent_again(
    records: MessagingRecords, other: MessagingRecords, clock: Clock
) -> None:
    records.put_off("sms", "a", CALLS, clock.now)
    (stale,) = other.due("sms")
    records.sent(stale)
    records.put_off("sms", "b", [{"n": 2}], clock.now)
    assert not other.claim(stale)
    other.sent(stale)
    assert [waiting.sender for waiting in records.due("sms")] == ["b"]


def test_when_a_server_has_died_another_sends(records: MessagingRecords, other: MessagingRecords, clock: Clock) -> None:
    records.put_off("sms", "a", CALLS, clock.now)
    assert records.claim(records.due("sms")[0])
    clock.now += HELD_SECONDS
    (waiting,) = other.due("sms")
    assert other.claim(waiting)


def test_of_many_that_want_to_send_at_once_one_may(engines: Callable[[], sa.engine.Engine]) -> None:
    servers = [MessagingRecords(engines(), Keys(SECRET)) for _ in range(4)]
    for _ in range(5):
        servers[0].put_off("sms", "a", CALLS, 0.0)
        (waiting,) = servers[1].due("sms")
        with ThreadPoolExecutor(8) as pool:
            said = list(pool.map(lambda n, w=waiting: servers[n % 4].claim(w), range(8)))
        assert said.count(True) == 1
        servers[0].sent(waiting)


def test_nothing_tells_to_whom_it_goes(records: MessagingRecords, clock: Clock) -> None:
    records.put_off("sms", "sms-hash", CALLS, clock.now)
    (waiting,) = records.due("sms")
    records.try_again(waiting, CALLS, clock.now)
    assert NUMBER not in json.dumps(rows(records, tables.OUTBOX))


def test_a_gone_answer_can_be_noted(records: MessagingRecords, clock: Clock) -> None:
    """It was erased while it was being sent."""
    gone = Waiting(99, "a", CALLS, 1)
    records.try_again(gone, CALLS, clock.now)
    records.sent(gone)
    assert not records.claim(gone)
    assert rows(records, tables.OUTBOX) == []


# deleting


def test_erasing_takes_all_of_one_person(records: MessagingRecords, other: MessagingRecords, clock: Clock) -> None:
    inbox = Inbox(records._engine, Keys(SECRET), "sms", clock)
    for sender in ("a", "b"):
        inbox.take(f"key {sender}", sender, HELLO, 60)
        inbox.close(sender, [], Standing({"times": 1}, (clock.now, NUMBER)))
        records.keep_rest(sender, ["two"])
        records.put_off("sms", sender, CALLS, clock.now)
        records.put_off("sms", sender, CALLS, clock.now)
    other.erase("a")
    assert [row["sender"] for row in rows(records, tables.INBOX)] == ["b"]
    assert {row["sender"]: bool(row["said"]) for row in rows(records, tables.PEOPLE)} == {"a": False, "b": True}
    assert records.rest("a") == []
    assert not records.is_waiting("a")
    assert [row["sender"] for table in (tables.REST, tables.OUTBOX) for row in rows(records, table)] == ["b", "b", "b"]
    assert not inbox.take("key a", "a", HELLO, 60).is_new


def test_erasing_may_leave_what_waits(records: MessagingRecords, clock: Clock) -> None:
    inbox = Inbox(records._engine, Keys(SECRET), "sms", clock)
    inbox.take("key", "a", HELLO, 60)
    records.erase("a", letters=False)
    assert [letter.key for letter in inbox.look("a")] == ["key"]


def test_what_has_had_its_time_is_deleted(records: MessagingRecords, clock: Clock) -> None:
    inbox = Inbox(records._engine, Keys(SECRET), "sms", clock)
    inbox.take("old", "a", HELLO, 60)
    clock.now += KEPT_DAYS * DAY - OUTBOX_SECONDS
    records.keep_rest("a", ["two"])
    records.put_off("sms", "a", CALLS, clock.now)
    inbox.take("new", "b", HELLO, 60)
    clock.now += OUTBOX_SECONDS
    records.purge()
    assert [len(rows(records, table)) for table in (tables.DELIVERIES, tables.REST, tables.OUTBOX)] == [2, 1, 1]
    clock.now += 1
    records.purge()
    assert [len(rows(records, table)) for table in (tables.DELIVERIES, tables.REST, tables.OUTBOX)] == [1, 1, 0]
    clock.now += REST_SECONDS
    records.purge()
    assert [len(rows(records, table)) for table in (tables.DELIVERIES, tables.REST, tables.OUTBOX)] == [1, 0, 0]
    assert [len(rows(records, table)) for table in (tables.INBOX, tables.PEOPLE)] == [0, 0]
    assert not inbox.take("new", "b", HELLO, 60).is_new
