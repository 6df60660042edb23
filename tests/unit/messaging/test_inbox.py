"""The inbox: every message once, every person one worker's, nothing lost when that worker is gone; on both databases."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import sqlalchemy as sa

from bot.keys import Keys
from bot.messaging import tables
from bot.messaging.inbox import INBOX_SECONDS, SAID_SECONDS, Inbox, Standing
from bot.messaging.received import Kind, Received
from bot.places import Point
from tests.unit.messaging.databases import Clock

SECRET = "a secret of the tests, long enough for it"
NUMBER = "447700900123"
MOST = 60
NOTHING = Standing()


@pytest.fixture
def made(engines: Callable[[], sa.engine.Engine], clock: Clock) -> Callable[..., Inbox]:
    return lambda channel="sms", secret=SECRET: Inbox(engines(), Keys(secret), channel, clock)


@pytest.fixture
def ann(made: Callable[..., Inbox]) -> Inbox:
    """A worker."""
    return made()


@pytest.fixture
def bob(made: Callable[..., Inbox], ann: Inbox) -> Inbox:
    """Another."""
    return made()


def said(text: str, **more: Any) -> Received:
    return Received(Kind.TEXT, NUMBER, text, {"to": NUMBER}, text, **more)


def put(inbox: Inbox, *texts: str, sender: str = "p") -> list[bool]:
    """Whether the person is the worker's after each of them."""
    return [inbox.take(text, sender, said(text), MOST).claim is not None for text in texts]


def texts(inbox: Inbox, sender: str = "p") -> list[str]:
    return [letter.received.text for letter in inbox.look(sender)]


def rows(inbox: Inbox, table: sa.Table) -> list[dict[str, Any]]:
    with inbox._engine.connect() as connection:
        return [dict(row._mapping) for row in connection.execute(sa.select([table]))]


# deliveries


def test_a_delivery_is_new_once(ann: Inbox, bob: Inbox) -> None:
    assert ann.take("k", "p", said("hello"), MOST).is_new
    assert not ann.take("k", "p", said("hello"), MOST).is_new
    assert not bob.take("k", "p", said("hello"), MOST).is_new
    assert texts(bob) == ["hello"]


def test_of_many_that_take_it_at_once_one_hears_that_it_is_new(made: Callable[..., Inbox]) -> None:
    workers = [made() for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        for number in range(5):
            taken = list(pool.map(lambda n, d=str(number): workers[n % 4].take(d, "p", said(d), MOST), range(8)))
            assert [one.is_new for one in taken].count(True) == 1
    assert texts(workers[0]) == [str(n) for n in range(5)]


# one person, one worker


def test_a_person_is_the_worker_s_who_came_first(ann: Inbox, bob: Inbox) -> None:
    assert put(ann, "1", "2") == [True, True]
    assert put(bob, "3") == [False]
    assert put(bob, "4", sender="q") == [True]
    assert texts(ann) == ["1", "2", "3"]


def test_when_nothing_waits_the_person_is_anybody_s(ann: Inbox, bob: Inbox) -> None:
    put(ann, "1")
    assert ann.close("p", ["1"], NOTHING) == []
    assert put(bob, "2") == [True]
    assert put(ann, "3") == [False]


def test_what_came_to_another_meanwhile_is_answered_next(ann: Inbox, bob: Inbox) -> None:
    put(ann, "1")
    put(bob, "2", "3")
    letters = ann.close("p", ["1"], NOTHING)
    assert letters and [letter.received.text for letter in letters] == ["2", "3"]
    assert put(bob, "4") == [False]
    assert [letter.key for letter in ann.close("p", ["2", "3"], NOTHING) or []] == ["4"]
    assert ann.close("p", ["4"], NOTHING) == []


def test_of_many_that_take_in_while_one_finishes_nothing_is_left_lying(made: Callable[..., Inbox]) -> None:
    """Whatever comes first: either the one that finishes sees it, or the one that takes it in has the person."""
    workers = [made() for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        for number in range(40):
            first, second = f"{number}a", f"{number}b"
            assert put(workers[0], first) == [True]
            taking = pool.submit(put, workers[1], second)
            left = pool.submit(workers[0].close, "p", [first], NOTHING).result()
            assert left is not None
            assert taking.result() == [not left], number
            owner = workers[0] if left else workers[1]
            assert owner.close("p", [second], NOTHING) == []


def test_who_has_lost_a_person_hears_so(ann: Inbox, bob: Inbox) -> None:
    put(ann, "1")
    assert bob.bury(ann.worker, 0)
    assert put(bob, "2") == [True]
    assert ann.close("p", ["1"], NOTHING) is None
    assert texts(bob) == ["1", "2"]


def test_a_person_of_too_much_is_left_out(ann: Inbox, bob: Inbox) -> None:
    put(ann, "1")
    taken = [bob.take(str(n), "p", said(str(n)), 3) for n in range(2, 6)]
    assert [one.id is not None for one in taken] == [True, True, False, False]
    assert texts(ann) == ["1", "2", "3"]
    assert ann.take("none", "p", said("none"), 0).id is None
    assert not ann.take("none", "p", said("none"), MOST).is_new, "it was noted"


# what the next worker must know


def test_the_next_worker_knows_what_was_counted_and_said(ann: Inbox, bob: Inbox, clock: Clock) -> None:
    put(ann, "1")
    ann.close("p", ["1"], Standing({"times": 3}, (clock.now, "he is")))
    claim = bob.take("2", "p", said("2"), MOST).claim
    assert claim and claim.standing == Standing({"times": 3}, (clock.now, "he is"))
    assert claim.letters is None
    bob.close("p", ["2"], NOTHING)
    claim = ann.take("3", "p", said("3"), MOST).claim
    assert claim and claim.standing == NOTHING


def test_who_wrote_it_last_is_not_told_again(ann: Inbox, bob: Inbox, clock: Clock) -> None:
    put(ann, "1")
    ann.close("p", ["1"], Standing({"times": 1}, (clock.now, "one")))
    claim = ann.take("2", "p", said("2"), MOST).claim
    assert claim and claim.standing == NOTHING
    ann.close("p", ["2"], Standing({"times": 2}, None))
    bob.take("3", "p", said("3"), MOST)
    bob.close("p", ["3"], Standing({"times": 3}, None))
    claim = ann.take("4", "p", said("4"), MOST).claim
    assert claim and claim.standing == Standing({"times": 3}, None)


def test_what_was_said_is_forgotten_soon(ann: Inbox, clock: Clock) -> None:
    put(ann, "1")
    ann.close("p", ["1"], Standing({"times": 3}, (clock.now, "he is")))
    clock.now += SAID_SECONDS + 1
    ann.tidy()
    (person,) = rows(ann, tables.PEOPLE)
    assert person["said"] is None and person["counts"]


# a worker is gone


def test_what_a_dead_worker_had_is_taken_over_in_order(ann: Inbox, bob: Inbox) -> None:
    put(ann, "1", "2")
    put(bob, "3")
    assert bob.unseen() == []
    assert bob.claim("p") is None
    assert bob.beat() == {ann.worker: 0}
    assert bob.bury(ann.worker, 0)
    assert bob.unseen() == [("p", "1"), ("p", "2"), ("p", "3")]
    claim = bob.claim("p")
    assert claim and [letter.key for letter in claim.letters or []] == ["1", "2", "3"]
    assert ann.claim("p") is None


def test_a_message_to_another_takes_the_dead_one_s_along(ann: Inbox, bob: Inbox) -> None:
    put(ann, "1")
    bob.bury(ann.worker, 0)
    claim = bob.take("2", "p", said("2"), MOST).claim
    assert claim and [letter.key for letter in claim.letters or []] == ["1", "2"]


def test_whoever_beats_is_not_buried(ann: Inbox, bob: Inbox) -> None:
    assert ann.beat() == {bob.worker: 0}
    assert not bob.bury(ann.worker, 0)
    assert bob.beat() == {ann.worker: 1}
    assert bob.bury(ann.worker, 1)
    assert ann.beat() is None
    before = ann.worker
    ann.enlist()
    assert ann.worker != before and ann.beat() == {bob.worker: 1}


def test_of_many_that_bury_one_does(made: Callable[..., Inbox]) -> None:
    workers = [made() for _ in range(4)]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda w: w.bury(workers[0].worker, 0), workers[1:])).count(True) == 1


def test_who_stops_leaves_all_at_once(ann: Inbox, bob: Inbox) -> None:
    put(ann, "1")
    ann.leave()
    assert bob.unseen() == [("p", "1")]
    assert bob.claim("p")


def test_a_worker_sees_to_its_own_too(ann: Inbox) -> None:
    put(ann, "1")
    assert ann.unseen() == [("p", "1")]


def test_channels_are_apart(made: Callable[..., Inbox]) -> None:
    sms, slack = made("sms"), made("slack")
    put(sms, "1")
    assert slack.beat() == {}
    sms.leave()
    assert slack.unseen() == []


def test_what_was_put_together_is_found_as_one(ann: Inbox, bob: Inbox) -> None:
    put(ann, "1", "2", "3")
    ann.mark(["1", "2"])
    assert [letter.turn for letter in bob.look("p")] == ["1", "1", None]


# sealed, and for its time


def test_a_message_comes_back_as_it_was(ann: Inbox, bob: Inbox) -> None:
    point = Point(51.5, -0.1)
    ann.take("k", "p", Received(Kind.PLACE, NUMBER, "d", {"to": NUMBER}, "\ud800 here", point, 1.0), MOST)
    (letter,) = bob.look("p")
    assert letter.received == Received(Kind.PLACE, "", "", {"to": NUMBER}, "\ud800 here", point)


def test_nothing_tells_what_was_said_or_by_whom(ann: Inbox, clock: Clock) -> None:
    put(ann, "secret words")
    ann.take("k", "p", said("secret words"), MOST)
    ann.close("p", [], Standing({"text": "secret words"}, (clock.now, "secret words")))
    kept = json.dumps([rows(ann, table) for table in (tables.INBOX, tables.PEOPLE, tables.WORKERS)])
    assert NUMBER not in kept
    assert "words" not in kept.replace('"key": "secret words"', "")


def test_another_secret_opens_nothing_and_keeps_nobody(ann: Inbox, made: Callable[..., Inbox]) -> None:
    put(ann, "1")
    ann.close("p", [], Standing({"times": 1}, (0.0, "x")))
    ann.leave()
    changed = made(secret="another secret, which is long enough too")
    claim = changed.claim("p")
    assert claim and (claim.letters, claim.standing) == ([], NOTHING)
    assert changed.close("p", [], NOTHING) == []


def test_what_has_waited_too_long_is_dropped_with_a_word(
    ann: Inbox, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    put(ann, "1")
    put(ann, "other", sender="q")
    clock.now += INBOX_SECONDS
    put(ann, "2")
    assert texts(ann) == ["1", "2"]
    clock.now += 1
    with caplog.at_level(logging.WARNING):
        assert [letter.key for letter in ann.close("p", [], NOTHING) or []] == ["2"]
        ann.tidy()
    assert len(caplog.records) == 2
    assert [row["key"] for row in rows(ann, tables.INBOX)] == ["2"]


def test_a_clock_that_is_put_an_hour_forward_drops_nothing(ann: Inbox, clock: Clock) -> None:
    put(ann, "1")
    clock.now += 3_700
    ann.tidy()
    assert texts(ann) == ["1"]
