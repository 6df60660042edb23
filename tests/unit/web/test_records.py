"""What is kept beside the conversations: which ended, and what helped; people's words go when the conversation does."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.web.records import ENDED, FEEDBACK, Records

LATER = time.time() + 3600


@pytest.fixture
def engine(tmp_path: Path) -> sa.engine.Engine:
    return sa.create_engine(f"sqlite:///{tmp_path / 'conversations.db'}")


@pytest.fixture
def records(engine: sa.engine.Engine) -> Records:
    return Records(engine)


@pytest.fixture
def rows(engine: sa.engine.Engine) -> Callable[[], list[dict[str, Any]]]:
    def read() -> list[dict[str, Any]]:
        with engine.connect() as connection:
            return [dict(row._mapping) for row in connection.execute(sa.select([FEEDBACK]).order_by(FEEDBACK.c.id))]

    return read


Rows = Callable[[], list[dict[str, Any]]]


def test_an_end_is_remembered_and_is_of_one_conversation(records: Records, engine: sa.engine.Engine) -> None:
    assert not records.is_ended("a")
    records.end("a", LATER)
    records.end("a", LATER)
    assert records.is_ended("a")
    assert not records.is_ended("b")
    assert Records(engine).is_ended("a")


def test_ends_are_forgotten_when_their_ids_have_expired_anyway(records: Records, engine: sa.engine.Engine) -> None:
    records.end("old", time.time() - 1)
    records.end("new", LATER)
    with engine.connect() as connection:
        assert [row.sender for row in connection.execute(sa.select([ENDED.c.sender]))] == ["new"]


def test_feedback_is_kept(records: Records, rows: Rows) -> None:
    records.tell("a", "greet.1.x", "greet", True, None)
    records.tell("a", "other.2.y", "other", False, "It was wrong.")
    told = [(r["sender"], r["answer"], r["name"], r["helpful"], r["comment"]) for r in rows()]
    assert told == [
        ("a", "greet.1.x", "greet", True, None),
        ("a", "other.2.y", "other", False, "It was wrong."),
    ]
    assert {r["day"] for r in rows()} == {datetime.now(timezone.utc).date()}


def test_feedback_that_is_given_again_replaces(records: Records, rows: Rows) -> None:
    records.tell("a", "greet.1.x", "greet", True, "good")
    records.tell("b", "greet.1.x", "greet", True, "another person")
    records.tell("a", "greet.1.x", "greet", False, None)
    assert [(r["sender"], r["helpful"], r["comment"]) for r in rows()] == [
        ("b", True, "another person"),
        ("a", False, None),
    ]


def unlinked(row: dict[str, Any]) -> bool:
    return (row["sender"], row["answer"], row["comment"]) == (None, None, None)


def test_the_end_takes_the_words_and_leaves_the_verdict(records: Records, rows: Rows) -> None:
    records.tell("a", "greet.1.x", "greet", False, "my words")
    records.tell("b", "greet.2.x", "greet", True, "other words")
    records.end("a", LATER)
    mine, other = rows()
    assert unlinked(mine)
    assert (mine["name"], mine["helpful"]) == ("greet", False)
    assert other["comment"] == "other words"


def test_words_are_taken_without_an_end_too(records: Records, rows: Rows) -> None:
    records.tell("a", "greet.1.x", "greet", False, "my words")
    records.unlink("a")
    assert unlinked(rows()[0])
    assert not records.is_ended("a")
