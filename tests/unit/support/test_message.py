"""The message that shows services."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import LONDON
from bot.content import numbers
from bot.content.services import Need
from bot.content.store import Content
from bot.guard.payloads import as_payload
from bot.support.message import MOST_BUTTONS, ask_what_helps, need_payload, show
from bot.support.request import Request
from bot.support.selection import Choice, choose
from tests.unit.support.test_selection import HOURS, NOON, REQUESTS, WHOLE


def shown(request_: Request, now: datetime = NOON, choice: Choice | None = None) -> dict[str, Any]:
    written = WHOLE.answer(request_.intent, now.date())
    return show(request_, choice or choose(request_, WHOLE, now), written, WHOLE, now, name=request_.intent)


def national(number: str) -> str:
    """The digits as dialled in this country: +44 20 ... is 020 ..."""
    return re.sub(r"^(?:00)?44(?=\d{9})", "0", numbers.digits(number))


@settings(max_examples=150)
@given(request_=REQUESTS, now=st.sampled_from(HOURS))
def test_any_message_is_short_and_every_number_is_in_the_directory(request_: Request, now: datetime) -> None:
    message = shown(request_, now)
    known = {
        national(n)
        for s in WHOLE.services.values()
        for n in (s.phone, s.text, s.textphone, s.relay, s.out_of_hours, "101", "112")
        if n
    }
    text = " ".join(w for w in message["answer"]["text"].split() if "http" not in w and "@" not in w)
    assert {national(n) for n in numbers.IN_TEXT.findall(text)} <= known
    assert len(message["answer"]["services"]) <= 3
    assert len(message["buttons"]) <= MOST_BUTTONS
    assert "None" not in message["text"]
    assert "999" in message["text"] or request_.intent in ("ask_compensation", "ask_victim_rights")


@settings(max_examples=50)
@given(request_=REQUESTS)
def test_what_was_asked_is_kept_with_what_was_shown(request_: Request) -> None:
    message = shown(request_)
    kept = Request.from_dict(message["answer"]["question_asked"])
    need = choose(request_, WHOLE, NOON).need
    assert kept.needs == (request_.needs or ((need.value,) if need else ()))
    assert {*request_.shown, *(s["id"] for s in message["answer"]["services"])} == set(kept.shown)


def test_999_is_not_listed_again_below_a_text_that_names_it() -> None:
    message = shown(Request(needs=("stalking",)))
    assert message["answer"]["services"][0]["id"] == "emergency-999"
    assert WHOLE.services["emergency-999"].name not in message["answer"]["text"]


@pytest.mark.parametrize("need", [n.value for n in Need])
def test_the_line_on_a_safe_device(need: str) -> None:
    line = WHOLE.answer("safe_device", NOON.date()).text
    assert (line in shown(Request(needs=(need,)))["text"]) is WHOLE.help.needs[Need(need)].safe_device


@pytest.mark.parametrize(("audiences", "said"), [(("migrants",), True), (("women", "migrants"), True), ((), False)])
def test_the_note_on_immigration(audiences: tuple[str, ...], said: bool) -> None:
    note = WHOLE.answer("immigration_note", NOON.date()).text
    assert (note in shown(Request(needs=("domestic-abuse",), audiences=audiences))["text"]) is said


def test_when_nothing_fits_it_says_so() -> None:
    message = shown(Request(needs=("compensation",), shown=("cica", "victim-support-supportline")))
    assert "I know of no service" in message["text"]
    assert "Victim Support" in message["text"]


def test_several_needs_are_named_and_offered() -> None:
    message = shown(Request(needs=("stalking", "fraud")))
    assert "more than one thing" in message["text"]
    assert message["buttons"][0]["payload"] == need_payload(Need.FRAUD)


@pytest.mark.parametrize(("need", "said"), [("domestic-abuse", True), ("fraud", False)])
def test_no_local_service_is_said_only_where_it_matters(need: str, said: bool) -> None:
    text = shown(Request(needs=(need,), boroughs=("Bexley",)))["text"]
    assert ("no confirmed number for this in Bexley" in text) is said


def test_every_source_once() -> None:
    listed = shown(Request(needs=("stalking",)))["answer"]["sources"]
    assert len({tuple(sorted(s.items())) for s in listed}) == len(listed) > 1


def test_the_question_offers_what_the_guard_lets_through(content: Content) -> None:
    written = content.answer("ask_need", NOON.date())
    message = ask_what_helps(written, content, NOON, Request())
    assert message["answer"]["question"] is True
    assert all(as_payload(b["payload"], ()) for b in message["buttons"])
    assert [s["id"] for s in message["answer"]["services"]] == ["victim-support-supportline"]


def test_the_question_keeps_for_whom_and_where(content: Content) -> None:
    asked = Request(audiences=("men",), boroughs=("Camden",))
    message = ask_what_helps(content.answer("ask_need", NOON.date()), content, NOON, asked)
    assert Request.from_dict(message["answer"]["question_asked"]) == asked


def test_an_hour_at_night_in_the_message() -> None:
    night = datetime(2026, 11, 24, 3, tzinfo=LONDON)
    text = shown(Request(needs=("child-safety",), boroughs=("Tower Hamlets",)), night)["text"]
    assert str(WHOLE.services["child-services-tower-hamlets"].out_of_hours) in text
