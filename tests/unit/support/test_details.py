"""Questions about services just shown: what is asked, and what is answered."""

from __future__ import annotations

import re
from datetime import date, datetime

import pytest

from bot.clock import LONDON
from bot.content import numbers
from bot.content.store import Content
from bot.support import details
from bot.support.details import ANOTHER, COST, HOURS, LANGUAGES, PRIVATE, WAY, WHAT, Detail

TUESDAY, SUNDAY = date(2026, 11, 24), date(2026, 11, 29)
NOW = datetime(2026, 11, 24, 10, tzinfo=LONDON)
WAYS = tuple(details.WAYS)


def national(number: str) -> str:
    """The digits as dialled in this country: +44 20 ... is 020 ..."""
    return re.sub(r"^(?:00)?44(?=\d{9})", "0", numbers.digits(number))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("is it free", COST),
        ("How much does it cost?", COST),
        ("is it confidential", PRIVATE),
        ("will it show on my phone bill", PRIVATE),
        ("do they have interpreters", LANGUAGES),
        ("can i speak in polish", LANGUAGES),
        ("are they open now", HOURS),
        ("what time do they close", HOURS),
        ("and on Saturday?", HOURS),
        ("can I text them", WAY),
        ("I can't hear", WAY),
        ("I can’t hear", WAY),
        ("another one", ANOTHER),
        ("someone else please", ANOTHER),
        ("/ask_service_detail", ANOTHER),
        ("what do they do", WHAT),
        ("hm", WHAT),
        ("", WHAT),
        ("are they open next Monday", HOURS),
        ("do they speak another language", LANGUAGES),
        ("is it more expensive at night", COST),
    ],
)
def test_what_is_asked(text: str, kind: str) -> None:
    assert details.read(text, TUESDAY).kind == kind


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("can I text", "text"),
        ("is there whatsapp", "text"),
        ("web chat?", "webchat"),
        ("do they have an email", "email"),
        ("i am deaf", "deaf"),
        ("bsl?", "deaf"),
        ("do they have a website", "web"),
        ("what is the number", "phone"),
    ],
)
def test_the_way_that_is_asked(text: str, way: str) -> None:
    assert details.read(text, TUESDAY) == Detail(WAY, way=way)


@pytest.mark.parametrize(
    ("text", "today", "day"),
    [
        ("open tomorrow?", TUESDAY, date(2026, 11, 25)),
        ("open tonight?", TUESDAY, TUESDAY),
        ("open on sunday?", TUESDAY, date(2026, 11, 29)),
        ("open on tuesday?", TUESDAY, TUESDAY),
        ("open at the weekend?", TUESDAY, date(2026, 11, 28)),
        ("open at christmas?", TUESDAY, date(2026, 12, 25)),
        ("open at christmas?", date(2026, 12, 26), date(2027, 12, 25)),
        ("open on the bank holiday?", date(2026, 8, 20), date(2026, 8, 31)),
        ("open on the bank holiday?", date(2026, 8, 31), date(2026, 8, 31)),
        ("open on a bank holiday?", TUESDAY, date(2026, 12, 25)),
        ("when are they open", TUESDAY, None),
        ("i want to know when they open", TUESDAY, None),
        ("open this weekend?", SUNDAY, SUNDAY),
        ("open on christmas eve?", TUESDAY, date(2026, 12, 24)),
        ("open on boxing day?", TUESDAY, date(2026, 12, 26)),
    ],
)
def test_the_day_that_is_asked(text: str, today: date, day: date | None) -> None:
    assert details.read(text, today).day == day


@pytest.mark.parametrize("kind", [COST, HOURS, LANGUAGES, PRIVATE, WHAT])
@pytest.mark.parametrize("day", [None, date(2026, 12, 25), SUNDAY])
def test_every_service_has_an_answer_that_reads_well(content: Content, kind: str, day: date | None) -> None:
    for i in content.services:
        said = details.say(Detail(kind, day=day), [i], content, NOW)
        assert not [bad for bad in ("None", "  ", "..", ": .", ", .") if bad in said], said
        assert said.endswith(".") or said.split()[-1].startswith("http")


@pytest.mark.parametrize("way", WAYS)
def test_every_way_has_an_answer_that_reads_well(content: Content, way: str) -> None:
    for i in content.services:
        said = details.say(Detail(WAY, way=way), [i], content, NOW)
        assert not [bad for bad in ("None", "  ", "..", ": .") if bad in said], said


def test_the_name_is_said_once(content: Content) -> None:
    assert details.say(Detail(WAY, way="phone"), ["police-101"], content, NOW).count("not an emergency") == 1


def test_no_number_is_made_up(content: Content) -> None:
    known = {
        national(n)
        for s in content.services.values()
        for n in (s.phone, s.text, s.textphone, s.relay, s.out_of_hours, "999", "101", "112")
        if n
    }
    for detail in (Detail(COST), Detail(HOURS), Detail(PRIVATE), Detail(WHAT), *(Detail(WAY, way=w) for w in WAYS)):
        said = details.say(detail, list(content.services), content, NOW)
        said = " ".join(word for word in said.split() if "http" not in word and "@" not in word)
        assert {national(n) for n in numbers.IN_TEXT.findall(said)} <= known


def test_999_is_left_out_among_others_and_kept_alone(content: Content) -> None:
    assert "999" not in details.say(Detail(COST), ["emergency-999", "samaritans"], content, NOW)
    assert "999" in details.say(Detail(COST), ["emergency-999"], content, NOW)


def test_lead_when_nobody_can_be_reached_so(content: Content) -> None:
    assert details.lead(Detail(WAY, way="webchat"), ["karma-nirvana", "forced-marriage-unit"], content)
    assert details.lead(Detail(WAY, way="text"), ["shout"], content) is None
    assert details.lead(Detail(COST), ["karma-nirvana"], content) is None


def test_lead_does_not_count_999(content: Content) -> None:
    assert details.lead(Detail(WAY, way="deaf"), ["emergency-999", "karma-nirvana"], content)


def test_out_of_hours_number_is_said_with_the_hours(content: Content) -> None:
    said = details.say(Detail(HOURS), ["child-services-camden"], content, NOW)
    assert str(content.services["child-services-camden"].out_of_hours) in said


def test_a_website_is_open_at_any_hour(content: Content) -> None:
    assert "any hour" in details.say(Detail(HOURS, day=SUNDAY), ["true-vision"], content, NOW)


@pytest.mark.parametrize(
    "text",
    [
        "i cant call them",
        "I don't have a phone",
        "i cannot talk out loud",
        "no phone",
        "im scared to ring",
        "without calling",
        "i cant ring right now",
    ],
)
def test_who_cannot_call_is_not_told_to(text: str) -> None:
    assert details.read(text, TUESDAY) == Detail(WAY, way="deaf")


@pytest.mark.parametrize(
    "text",
    [
        "i cant stop him calling me",
        "i dont want him to call me",
        "i have no one to talk to",
        "i dont want to talk to a man",
    ],
)
def test_other_talk_is_no_wish_to_write(text: str) -> None:
    assert details.read(text, TUESDAY).way != "deaf"


@pytest.mark.parametrize("text", ["what happens now", "now what", "hes out there now", "i have to go now"])
def test_now_alone_asks_for_no_hours(text: str) -> None:
    assert details.read(text, TUESDAY).kind != HOURS


@pytest.mark.parametrize("text", ["can i ring now", "is someone there right now", "are they open right now"])
def test_now_with_a_wish_to_call_does(text: str) -> None:
    assert details.read(text, TUESDAY).kind == HOURS


@pytest.mark.parametrize(
    ("text", "tells"),
    [
        ("they said they will hurt my sister", True), ("hes after me", True), ("what do they do", False),
        ("is it free if he follows my bill", False), ("are they any good", False),
    ],
)  # fmt: skip
def test_a_story_is_no_question_about_services(text: str, tells: bool) -> None:
    assert details.tells_on(details.read(text, TUESDAY), text) is tells
