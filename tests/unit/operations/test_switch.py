"""The switch and the notice: what operators may say, how it is kept, and that every worker hears of it."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.clock import LONDON
from bot.errors import SetupError
from bot.operations import records as tables
from bot.operations import state as states
from bot.operations import switch
from bot.operations.records import ServiceRecords, Worker
from bot.operations.state import MODEL, NOTICE, OFF, Choice, Notice, Off, Service
from bot.operations.watch import Watch
from bot.stores.database import open_engine

NOON = datetime(2026, 12, 1, 12, 0, tzinfo=LONDON).timestamp()


@pytest.mark.parametrize(
    "text",
    ["We are repairing it.", "Back at 6 pm; see london.gov.uk.", "Sorry – we’re “away”, until 18:00.", "x" * 400],
)
def test_plain_words_are_taken(text: str) -> None:
    assert switch.message_of(f"  {text}\n") == text


@pytest.mark.parametrize(
    "text",
    ["too short", "x" * 401, "this is <b>bold</b> here", "a script &lt;b&gt; in it", "{slot} in the text", "hidden \u202e turned words",
     "a null \x00 in the text", "[opens] is no placeholder here", "private \ue000 letters in it"],
)  # fmt: skip
def test_what_is_no_plain_text_is_refused(text: str) -> None:
    with pytest.raises(SetupError):
        switch.message_of(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-12-01 18:00", "2026-12-01T18:00"),
        ("2026-12-01T18:00", "2026-12-01T18:00"),
        ("2026-12-02", "2026-12-02T00:00"),
        ("18:00", "2026-12-01T18:00"),
        ("7:30", "2026-12-02T07:30"),
        ("12:00", "2026-12-02T12:00"),
    ],
)
def test_moment(text: str, expected: str) -> None:
    wanted = datetime.fromisoformat(expected).replace(tzinfo=LONDON)
    assert switch.moment_of(text, "--until", NOON) == wanted.timestamp()


def test_moment_is_that_of_london_in_summer() -> None:
    noon = datetime(2026, 6, 30, 12, 0, tzinfo=LONDON).timestamp()
    assert switch.moment_of("2026-07-01 08:00", "--until", noon) - noon == 20 * 3600


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-13-01 10:00", "2026-12-01 25:00", "25:00", "7:60", "1/12/2026", "2026-12-01 11:59"]
)
def test_what_is_no_moment_to_come_is_refused(text: str) -> None:
    with pytest.raises(SetupError, match="--until"):
        switch.moment_of(text, "--until", NOON)


@pytest.mark.parametrize("name", ["x" * 61, "a\x00b", "   "])
def test_operator_whose_name_cannot_be_recorded(name: str) -> None:
    with pytest.raises(SetupError, match="--by"):
        switch.operator(name)


def test_operator_is_the_login_name_when_none_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "anna")
    assert (switch.operator(None), switch.operator(" Ben  Kay ")) == ("anna", "Ben Kay")


def test_notice_that_ends_before_it_begins_is_refused() -> None:
    for since, until in (("2090-01-02", "2090-01-01"), (None, "2090-01-01")):
        with pytest.raises(SetupError, match="within 60 days"):
            switch.notice_of("Planned work on Sunday.", since, until)


@pytest.mark.parametrize(
    "value",
    [Off("We are away.", 5.0), Off(), Notice("Work on Sunday.", 1.0, 2.5), Choice("plan-1", ("plan-2",), True), None],
)
def test_what_is_packed_is_unpacked(value: states.Value | None) -> None:
    name = {Off: OFF, Notice: NOTICE, Choice: MODEL}.get(type(value), OFF)
    assert states.unpacked(name, states.packed(value)) == value


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"message": "x", "until": "soon"}'])
def test_what_cannot_be_read_turns_nothing(text: str) -> None:
    assert [states.unpacked(name, text) for name in (OFF, NOTICE, MODEL)] == [None] * 3


def test_time_off_ends_by_itself() -> None:
    now = time.time()
    assert states.ServiceState(off=Off("", now + 60)).off_now()
    assert states.ServiceState(off=Off("", None)).off_now()
    assert not states.ServiceState(off=Off("", now - 1)).off_now()


def test_notice_is_shown_in_its_time_only() -> None:
    now = time.time()
    shown = [
        bool(states.ServiceState(notice=Notice("x", now + since, now + until)).notice_now())
        for since, until in ((-5, 5), (5, 10), (-10, -5))
    ]
    assert shown == [True, False, False]


@pytest.fixture
def records(tmp_path: Path) -> ServiceRecords:
    made = ServiceRecords(open_engine(str(tmp_path / "kept.db")))
    made.make_tables()
    return made


def test_decisions_are_kept_and_recorded(records: ServiceRecords) -> None:
    assert records.read() == states.ServiceState()
    first = records.decide(OFF, Off("We are away."), "anna", "off")
    second = records.decide(NOTICE, Notice("Work on Sunday.", 1, 2), "ben", "notice")
    third = records.decide(OFF, None, "ben", "on")
    state = records.read()
    assert first < second < third == state.number
    assert (state.off, state.notice) == (None, Notice("Work on Sunday.", 1, 2))
    decided = state.decision(OFF)
    assert decided and (decided.number, decided.by) == (third, "ben")
    assert [(line.by, line.name, line.what) for line in records.log(2)] == [
        ("ben", NOTICE, "notice"),
        ("ben", OFF, "on"),
    ]


def test_decisions_outlive_the_servers(tmp_path: Path, records: ServiceRecords) -> None:
    records.decide(OFF, Off("We are away."), "anna", "off")
    later = ServiceRecords(open_engine(str(tmp_path / "kept.db")))
    later.make_tables()
    assert later.read().off == Off("We are away.")


def test_what_a_newer_version_wrote_turns_nothing(tmp_path: Path, records: ServiceRecords) -> None:
    records.decide(OFF, Off("We are away."), "anna", "off")
    with open_engine(str(tmp_path / "kept.db")).begin() as connection:
        connection.execute(sa.update(tables.STATE).values(value='{"mode": "half"}'))
    assert records.read().off is None


def test_workers_that_are_up(records: ServiceRecords) -> None:
    now = time.time()
    records.tell(Worker("a:1", now, 3, "plan-1"))
    records.tell(Worker("a:1", now, 4, "plan-2", "why"))
    records.tell(Worker("b:2", now - tables.ALIVE_SECONDS - 1, 4, "plan-2"))
    records.tell(Worker("c:3", now, 4, "plan-2"))
    records.leave("c:3")
    assert records.workers() == [Worker("a:1", now, 4, "plan-2", "why")]


async def test_a_worker_hears_and_says_so(tmp_path: Path, records: ServiceRecords) -> None:
    service = Service()
    watch = Watch(open_engine(str(tmp_path / "kept.db")), lambda: ("plan-1", ""), service, "here:1")
    await watch.look()
    assert not service.current().off_now()
    number = records.decide(OFF, Off("We are away."), "anna", "off")
    await watch.look()
    assert service.current().off_now() == Off("We are away.")
    assert [(w.name, w.heard, w.model) for w in records.workers()] == [("here:1", number, "plan-1")]
    await watch.leave()
    assert records.workers() == []


async def test_a_database_that_is_gone_changes_nothing(tmp_path: Path, records: ServiceRecords) -> None:
    service, engine = Service(), open_engine(str(tmp_path / "kept.db"))
    watch = Watch(engine, service=service)
    records.decide(OFF, Off("We are away."), "anna", "off")
    await watch.look()
    with engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE service_state"))
    await watch.look()
    assert service.current().off_now() == Off("We are away.")
