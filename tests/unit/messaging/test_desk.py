"""The desk: never silence for a person, every answer once and in order, and nothing kept that need not be."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.channels.conversation import ERASING, SORRY, Conversations
from bot.channels.render import Outgoing
from bot.content.store import shared
from bot.dialogue.message import ANSWER
from bot.errors import BusyChannelError, DeliveryError
from bot.guard.gate import ONLY_SIGNS, TOO_FAST, Guard
from bot.keys import Keys
from bot.messaging import desk as module
from bot.messaging import mailboxes, notice, sending
from bot.messaging.capabilities import MESSENGER, SMS, TELEGRAM, WHATSAPP, Capabilities
from bot.messaging.desk import GROUP, Desk
from bot.messaging.loops import ENOUGH, MOST_ALARMS, MOST_ALIKE, MOST_CHOICES, STUCK
from bot.messaging.received import Kind, Received
from bot.messaging.records import OUTBOX_SECONDS
from bot.messaging.sending import Call
from bot.messaging.settings import MessagingSettings
from bot.messaging.tables import OUTBOX, REST
from bot.places import Places, Point
from bot.settings import GuardSettings
from bot.tracker_store import ConversationStore
from tests.channels.serving import DOMAIN, HELLO, SECRET, PlayedAgent

ANN, BOB = "447700900123", "447700900456"
PLENTY = GuardSettings(per_minute=1e9, burst=10**9)
NOTICE = "kept for up to 30 days"
DANGER = "my ex is hitting me"
FOR_NOW, FOR_GOOD = DeliveryError("status 503"), DeliveryError("status 400", lasting=True)
ERASED: dict[str, Any] = {"text": "Everything is deleted.", ANSWER: {"name": ERASING, "text": "Everything is deleted."}}


class Phones:
    """A platform. `seen`: what arrived, by person; `faults`: raised by the next calls; `refuses`: decides by the call."""

    def __init__(self, capabilities: Capabilities = WHATSAPP) -> None:
        self.capabilities = capabilities
        self.seen: dict[str, list[str]] = {ANN: [], BOB: []}
        self.tried: list[Call] = []
        self.faults: list[Exception | None] = []
        self.refuses: Callable[[Call], Exception | None] = lambda call: None
        self.waits = 0.0
        self.broken: set[str] = set()

    def calls(self, outgoing: Outgoing, to: dict[str, Any]) -> list[Call]:
        if outgoing.buttons and "buttons" in self.broken:
            raise KeyError("title")
        call = {**to, "text": outgoing.text, "buttons": [b["payload"] for b in outgoing.buttons]}
        return [{**call, "picture": outgoing.picture} if outgoing.picture else call]

    def simpler(self, call: Call) -> Call | None:
        if "picture" in call:
            return {k: v for k, v in call.items() if k != "picture"}
        return {**call, "text": f"plainly: {call['text']}", "plain": True} if not call.get("plain") else None

    async def send(self, call: Call) -> None:
        self.tried.append(call)
        await asyncio.sleep(self.waits)
        fault = (self.faults.pop(0) if self.faults else None) or self.refuses(call)
        if fault:
            raise fault
        if "person" in call:
            self.seen[call["person"]].append(call["text"])


def settings(**wanted: Any) -> MessagingSettings:
    return MessagingSettings(**{"fragment_seconds": 0.0, "waiting": 1_000, "a_day": 10_000, **wanted})


class Office:
    """A desk, with a platform before it and a played agent behind it."""

    def __init__(self, file: Path, phones: Phones | None = None, guard: GuardSettings = PLENTY, **wanted: Any) -> None:
        self.file, self.phones = file, phones or Phones()
        self.store = ConversationStore(domain=DOMAIN, db=str(file))
        self.agent = PlayedAgent(self.store)
        self.agent.says = [says("Hello.")]
        talk = Conversations(NoPlaces())
        talk._guard = Guard(lambda: shared().current().labels, guard)
        self.desk = Desk(self.phones, self.store, self.agent.handle_message, Keys(SECRET), settings(**wanted), talk)
        self._count = 0

    def received(self, text: str = "", kind: Kind = Kind.TEXT, person: str = ANN, **more: Any) -> Received:
        self._count += 1
        delivery = more.pop("delivery", f"{id(self)}:{self._count}")
        return Received(kind, person, delivery, {"person": person}, text, **more)

    async def take(self, *received: Received) -> None:
        try:
            await self.desk.take(received)
        finally:
            await self.desk.mailboxes.finish(20)
            await asyncio.sleep(0)

    async def say(self, *texts: str, person: str = ANN, kind: Kind = Kind.TEXT, **more: Any) -> list[str]:
        """What the person sees after each of the texts was answered."""
        before = len(self.phones.seen[person])
        for text in texts:
            await self.take(self.received(text, kind, person, **more))
        return self.phones.seen[person][before:]

    async def get_acquainted(self) -> None:
        """So that no notice comes any more."""
        for person in (ANN, BOB):
            await self.say("good morning", person=person)
            self.phones.seen[person].clear()
        self.phones.tried.clear()
        self.agent.heard.clear()

    def kept(self, table: sa.Table) -> int:
        with self.store.engine.connect() as connection:
            return int(connection.execute(sa.select([sa.func.count()]).select_from(table)).scalar())

    def is_in_the_files(self, *words: str) -> list[str]:
        self.store.engine.dispose()
        with sqlite3.connect(self.file) as connection:
            everything = "\n".join(connection.iterdump())
        return [word for word in words if word in everything]


class NoPlaces(Places):
    """Nothing is looked up. `asked`: the points."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Point] = []

    async def at(self, point: Point) -> dict[str, Any]:
        self.asked.append(point)
        return {"status": "outside", "district": None, "sent": True}


def says(text: str, name: str = "greet", buttons: Sequence[dict[str, str]] = ()) -> dict[str, Any]:
    return {"text": text, "buttons": list(buttons), ANSWER: {"name": name, "text": text, "sources": []}}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "talk.db")


@pytest.fixture
async def known(office: Office) -> Office:
    await office.get_acquainted()
    return office


@pytest.fixture
async def sms(tmp_path: Path) -> Office:
    office = Office(tmp_path / "sms.db", Phones(SMS))
    await office.get_acquainted()
    return office


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is due again at once, and nobody waits long for a database that is away."""
    monkeypatch.setattr(sending, "OUTBOX_FIRST", 0.0)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.1)


# once


async def test_a_message_that_is_delivered_again_is_answered_once(known: Office) -> None:
    one = known.received("hello there")
    await known.take(one, one)
    await known.take(one)
    assert known.agent.heard == ["hello there"]
    assert known.phones.seen[ANN] == ["Hello."]


async def test_once_also_after_a_restart_and_from_two_servers(known: Office) -> None:
    one = known.received("hello there")
    other = Office(known.file)
    await known.desk.take([one])
    await other.desk.take([one])
    await known.desk.mailboxes.finish(20)
    await other.desk.mailboxes.finish(20)
    await Office(known.file).take(one)
    assert len(known.phones.seen[ANN] + other.phones.seen[ANN]) == 1


async def test_the_same_text_in_another_message_is_answered_too(known: Office) -> None:
    assert await known.say("hello there", "hello there") == ["Hello.", "Hello."]


async def test_when_no_more_can_wait_the_message_may_come_again(tmp_path: Path) -> None:
    office = Office(tmp_path / "talk.db", waiting=2)
    batch = [office.received(f"message {n}", person=person) for n in range(4) for person in (ANN, BOB)][:5]
    with pytest.raises(BusyChannelError):
        await office.take(*batch)
    assert len(office.agent.heard) == 2
    while True:
        with contextlib.suppress(BusyChannelError):
            await office.take(*batch)
            break
    assert sorted(office.agent.heard) == sorted(one.text for one in batch)
    await office.take(*batch[:2])
    assert len(office.agent.heard) == 5


async def test_a_delivery_that_cannot_be_noted_is_answered(known: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twice, perhaps: better than not at all."""
    monkeypatch.setattr(known.desk._sharing._inbox, "take", raising(sa.exc.OperationalError("x", {}, Exception())))
    await known.take(known.received("hello there"))
    assert known.agent.heard == ["hello there"]
    assert known.phones.seen[ANN][-1] == "Hello."


async def test_what_to_do_in_danger_does_not_wait_behind_an_answer_that_is_not_taken(known: Office) -> None:
    known.phones.faults = [DeliveryError("down")]
    await known.say("hello there")
    assert known.desk.records.is_waiting(known.desk.sender(ANN))
    known.agent.says = [{**says("Call 999 now."), ANSWER: {**says("Call 999 now.")[ANSWER], "safety": True}}]
    assert any("999" in text for text in await known.say("he is hitting me"))
    known.agent.says = [says("Later.")]
    assert await known.say("and another thing") == []


async def test_what_was_said_days_ago_is_left_alone(known: Office) -> None:
    now = time.time()
    old = known.received("old", at=now - 3 * 86_400)
    await known.take(old, known.received("yesterday", at=now - 86_400), known.received("new", at=now + 60))
    assert known.agent.heard == ["yesterday", "new"]


# who it is


async def test_nobody_s_number_is_kept_or_logged(known: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    one = known.received("hello there", delivery=f"{ANN}:77")
    await known.take(one)
    await known.take(one, known.received("old", at=1.0))
    known.phones.refuses = lambda call: FOR_NOW
    await known.say("this one waits")
    await known.desk.empty_outbox()
    known.phones.refuses = lambda call: FOR_GOOD
    await known.desk.empty_outbox()
    known.phones.refuses = lambda call: ValueError(f"not {ANN}")
    await known.say("another")
    await known.desk.empty_outbox()
    assert known.kept(OUTBOX) == 1
    assert known.is_in_the_files(ANN, ANN[2:], f"{ANN}:77") == []
    assert ANN[2:] not in caplog.text
    assert await known.store.retrieve(known.desk.sender(ANN))


def test_the_name_of_a_person_needs_the_secret(tmp_path: Path, office: Office) -> None:
    assert office.desk.sender(ANN).startswith("whatsapp-")
    sms = Office(tmp_path / "other.db", Phones(SMS))
    assert sms.desk.sender(ANN).partition("-")[2] != office.desk.sender(ANN).partition("-")[2]
    office.desk._keys = Keys(SECRET[::-1])
    assert office.desk.sender(ANN) != Office(tmp_path / "third.db").desk.sender(ANN)


# never silence


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise error

    return fail


@pytest.mark.parametrize("error", [ValueError("x"), asyncio.TimeoutError(), OSError()])
async def test_an_agent_that_fails_is_excused(known: Office, error: Exception) -> None:
    known.agent.error = error
    assert await known.say("hello there") == [SORRY]
    known.agent.error = None
    assert await known.say("hello again") == ["Hello."]


@pytest.mark.parametrize("where", ["talk.say", "_rest_asked_for"])
async def test_a_fault_here_is_excused(known: Office, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    thing, _, name = where.rpartition(".")
    monkeypatch.setattr(known.desk._talk if thing else known.desk, name, raising(RuntimeError(ANN)))
    assert await known.say("hello there") == [SORRY]


@pytest.mark.parametrize("broken", ["records.is_waiting", "records.keep_rest", "records.erase", "store.offered"])
async def test_what_is_kept_beside_costs_nobody_the_answer(
    sms: Office, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    thing, _, name = broken.partition(".")
    sms.desk._owed.note(sms.desk.sender(ANN))
    monkeypatch.setattr(sms.desk.records if thing == "records" else sms.store, name, raising(OSError("disk")))
    assert await sms.say("hello there") == ["Hello."]


async def test_whether_somebody_is_new_may_be_unknown(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(conversation: str) -> bool:
        asked.append(conversation)
        raise OSError("disk")

    asked: list[str] = []
    monkeypatch.setattr(office.store, "is_new", fail)
    assert await office.say("hello there") == ["Hello."]
    assert asked == [office.desk.sender(ANN)]


async def test_a_missing_notice_costs_nobody_the_answer(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notice, "ANSWER_NAME", "no such answer")
    assert await office.say("hello there") == ["Hello."]


async def test_an_answer_that_cannot_be_shown_gets_out(known: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "render", raising(IndexError()))
    known.agent.says = [says("First & foremost."), says("y" * 2_000)]
    seen = await known.say("hello there")
    assert seen[0] == "First & foremost."
    assert "".join(seen[1:]) == "y" * 2_000
    assert all(WHATSAPP.fits(text) for text in seen)


async def test_an_empty_answer_is_excused(known: Office) -> None:
    known.agent.says = [{"text": "", "buttons": [], ANSWER: {"name": "greet", "text": ""}}]
    assert await known.say("hello there") == [SORRY]


async def test_buttons_that_cannot_be_written_cost_nobody_the_answer(tmp_path: Path) -> None:
    office = Office(tmp_path / "talk.db", Phones(TELEGRAM))
    await office.get_acquainted()
    office.agent.says = [HELLO]
    office.phones.broken = {"buttons"}
    assert await office.say("hello there") == ["Hello."]


async def test_what_is_no_text(known: Office) -> None:
    assert await known.say("", kind=Kind.UNREADABLE) == [ONLY_SIGNS]
    assert await known.say("", kind=Kind.GROUP, person=BOB) == [GROUP]
    assert known.agent.heard == []
    assert await known.say("/ask_mopac", kind=Kind.BUTTON) == ["Hello."]
    assert known.agent.heard == ["/ask_mopac"]


async def test_a_place_is_looked_up_and_asked_about(known: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    point = Point(51.474191, -0.069136)
    assert await known.say("", kind=Kind.PLACE, point=point) == ["Hello."]
    assert known.agent.heard == ["/ask_local_police"]
    assert known.desk._talk._places.asked == [point]  # type: ignore[attr-defined]
    assert "51.47" not in caplog.text
    assert known.is_in_the_files("51.47") == []


async def test_a_call_that_must_be_made_at_once_does_not_wait_its_turn(known: Office) -> None:
    known.agent.waits = 0.2
    done = {"method": "answerCallbackQuery"}
    await known.desk.take([known.received("hello there"), known.received("/ask_mopac", Kind.BUTTON, acknowledge=done)])
    await asyncio.sleep(0.05)
    assert known.phones.tried == [done]
    await known.desk.mailboxes.finish(20)
    assert known.phones.seen[ANN] == ["Hello.", "Hello."]


@pytest.mark.parametrize("fault", [FOR_NOW, FOR_GOOD, RuntimeError("closed")])
async def test_a_call_that_must_be_made_at_once_may_fail(known: Office, fault: Exception) -> None:
    known.phones.faults = [fault]
    seen = await known.say("/ask_mopac", kind=Kind.BUTTON, acknowledge={"method": "answerCallbackQuery"})
    assert seen == ["Hello."]
    assert known.kept(OUTBOX) == 0


async def test_fragments_are_put_together(tmp_path: Path) -> None:
    office = Office(tmp_path / "talk.db", fragment_seconds=0.1)
    await office.take(*(office.received(text) for text in ("he is", "hitting", "me")))
    assert office.agent.heard == ["he is hitting me"]


# loops


async def test_the_same_over_and_over_ends(known: Office) -> None:
    seen = await known.say(*["I am out of office. "] * 12)
    assert seen == ["Hello."] * MOST_ALIKE + [STUCK]
    assert await known.say("something else") == ["Hello."]
    assert await known.say(*["ok"] * 20) == ["Hello."] * MOST_CHOICES + [STUCK]


async def test_who_was_just_told_to_call_999_is_never_met_with_silence(known: Office) -> None:
    danger = says("Call 999 now.")
    known.agent.says = [{**danger, ANSWER: {**danger[ANSWER], "name": "emergency", "safety": True}}]
    await known.say("he is hitting me")
    seen = await known.say(*["are you coming now"] * (MOST_ALARMS + 3))
    assert len(seen) == MOST_ALARMS + 1 and STUCK not in seen
    assert all("999" in text for text in seen)


async def test_words_of_danger_are_always_answered(tmp_path: Path) -> None:
    office = Office(tmp_path / "talk.db", a_day=3, guard=GuardSettings(per_minute=1, burst=1, waiting=3))
    await office.say("hello", "hello there", "hello again", "hello hello", "and so on")
    assert await office.say(*[DANGER] * 9) == ["Hello."] * 9


@pytest.mark.parametrize("between", [("1", Kind.TEXT), ("/ask_mopac", Kind.BUTTON)])
async def test_a_menu_may_be_asked_for_again_and_again(known: Office, between: tuple[str, Kind]) -> None:
    text, kind = between
    for _ in range(3 * MOST_ALIKE):
        assert await known.say("show me the menu") == ["Hello."]
        assert await known.say(text, kind=kind) == ["Hello."]


async def test_the_same_button_is_always_answered(known: Office) -> None:
    assert len(await known.say(*["/ask_mopac"] * 9, kind=Kind.BUTTON)) == 9


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [("", Kind.GROUP, GROUP), ("", Kind.UNREADABLE, ONLY_SIGNS), ("?!", Kind.TEXT, ONLY_SIGNS)],
)
async def test_the_same_refusal_is_said_once_in_ten_seconds(known: Office, text: str, kind: Kind, said: str) -> None:
    clock = [time.monotonic()]
    known.desk._loops._clock = lambda: clock[0]
    assert await known.say(*[text] * 3, kind=kind) == [said]
    assert await known.say(text, kind=kind, person=BOB) == [said]
    clock[0] += 10
    assert await known.say(text, kind=kind) == [said]


async def test_too_much_at_once_is_said_once(tmp_path: Path) -> None:
    office = Office(tmp_path / "talk.db", guard=GuardSettings(per_minute=1, burst=3, waiting=3))
    await office.get_acquainted()
    assert await office.say(*(f"question {n}" for n in range(9))) == ["Hello.", "Hello.", TOO_FAST]


@pytest.mark.parametrize(("text", "part"), [("x " * 400, "characters"), ("9", "no choice with that number")])
async def test_other_refusals_are_always_said(known: Office, text: str, part: str) -> None:
    known.agent.says = [HELLO]
    await known.say("hello there")
    known.phones.seen[ANN].clear()
    seen = await known.say(text, text)
    assert len(seen) == 2
    assert all(part in one for one in seen)


async def test_a_machine_that_talks_all_day_is_stopped(tmp_path: Path) -> None:
    office = Office(tmp_path / "talk.db", a_day=5)
    await office.get_acquainted()
    assert await office.say(*(f"a text that is never the same {n}" for n in range(20))) == ["Hello."] * 4 + [ENOUGH]
    assert await office.say(*[""] * 5, kind=Kind.UNREADABLE) == []
    assert await office.say("hello", person=BOB) == ["Hello."]


# sending


async def test_an_answer_that_failed_is_sent_later_once(known: Office) -> None:
    known.phones.faults = [FOR_NOW]
    assert await known.say("hello there") == []
    await known.desk.empty_outbox()
    await known.desk.empty_outbox()
    assert known.phones.seen[ANN] == ["Hello."]
    assert known.kept(OUTBOX) == 0


async def test_an_answer_that_failed_half_way_goes_on_where_it_was(known: Office) -> None:
    known.agent.says = [says("One."), says("Two."), says("Three.")]
    known.phones.faults = [None, FOR_NOW]
    assert await known.say("hello there") == ["One."]
    known.phones.faults = [None, FOR_NOW]
    await known.desk.empty_outbox()
    assert known.phones.seen[ANN] == ["One.", "Two."]
    await known.desk.empty_outbox()
    assert known.phones.seen[ANN] == ["One.", "Two.", "Three."]


async def test_newer_answers_go_behind_older_ones(known: Office) -> None:
    known.phones.refuses = lambda call: FOR_NOW if call.get("person") == ANN else None
    for text in ("one", "two", "three"):
        known.agent.says = [says(text)]
        assert await known.say(f"say {text}") == []
    known.agent.says = [says("for Bob")]
    assert await known.say("hello there", person=BOB) == ["for Bob"]
    assert [call["text"] for call in known.phones.tried if call["person"] == ANN] == ["one"]
    await known.desk.empty_outbox()
    assert {call["text"] for call in known.phones.tried if call["person"] == ANN} == {"one"}
    known.phones.refuses = lambda call: None
    await known.desk.empty_outbox()
    assert known.phones.seen[ANN] == ["one", "two", "three"]
    assert await known.say("hello there") == ["for Bob"]


async def test_newer_answers_go_behind_older_ones_also_after_a_restart(known: Office) -> None:
    known.phones.faults = [FOR_NOW]
    assert await known.say("hello there") == []
    other = Office(known.file)
    other.agent.says = [says("newer")]
    assert await other.say("and now") == []
    await other.desk.empty_outbox()
    assert other.phones.seen[ANN] == ["Hello.", "newer"]
    assert await other.say("and again") == ["newer"]


async def test_what_waits_is_looked_up_again_when_that_failed_once(
    known: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    known.phones.faults = [FOR_NOW]
    assert await known.say("hello there") == []
    waiting, looks = known.desk.records.is_waiting, iter([raising(OSError("disk"))])
    monkeypatch.setattr(known.desk.records, "is_waiting", lambda sender: next(looks, waiting)(sender))
    # both are there before the first is answered; that one goes out, because nobody can say
    await known.take(known.received("first"), known.received("second"))
    assert known.phones.seen[ANN] == ["Hello."]


async def test_who_was_taken_for_dead_while_sending_puts_nothing_off(
    known: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    known.phones.faults = [FOR_NOW]
    alive = iter([True, False])

    async def may_send() -> bool:
        return next(alive)

    monkeypatch.setattr(known.desk._sending, "_may_send", may_send)
    await known.say("hello there")
    assert known.kept(OUTBOX) == 0


async def test_who_writes_again_does_not_wait_for_the_pause(known: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "OUTBOX_FIRST", 300.0)
    known.phones.faults = [FOR_NOW]
    await known.say("hello there")
    await known.desk.empty_outbox()
    assert known.phones.seen[ANN] == []
    known.agent.says = [says("Call 999.")]
    await known.say(DANGER)
    await known.desk.empty_outbox()
    assert known.phones.seen[ANN] == ["Hello.", "Call 999."]


async def test_it_is_sent_later_also_after_a_restart_and_by_one_server(known: Office) -> None:
    known.phones.faults = [FOR_NOW]
    await known.say("hello there")
    others = [Office(known.file) for _ in range(3)]
    for other in others:
        other.phones.waits = 0.02
    await asyncio.gather(*(other.desk.empty_outbox() for other in others))
    assert [text for other in others for text in other.phones.seen[ANN]] == ["Hello."]


async def test_what_is_an_hour_old_is_dropped(known: Office) -> None:
    known.phones.faults = [FOR_NOW]
    await known.say("hello there")
    known.desk.records._clock = lambda: time.time() + OUTBOX_SECONDS + 1
    known.agent.says = [says("New.")]
    assert await known.say("hello again") == ["New."]
    await known.desk.empty_outbox()
    assert known.phones.seen[ANN] == ["New."]
    assert known.kept(OUTBOX) == 0


async def test_the_pauses_grow_and_a_longer_one_is_kept(known: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "OUTBOX_FIRST", 10.0)

    def due() -> float:
        with known.store.engine.connect() as connection:
            mine = sa.select([OUTBOX.c.due]).where(OUTBOX.c.sender == known.desk.sender(ANN))
            return float(connection.execute(mine).scalar()) - time.time()

    known.phones.refuses = lambda call: FOR_NOW
    await known.say("hello there")
    pauses = [due()]
    for _ in range(3):
        known.desk.records.hurry(known.desk.sender(ANN))
        await known.desk.empty_outbox()
        pauses.append(due())
    assert pauses == pytest.approx([10, 20, 40, 80], abs=2)
    known.phones.refuses = lambda call: DeliveryError("status 429", wait=400.0)
    known.desk.records.hurry(known.desk.sender(ANN))
    await known.desk.empty_outbox()
    assert due() == pytest.approx(400, abs=2)
    known.phones.refuses = lambda call: DeliveryError("status 429", wait=float("inf"))
    known.desk.records.hurry(known.desk.sender(ANN))
    await known.desk.empty_outbox()
    assert due() == pytest.approx(600, abs=2)
    known.desk.records.erase(known.desk.sender(ANN))
    known.phones.refuses = lambda call: DeliveryError("status 429", wait=300.0)
    await known.say("hello there")
    assert due() == pytest.approx(300, abs=2)


async def test_one_that_always_fails_keeps_no_others(known: Office) -> None:
    known.phones.refuses = lambda call: FOR_NOW
    await known.say("hello there")
    await known.say("hello there", person=BOB)
    known.phones.refuses = lambda call: RuntimeError("a fault of ours") if call["person"] == ANN else None
    await known.desk.empty_outbox()
    assert known.phones.seen == {ANN: [], BOB: ["Hello."]}
    known.phones.refuses = lambda call: None
    await known.desk.empty_outbox()
    assert known.phones.seen[ANN] == ["Hello."]


async def test_a_refusal_for_good_tries_the_simpler_form_once(known: Office) -> None:
    known.phones.faults = [FOR_GOOD]
    assert await known.say("hello there") == ["plainly: Hello."]
    known.phones.tried.clear()
    known.phones.refuses = lambda call: FOR_GOOD
    await known.say("hello there")
    assert [call["text"] for call in known.phones.tried] == ["Hello.", "plainly: Hello."]
    assert known.kept(OUTBOX) == 0


async def test_the_rest_of_an_answer_comes_after_a_refusal_for_good(known: Office) -> None:
    known.agent.says = [says("One."), says("Two.")]
    known.phones.refuses = lambda call: FOR_GOOD if "One." in call["text"] else None
    assert await known.say("hello there") == ["Two."]


async def test_the_simpler_form_waits_when_it_fails_for_now(known: Office) -> None:
    known.phones.faults = [FOR_GOOD, FOR_NOW]
    await known.say("hello there")
    await known.desk.empty_outbox()
    assert known.phones.seen[ANN] == ["plainly: Hello."]


async def test_a_platform_that_always_knows_a_simpler_form_is_left_at_last(
    known: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known.phones, "simpler", dict)
    known.phones.refuses = lambda call: FOR_GOOD
    await asyncio.wait_for(known.say("hello there"), 2)
    assert len(known.phones.tried) == sending.MOST_FORMS


async def test_the_house_is_kept_whatever_fails(known: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """And what is old is deleted at the start, not after an hour."""
    known.phones.faults = [FOR_NOW]
    await known.say("hello there")
    tries: list[str] = []
    send, purge = known.desk.empty_outbox, known.desk.records.purge

    async def fails_once() -> None:
        tries.append("outbox")
        if len(tries) == 1:
            raise OSError("disk")
        await send()

    def purging() -> None:
        tries.append("purge")
        purge()
        raise OSError("disk")

    monkeypatch.setattr(known.desk, "empty_outbox", fails_once)
    monkeypatch.setattr(known.desk.records, "purge", purging)
    monkeypatch.setattr(time, "monotonic", lambda began=time.monotonic: began() % 60)  # a machine that has just started
    house = asyncio.create_task(known.desk.keep_house(0.01))
    await asyncio.sleep(0.1)
    assert not house.done()
    house.cancel()
    assert tries[:3] == ["outbox", "purge", "outbox"]
    assert tries.count("purge") == 1
    assert known.phones.seen[ANN] == ["Hello."]


# the first contact


async def test_the_first_contact_gets_the_notice_behind_the_answer(office: Office) -> None:
    first = await office.say("hello there")
    assert first[0] == "Hello."
    assert len(first) == 2 and NOTICE in first[1]
    assert await office.say("hello again") == ["Hello."]
    assert len(await office.say("hello there", person=BOB)) == 2
    assert await Office(office.file).say("after a restart") == ["Hello."]


async def test_who_begins_with_a_picture_gets_the_notice_with_the_first_answer(office: Office) -> None:
    assert await office.say("", kind=Kind.UNREADABLE) == [ONLY_SIGNS]
    assert NOTICE in (await office.say("hello there"))[-1]


async def test_the_notice_comes_when_the_first_answer_failed(office: Office) -> None:
    office.agent.error = RuntimeError()
    assert await office.say("hello there") == [SORRY]
    office.agent.error = None
    assert NOTICE in (await office.say("hello there"))[-1]


async def test_danger_goes_without_the_notice_which_comes_with_the_next_answer(office: Office) -> None:
    for kind in ("safety", "language"):
        office.agent.says = [{**says("Hello."), ANSWER: {**says("Hello.")[ANSWER], kind: "pl"}}]
        assert await office.say("hello there") == ["Hello."]
    office.agent.says = [says("Hello.")]
    assert NOTICE in (await office.say("hello again"))[-1]
    assert await office.say("and again") == ["Hello."]


async def test_the_answer_comes_first_and_buttons_that_vanish_stand_on_the_last(tmp_path: Path) -> None:
    office = Office(tmp_path / "talk.db", Phones(MESSENGER))
    office.agent.says = [HELLO]
    first = await office.say("hello there")
    assert first[0] == "Hello." and NOTICE in first[1] and len(first) == 2
    assert office.phones.tried[-1]["buttons"] == ["/ask_plan_overview"]


# the rest of an SMS


LONG = " ".join(f"This is sentence number {n} of a long answer about the Plan." for n in range(40))


@pytest.mark.parametrize("word", ["NEXT", "next", " Next.\n", "more", "go  on"])
async def test_the_rest_comes_page_by_page(sms: Office, word: str) -> None:
    sms.agent.says = [says(LONG)]
    pages = await sms.say("tell me all")
    assert len(pages) == 1
    sms.agent.heard.clear()
    while "Reply NEXT" in pages[-1]:
        more = await sms.say(word)
        assert len(more) == 1
        pages += more
    assert len(pages) > 4
    assert all(SMS.fits(page) for page in pages)
    assert " ".join(page.partition("\n\nReply NEXT")[0] for page in pages) == LONG
    assert sms.agent.heard == []
    sms.agent.says = [says("There is no more.")]
    assert await sms.say(word) == ["There is no more."]
    assert len(sms.agent.heard) == 1


async def test_a_new_answer_replaces_the_rest(sms: Office) -> None:
    sms.agent.says = [says(LONG)]
    await sms.say("tell me all")
    sms.agent.says = [says("Short.")]
    assert await sms.say("something else") == ["Short."]
    assert await sms.say("NEXT") == ["Short."]
    assert sms.agent.heard[-1] == "NEXT"


@pytest.mark.parametrize(("between", "kind"), [("?!", Kind.TEXT), ("x " * 400, Kind.TEXT), ("", Kind.UNREADABLE)])
async def test_a_refusal_leaves_the_rest(sms: Office, between: str, kind: Kind) -> None:
    sms.agent.says = [says(LONG)]
    await sms.say("tell me all")
    sms.agent.says = [says("Not this.")]
    await sms.say(between, kind=kind)
    assert "sentence number" in (await sms.say("NEXT"))[0]


async def test_the_rest_in_between_ends_a_row(sms: Office) -> None:
    sms.agent.says = [says(LONG)]
    for _ in range(2 * MOST_ALIKE):
        assert "sentence number 0" in (await sms.say("tell me all"))[0]
        assert "sentence number" in (await sms.say("NEXT"))[0]


async def test_next_is_a_word_where_nothing_is_cut(known: Office) -> None:
    known.agent.says = [says(LONG)]
    await known.say("tell me all")
    await known.say("NEXT")
    assert known.agent.heard[-1] == "NEXT"
    assert known.kept(REST) == 0


# delete my data


async def test_erasing_takes_the_conversation_the_rest_and_the_outbox(sms: Office) -> None:
    sms.agent.says = [says(LONG)]
    for person in (ANN, BOB):
        await sms.say("tell me all", person=person)
    sms.phones.refuses = lambda call: FOR_NOW
    for person in (ANN, BOB):
        await sms.say("tell me more of it", person=person)
    assert (sms.kept(OUTBOX), sms.kept(REST)) == (2, 2)
    sms.phones.refuses = lambda call: None
    sms.agent.says = [ERASED]
    assert await sms.say("delete my data") == ["Everything is deleted."]
    assert (sms.kept(OUTBOX), sms.kept(REST)) == (1, 1)
    assert await sms.store.retrieve(sms.desk.sender(ANN)) is None
    assert await sms.store.retrieve(sms.desk.sender(BOB))
    await sms.desk.empty_outbox()
    assert sms.phones.seen[ANN][-1] == "Everything is deleted."
    assert len(sms.phones.seen[BOB]) == 2


async def test_erasing_forgets_what_was_typed_just_now(tmp_path: Path) -> None:
    office = Office(tmp_path / "talk.db", fragment_seconds=0.05)
    office.agent.says = [ERASED]
    await office.say("delete my data")
    assert office.desk.mailboxes._recent == {}


async def test_after_erasing_a_message_is_still_answered_once(known: Office) -> None:
    known.agent.says = [ERASED]
    one = known.received("delete my data")
    await known.take(one)
    await known.take(one)
    assert known.phones.seen[ANN] == ["Everything is deleted."]


async def test_without_a_conversation_no_number_can_be_chosen(tmp_path: Path) -> None:
    erased = {**ERASED, "buttons": HELLO["buttons"]}
    seen = {}
    for capabilities in (WHATSAPP, TELEGRAM):
        office = Office(tmp_path / f"{capabilities.name}.db", Phones(replace(capabilities)))
        office.agent.says = [erased]
        seen[capabilities.name] = await office.say("delete my data"), office.phones.tried[-1]["buttons"]
    assert seen["whatsapp"] == (["Everything is deleted."], [])
    assert seen["telegram"] == (["Everything is deleted."], ["/ask_plan_overview"])


async def test_one_person_s_flood_is_bounded(known: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailboxes, "MOST_IN_A_BOX", 3)
    known.agent.waits = 0.01
    await known.take(*(known.received(f"text {n}") for n in range(9)), known.received("hello", person=BOB))
    assert known.phones.seen == {ANN: ["Hello."] * 3, BOB: ["Hello."]}
