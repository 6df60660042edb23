"""Messenger's own ways: the challenge, several events at once, quick replies, echoes and reactions."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.guard.gate import ONLY_SIGNS
from bot.places import Point
from tests.channels.platforms.messenger import PAGE, VERIFY_TOKEN, MessengerPlatform
from tests.channels.platforms.platform import numbered
from tests.channels.serving import HELLO, is_problem
from tests.channels.talking import PICTURED, Talk, talking


@pytest.fixture
async def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    async with talking(MessengerPlatform, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def messenger(talk: Talk) -> MessengerPlatform:
    assert isinstance(talk.platform, MessengerPlatform)
    return talk.platform


async def test_the_challenge_is_met_with_the_right_token_only(talk: Talk, messenger: MessengerPlatform) -> None:
    asks = {"hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": VERIFY_TOKEN}
    answer = await talk.client.get(messenger.path, params=asks)
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")
    for wrong in (
        {"hub.verify_token": "x"}, {"hub.verify_token": ""}, {"hub.verify_token": "é"}, {"hub.mode": "unsubscribe"},
        {"hub.challenge": "<script>"}, {"hub.challenge": ""},
    ):  # fmt: skip
        is_problem(await talk.client.get(messenger.path, params={**asks, **wrong}), 403)
    is_problem(await talk.client.get(messenger.path), 403)


async def test_several_events_of_one_request_are_all_answered(talk: Talk, messenger: MessengerPlatform) -> None:
    first = messenger.message(messenger.person, text="one of us")
    second = messenger.message(messenger.another, text="the other")
    await talk.answers(messenger.events(first, second, {"sender": {"id": "1"}, "read": {"watermark": 1}}))
    assert sorted(talk.agent.heard) == ["one of us", "the other"]


async def test_quick_replies_stay_at_the_end(talk: Talk, messenger: MessengerPlatform) -> None:
    talk.agent.says = [PICTURED]
    await talk.say("hello there")
    seen = await talk.say("and again")
    assert seen[0].text.startswith("Hello.")
    assert [s.text for s in seen][1:] == ["Burglaries. From 1 to 2. MPS.", ""]
    assert seen[-1].picture == "https://chat.example.org/pictures/abc.png"
    assert seen[-1].buttons == {"About the Plan": "/ask_plan_overview"}


async def test_the_first_answer_comes_before_the_notice_and_buttons_after_it(talk: Talk) -> None:
    seen = await talk.say("hello there")
    assert seen[0].text.startswith("Hello.")
    assert seen[-1].buttons == {"About the Plan": "/ask_plan_overview"}


async def test_long_titles_are_numbered_in_the_text(talk: Talk, messenger: MessengerPlatform) -> None:
    titles = ["Where figures come from", "Say it more simply"]
    talk.agent.says = [{**HELLO, "buttons": [{"title": t, "payload": f"/ask_{n}"} for n, t in enumerate(titles)]}]
    await talk.say("hello there")
    seen = await talk.say("again")
    assert numbered(seen[0].text) == {titles[0]: "1", titles[1]: "2"}
    assert all(len(title) <= 20 for title in seen[0].buttons)
    assert [t[:2] for t in seen[0].buttons] == ["1.", "2."]


@pytest.mark.parametrize("content", [
    {"attachments": [{"type": "audio", "payload": {"url": "https://x.test"}}]},
    {"attachments": [{"type": "image", "payload": {"sticker_id": 369239263222822, "url": "https://x.test"}}], "sticker_id": 1},
    {"attachments": [{"type": "location", "payload": {"coordinates": {"lat": "x", "long": None}}}]},
    {"attachments": [None, "x", {}]},
])  # fmt: skip
async def test_what_cannot_be_read_hears_so(talk: Talk, messenger: MessengerPlatform, content: dict[str, Any]) -> None:
    seen = await talk.answers(messenger.events(messenger.message(messenger.person, **content)))
    assert [s.text for s in seen] == [ONLY_SIGNS]
    assert talk.agent.heard == []


async def test_a_place_leads_to_the_local_police(
    talk: Talk, messenger: MessengerPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Point] = []

    async def at(point: Point) -> dict[str, Any]:
        asked.append(point)
        return {"status": "unavailable", "sent": True}

    monkeypatch.setattr(talk.channel.conversations._places, "at", at)
    await talk.answers(messenger.location(messenger.person, 51.4613, -0.0521))
    assert (asked, talk.agent.heard) == ([Point(51.4613, -0.0521)], ["/ask_local_police"])


@pytest.mark.parametrize("content", [
    {"message": {"mid": "m_e", "text": "our own words", "is_echo": True, "app_id": 1}}, {"reaction": {"action": "react", "emoji": "👍"}},
    {"delivery": {"mids": ["m_1"], "watermark": 1}}, {"read": {"watermark": 1}}, {"optin": {"ref": "x"}}, {"message": {}}, {},
    {"message": {"mid": "m_d", "is_deleted": True}}, {"referral": {"ref": "x"}}, {"postback": {"title": "x"}}, {"message": None},
])  # fmt: skip
async def test_events_that_need_no_answer_are_taken_in_silence(
    talk: Talk, messenger: MessengerPlatform, content: dict[str, Any]
) -> None:
    assert (await talk.post(messenger.events(messenger.event(messenger.person, **content)))).status_code == 200
    await talk.quiet()
    assert (talk.agent.heard, messenger.calls) == ([], [])


async def test_a_button_of_the_page_is_a_choice(talk: Talk, messenger: MessengerPlatform) -> None:
    event = messenger.event(messenger.person, postback={"mid": "m_p", "title": "Get started", "payload": "/greet"})
    await talk.answers(messenger.events(event))
    await talk.answers(messenger.events(event))
    assert talk.agent.heard == ["/greet"]


async def test_an_event_of_days_ago_is_left_alone(talk: Talk, messenger: MessengerPlatform) -> None:
    old = {
        **messenger.message(messenger.person, text="hello there"),
        "timestamp": int((time.time() - 3 * 86_400) * 1000),
    }
    await talk.answers(messenger.events(old))
    assert talk.agent.heard == []


async def test_many_messages_of_one_request_are_all_answered(talk: Talk, messenger: MessengerPlatform) -> None:
    people = [f"70090012300{n:05d}" for n in range(60)]
    many = messenger.events(*(messenger.message(person, text="я" * 450) for person in people))
    assert 64_000 < len(many.body) < 500_000
    await talk.answers(many)
    assert len(talk.agent.heard) == 60


async def test_what_the_page_itself_says_and_times_that_are_none(talk: Talk, messenger: MessengerPlatform) -> None:
    own = messenger.message(PAGE, text="hello there")
    odd = {**messenger.message(messenger.person, text="one of us"), "timestamp": 10**400}
    await talk.answers(messenger.events(own, odd))
    assert talk.agent.heard == ["one of us"]


async def test_other_objects_than_a_page_are_not_ours(talk: Talk, messenger: MessengerPlatform) -> None:
    body = messenger.text(messenger.person, "hello there").body.replace(b'"page"', b'"instagram"')
    assert (await talk.post(messenger.signed(body, {}))).status_code == 200
    await talk.quiet()
    assert talk.agent.heard == []


async def test_the_token_is_not_in_the_address(talk: Talk, messenger: MessengerPlatform) -> None:
    await talk.say("hello there")
    assert all("appsecret_proof" in body for _, body in messenger.calls)
