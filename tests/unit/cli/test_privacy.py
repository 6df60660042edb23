"""`planbot purge` and `planbot erase`: what they are told, what they delete, and what they say."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from typer.testing import CliRunner

from bot.channels.registry import MESSAGING
from bot.cli import main, privacy
from bot.errors import SetupError
from bot.keys import Keys
from bot.messaging import tables
from bot.messaging.desk import Desk
from bot.stores.database import open_engine
from bot.web.ids import ConversationIds

SECRET = "a secret of the tests, long enough for it"
DAY = 86_400.0
EVENTS = SQLTrackerStore.SQLEvent.__table__


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLAN_SECRET", SECRET)
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "conversations.db"))
    monkeypatch.setenv("PLAN_CACHE", str(tmp_path / "cache.db"))


@pytest.fixture
def engine(tmp_path: Path) -> sa.engine.Engine:
    made = open_engine(str(tmp_path / "conversations.db"))
    SQLTrackerStore.Base.metadata.create_all(made)
    tables.make(made)
    return made


def add(engine: sa.engine.Engine, sender: str, age: float = 0.0) -> None:
    with engine.begin() as connection:
        row = {"sender_id": sender, "type_name": "user", "timestamp": time.time() - age, "data": "{}"}
        connection.execute(sa.insert(EVENTS).values(**row))


def senders(engine: sa.engine.Engine) -> list[str]:
    with engine.connect() as connection:
        return [row[0] for row in connection.execute(sa.select([EVENTS.c.sender_id]).order_by(EVENTS.c.id))]


def planbot(*words: str, answers: str | None = None) -> Any:
    return CliRunner().invoke(main.app, list(words), input=answers)


@pytest.mark.parametrize(("text", "seconds"), [("30d", 30 * DAY), ("1h", 3600), ("36h", 36 * 3600), (" 7d ", 7 * DAY)])
def test_times(text: str, seconds: float) -> None:
    assert privacy.seconds_of(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "30", "d", "0d", "-1d", "30 days", "3w", "1.5d", "٣d", "999999d", "30d30d", "30D"]
)
def test_times_that_are_none(text: str) -> None:
    with pytest.raises(SetupError, match="write days or hours, as 30d or 12h"):
        privacy.seconds_of(text)
    result = planbot("purge", "--older-than", text)
    assert isinstance(result.exception, SetupError)


def test_purge_deletes_what_is_older_and_says_how_much(engine: sa.engine.Engine) -> None:
    for age in (40 * DAY, 31 * DAY, DAY):
        add(engine, "web-a", age)
    result = planbot("purge", "--older-than", "30d")
    assert result.exit_code == 0, result.output
    assert "events                       2 deleted" in result.output
    assert "channel_outbox               0 deleted" in result.output
    assert "places asked for             0 deleted" in result.output
    assert senders(engine) == ["web-a"]


def test_purge_is_thirty_days_when_nothing_is_said(engine: sa.engine.Engine) -> None:
    add(engine, "old", 31 * DAY)
    add(engine, "new", 29 * DAY)
    assert planbot("purge").exit_code == 0
    assert senders(engine) == ["new"]


def test_a_dry_run_deletes_nothing(engine: sa.engine.Engine) -> None:
    add(engine, "web-a", 40 * DAY)
    result = planbot("purge", "--dry-run")
    assert "events                       1 would go" in result.output
    assert senders(engine) == ["web-a"]


def test_a_database_is_not_made(tmp_path: Path) -> None:
    for words in (("purge",), ("erase", "--conversation", "web-a", "--yes")):
        result = planbot(*words)
        assert isinstance(result.exception, SetupError)
        assert "nothing is kept there" in str(result.exception)
    assert list(tmp_path.iterdir()) == []


def test_a_database_that_does_not_answer_is_said_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DB", "postgresql://plan:hidden-word@127.0.0.1:9/plan")
    for words in (("purge",), ("erase", "--conversation", "web-a", "--yes")):
        result = planbot(*words)
        assert "does not answer (OperationalError)" in str(result.exception)
        assert "hidden-word" not in result.output + str(result.exception)


def test_erase_takes_one_conversation(engine: sa.engine.Engine) -> None:
    for sender in ("web-a", "web-b", "web-a"):
        add(engine, sender)
    result = planbot("erase", "--conversation", "web-a", "--yes")
    assert result.exit_code == 0, result.output
    assert "events                       2 deleted" in result.output
    assert "Not reached from here: backups" in result.output
    assert senders(engine) == ["web-b"]


def test_erase_asks_first(engine: sa.engine.Engine) -> None:
    add(engine, "web-a")
    refused = planbot("erase", "--conversation", "web-a", answers="n\n")
    assert isinstance(refused.exception, SetupError) and str(refused.exception) == "Nothing was deleted."
    assert planbot("erase", "--conversation", "web-a", answers="").exit_code == 1
    assert senders(engine) == ["web-a"]
    assert planbot("erase", "--conversation", "web-a", answers="y\n").exit_code == 0
    assert senders(engine) == []


def test_nothing_under_a_name_is_said(engine: sa.engine.Engine) -> None:
    result = planbot("erase", "--conversation", "web-unknown", "--yes")
    assert result.exit_code == 0
    assert "Nothing was kept under this name" in result.output


def test_the_id_of_a_browser_also_when_it_has_expired(engine: sa.engine.Engine) -> None:
    for age in (0.0, 20 * DAY):
        token, opened = ConversationIds(SECRET, 12, clock=lambda age=age: time.time() - age).issue()
        add(engine, opened.sender)
        assert planbot("erase", "--conversation", token, "--yes").exit_code == 0
        assert senders(engine) == []


def test_an_id_that_is_not_ours(engine: sa.engine.Engine, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    token, _ = ConversationIds("another secret, as long as it must be", 12).issue()
    for wrong in (token, "v1.", "v1.a.b.c", token[:-3], "v1.é.1.x"):
        with pytest.raises(SetupError, match="copy all of it, and set PLAN_SECRET"):
            privacy.sender_of(wrong, None, None)
    monkeypatch.delenv("PLAN_SECRET")
    monkeypatch.setattr(privacy, "SECRET_FILE", tmp_path / "secret")
    with pytest.raises(SetupError, match="secret is not here"):
        privacy.sender_of(token, None, None)
    assert not (tmp_path / "secret").exists()


@pytest.mark.parametrize(
    ("channel", "told", "person"),
    [
        ("sms", "+447700900123", "+447700900123"),
        ("sms", "07700 900 123", "+447700900123"),
        ("SMS", "(07700) 900-123", "+447700900123"),
        ("whatsapp", "whatsapp:+447700900123", "+447700900123"),
        ("whatsapp", "+353 1 679 9000", "+35316799000"),
        ("telegram", "123456", "123456"),
        ("messenger", "24680", "24680"),
        ("slack", "T1:U2", "T1:U2"),
    ],
)
def test_the_name_is_the_one_that_the_channel_uses(channel: str, told: str, person: str) -> None:
    desk = Desk.__new__(Desk)
    desk._name, desk._keys = channel.lower(), Keys(SECRET)
    assert privacy.sender_of(None, channel, told) == desk.sender(person)


def test_all_channels_are_known() -> None:
    assert set(privacy.CHANNELS) == {channel.name() for channel in MESSAGING}


@pytest.mark.parametrize(
    ("conversation", "channel", "person", "says"),
    [
        (None, None, None, "Say whose"),
        ("web-a", "sms", "+447700900123", "Say whose"),
        ("web-a", "sms", None, "Say whose"),
        (None, "sms", None, "Say whose"),
        (None, None, "+447700900123", "Say whose"),
        ("", None, None, "Say whose"),
        ("two words", None, None, "without spaces"),
        ("x" * 256, None, None, "without spaces"),
        (None, "fax", "1", "not one of: telegram"),
        (None, "sms", "jane", "telephone number"),
        (None, "sms", "447700900123", "telephone number"),
    ],
)
def test_it_must_be_clear_whose(conversation: str | None, channel: str | None, person: str | None, says: str) -> None:
    with pytest.raises(SetupError, match=says):
        privacy.sender_of(conversation, channel, person)


def test_what_a_cache_in_trouble_means_is_said(engine: sa.engine.Engine, tmp_path: Path) -> None:
    (tmp_path / "cache.db").write_bytes(os.urandom(4096))
    result = planbot("purge")
    assert "cannot be used" in str(result.exception)
