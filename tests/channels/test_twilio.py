"""SMS and WhatsApp through Twilio: what is signed, what a text message can hold, places, and who is not answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.channels.render import NEXT
from bot.dialogue.message import ANSWER
from bot.guard.gate import ONLY_SIGNS
from bot.messaging.gsm7 import segments
from bot.places import Point
from tests.channels.platforms.platform import numbered
from tests.channels.platforms.twilio import SmsPlatform, TwilioPlatform, WhatsappPlatform
from tests.channels.serving import HELLO, is_problem
from tests.channels.talking import Talk, talking

LONG = " ".join(f"This is sentence number {n} of a long answer, and it says nothing new." for n in range(1, 16))
SOURCE = {"title": "A Plan", "url": "https://www.london.gov.uk/plan", "as_at": "24 March 2022"}


def long_answer() -> dict[str, Any]:
    whole = f"{LONG}\n\nSource: A Plan, 24 March 2022. https://www.london.gov.uk/plan"
    return {**HELLO, "text": whole, ANSWER: {"name": "x", "text": LONG, "sources": [SOURCE]}}


@pytest.fixture
async def sms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    async with talking(SmsPlatform, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
async def whatsapp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    async with talking(WhatsappPlatform, tmp_path, monkeypatch) as opened:
        yield opened


def twilio(talk: Talk) -> TwilioPlatform:
    assert isinstance(talk.platform, TwilioPlatform)
    return talk.platform


async def test_the_platform_hears_an_empty_answer_in_its_language(sms: Talk) -> None:
    answer = await sms.post(sms.platform.text(sms.platform.person, "hello there"))
    assert (answer.text, answer.headers["content-type"].partition(";")[0]) == ("<Response/>", "text/xml")


async def test_the_signature_covers_the_public_address_with_what_stands_behind_it(sms: Talk) -> None:
    platform = twilio(sms)
    body = urlencode(platform.fields(platform.person, Body="hello there")).encode()
    await sms.answers(platform.signed(body, {}, query="region=uk&x=a%20b"))
    assert sms.agent.heard == ["hello there"]


@pytest.mark.parametrize("url", ["https://chat.example.org:443{path}"])
async def test_the_port_that_goes_without_saying_may_be_said(sms: Talk, url: str) -> None:
    platform = twilio(sms)
    body = urlencode(platform.fields(platform.person, Body="hello there")).encode()
    await sms.answers(platform.signed(body, {}, url=url.format(path=platform.path)))
    assert sms.agent.heard == ["hello there"]


async def test_headers_of_a_proxy_do_not_choose_the_address(sms: Talk) -> None:
    """Whoever can set them could otherwise replay what was signed for another server."""
    platform = twilio(sms)
    body = urlencode(platform.fields(platform.person, Body="hello there")).encode()
    elsewhere = platform.signed(
        body, {"x-forwarded-host": "evil.test", "x-forwarded-proto": "https"}, url=f"https://evil.test{platform.path}"
    )
    is_problem(await sms.post(elsewhere), 403)
    assert sms.agent.heard == []


async def test_a_field_that_is_there_twice_or_empty_counts_in_the_signature(sms: Talk) -> None:
    platform = twilio(sms)
    fields = platform.fields(platform.person, Body="hello there", FromCity="", NewField="é & ü")
    await sms.answers(platform.form(fields))
    assert sms.agent.heard == ["hello there"]


async def test_a_message_of_the_other_channel_is_not_answered_here(sms: Talk) -> None:
    platform = twilio(sms)
    await sms.answers(platform.form({**platform.fields(platform.person, Body="hi"), "From": "whatsapp:+447700900123"}))
    assert sms.agent.heard == []


@pytest.mark.parametrize("source", ["+442079460000", "Amazon", "60006", "", "+", "+44 7700", "client:x", "whatsapp:"])
async def test_machines_and_names_are_not_answered(sms: Talk, source: str) -> None:
    platform = twilio(sms)
    await sms.answers(platform.form({**platform.fields("x", Body="your parcel is here"), "From": source}))
    assert (sms.agent.heard, platform.calls) == ([], [])


async def test_texts_of_other_countries_are_answered_when_the_operator_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for countries, answered in (("", False), ("+44, +353", True)):
        monkeypatch.setenv("PLAN_SMS_COUNTRIES", countries)
        async with talking(SmsPlatform, tmp_path, monkeypatch) as talk:
            assert bool(await talk.say("hello there", "+353871234567")) == answered
            assert await talk.say("hello there")


async def test_the_same_words_of_danger_without_end_are_answered_now_and_then(sms: Talk) -> None:
    """A machine whose own text speaks of danger must not cost a text for each of its texts, for ever."""
    sent = [await sms.say("he is hitting me") for _ in range(40)]
    assert all(sent[:20]), "a person who repeats it is answered"
    assert sum(bool(seen) for seen in sent) <= 22
    assert await sms.say("he is hitting me again, help"), "other words are heard at once"


async def test_when_nothing_can_be_taken_in_the_person_hears_so_at_once(sms: Talk) -> None:
    """Twilio would not deliver it again."""
    assert sms.channel.desk
    sms.channel.desk._waiting = 0
    answer = await sms.post(sms.platform.text(sms.platform.person, "hello there"))
    assert answer.status_code == 200
    assert answer.text.startswith("<Response><Message>") and "999" in answer.text


async def test_an_opt_out_that_twilio_has_answered_is_left_alone(sms: Talk) -> None:
    platform = twilio(sms)
    await sms.answers(platform.form(platform.fields(platform.person, Body="STOP", OptOutType="STOP")))
    assert (sms.agent.heard, platform.calls) == ([], [])


async def test_a_bad_message_id_is_refused(sms: Talk) -> None:
    platform = twilio(sms)
    is_problem(await sms.post(platform.form({**platform.fields(platform.person, Body="hi"), "MessageSid": "SM1"})), 400)


async def test_a_long_answer_comes_in_parts_of_three_segments(sms: Talk) -> None:
    sms.agent.says = [long_answer()]
    seen = await sms.say("hello there")
    first = seen[0].text
    assert segments(first) <= 3
    assert f"Reply {NEXT}" in first and "Source:" in first and numbered(first)
    parts = [first]
    while f"Reply {NEXT}" in parts[-1]:
        parts.append((await sms.say(NEXT.lower()))[0].text)
    heard = " ".join(parts)
    for n in range(1, 16):
        assert heard.count(f"sentence number {n} of") == 1, n
    assert heard.count("Source:") == 1
    await sms.say("1")
    assert sms.agent.heard == ["hello there", "/ask_plan_overview"]
    await sms.say(NEXT)
    parts = sms.agent.heard
    assert parts[-1] in ("/ask_plan_overview", NEXT)


async def test_next_without_a_rest_is_a_message_like_any_other(sms: Talk) -> None:
    await sms.say("hello there")
    await sms.say("MORE")
    assert sms.agent.heard == ["hello there", "MORE"]


async def test_the_rest_of_an_answer_is_gone_with_the_next_answer(sms: Talk) -> None:
    sms.agent.says = [long_answer()]
    await sms.say("hello there")
    sms.agent.says = [HELLO]
    await sms.say("something else")
    await sms.say("next")
    assert sms.agent.heard == ["hello there", "something else", "next"]


async def test_curly_signs_do_not_make_a_text_message_dear(sms: Talk) -> None:
    text = "“Don’t wait” – call 101… • it’s free"
    sms.agent.says = [{"text": text, ANSWER: {"name": "x", "text": text}}]
    assert (await sms.say("hello there"))[0].text == "\"Don't wait\" - call 101... - it's free"


async def test_another_alphabet_arrives_whole(sms: Talk) -> None:
    text = "এই সহায়ক ইংরেজিতে কাজ করে। আপনি এখন বিপদে থাকলে 999 নম্বরে ফোন করুন।"
    sms.agent.says = [{"text": text, ANSWER: {"name": "x", "text": text}}]
    assert (await sms.say("hello there"))[0].text == text


async def test_a_picture_message_hears_that_words_are_needed(whatsapp: Talk) -> None:
    platform = twilio(whatsapp)
    fields = platform.fields(platform.person, NumMedia="1", MediaContentType0="audio/ogg", MediaUrl0="https://x.test/a")
    assert [s.text for s in await whatsapp.answers(platform.form(fields))] == [ONLY_SIGNS]
    assert whatsapp.agent.heard == []


async def test_a_place_on_whatsapp_leads_to_the_local_police(whatsapp: Talk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Point] = []

    async def at(point: Point) -> dict[str, Any]:
        asked.append(point)
        return {"status": "found", "ward": "Nunhead", "borough": "Southwark", "sent": True}

    monkeypatch.setattr(whatsapp.channel.conversations._places, "at", at)
    assert isinstance(whatsapp.platform, WhatsappPlatform)
    assert await whatsapp.answers(whatsapp.platform.location(whatsapp.platform.person, 51.4613, -0.0521))
    assert (asked, whatsapp.agent.heard) == ([Point(51.4613, -0.0521)], ["/ask_local_police"])


@pytest.mark.parametrize(("latitude", "longitude"), [("x", "y"), ("", ""), ("nan", "0"), ("91", "0"), ("1e999", "0")])
async def test_a_place_that_is_none_is_not_looked_up(whatsapp: Talk, latitude: str, longitude: str) -> None:
    platform = twilio(whatsapp)
    await whatsapp.answers(
        platform.form(platform.fields(platform.person, Latitude=latitude, Longitude=longitude, Body="here"))
    )
    assert whatsapp.agent.heard == ["here"]


async def test_whatsapp_shows_danger_in_bold_and_nothing_else_by_chance(whatsapp: Talk) -> None:
    text = "If you are in danger now, call 999. The *Plan* is at https://x.test/a_b_c and _not_ here."
    whatsapp.agent.says = [{"text": text, ANSWER: {"name": "x", "text": text, "safety": True}}]
    raw = (await whatsapp.say("hello there"))[0].alt
    assert raw.startswith("*If you are in danger now, call 999.*")
    assert "The Plan is at https://x.test/a_b_c and not here." in raw


async def test_a_reply_button_of_whatsapp_is_a_choice(whatsapp: Talk) -> None:
    platform = twilio(whatsapp)
    fields = platform.fields(
        platform.person, Body="About the Plan", ButtonPayload="/ask_plan_overview", ButtonText="About the Plan"
    )
    await whatsapp.answers(platform.form(fields))
    assert whatsapp.agent.heard == ["/ask_plan_overview"]
