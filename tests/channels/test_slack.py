"""Slack's own ways: the challenge, deliveries that are tried again, threads, mentions, edits and other machines."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from bot.dialogue.message import ANSWER
from bot.guard.gate import ONLY_SIGNS
from tests.channels.platforms.platform import Webhook
from tests.channels.platforms.slack import SlackPlatform
from tests.channels.serving import is_problem
from tests.channels.talking import PICTURED, Talk, talking

CHANNEL = "C0STAFF"


@pytest.fixture
async def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    async with talking(SlackPlatform, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def slack(talk: Talk) -> SlackPlatform:
    assert isinstance(talk.platform, SlackPlatform)
    return talk.platform


async def test_the_challenge_is_met_when_it_is_signed(talk: Talk, slack: SlackPlatform) -> None:
    body = json.dumps({"type": "url_verification", "token": "x", "challenge": "3eZbrw1aB"}).encode()
    answer = await talk.post(slack.signed(body, {}))
    assert (answer.status_code, answer.json()) == (200, {"challenge": "3eZbrw1aB"})
    is_problem(await talk.post(Webhook(body, {"content-type": "application/json"})), 403, "3eZbrw1aB")


@pytest.mark.parametrize("seconds", [-290, 0, 290])
async def test_within_five_minutes_a_request_is_good(talk: Talk, slack: SlackPlatform, seconds: int) -> None:
    webhook = slack.text(slack.person, "hello there")
    await talk.answers(slack.signed(webhook.body, {}, at=int(time.time()) + seconds))
    assert talk.agent.heard == ["hello there"]


async def test_a_delivery_that_slack_tries_again_is_answered_once(talk: Talk, slack: SlackPlatform) -> None:
    webhook = slack.text(slack.person, "hello there")
    await talk.answers(webhook)
    for n in range(1, 4):
        again = slack.signed(webhook.body, {"x-slack-retry-num": str(n), "x-slack-retry-reason": "http_timeout"})
        assert (await talk.post(again)).status_code == 200
    await talk.quiet()
    assert talk.agent.heard == ["hello there"]


async def test_a_first_delivery_that_never_came_is_answered_at_the_second(talk: Talk, slack: SlackPlatform) -> None:
    webhook = slack.text(slack.person, "hello there")
    again = slack.signed(webhook.body, {"x-slack-retry-num": "1", "x-slack-retry-reason": "connection_failed"})
    assert await talk.answers(again)


async def test_a_mention_in_a_channel_is_answered_in_its_thread(talk: Talk, slack: SlackPlatform) -> None:
    event = {"type": "app_mention", "user": slack.person, "text": "<@U0BOT> how many burglaries in <http://camden.gov|camden>?",
             "ts": f"{int(time.time())}.000100", "channel": CHANNEL, "event_ts": "1"}  # fmt: skip
    await talk.answers(slack.event(**event), CHANNEL)
    assert talk.agent.heard == ["how many burglaries in camden?"]
    assert slack.last_thread == event["ts"]


async def test_a_mention_in_a_private_chat_is_one_message(talk: Talk, slack: SlackPlatform) -> None:
    message = slack.message(slack.person, "<@U0BOT> hello there")
    await talk.answers(slack.event(**message))
    await talk.answers(slack.event(**{**message, "type": "app_mention"}))
    assert talk.agent.heard == ["hello there"]


@pytest.mark.parametrize("change", [
    {"bot_id": "B1"}, {"subtype": "bot_message", "bot_id": "B1"}, {"subtype": "channel_join"}, {"channel_type": "channel"},
    {"subtype": "message_deleted"}, {"user": None}, {"channel_type": "group"}, {"channel_type": "mpim"}, {"type": "reaction_added"},
    {"type": "app_home_opened"}, {"subtype": "message_changed", "message": None}, {"type": None},
])  # fmt: skip
async def test_events_that_need_no_answer_are_taken_in_silence(
    talk: Talk, slack: SlackPlatform, change: dict[str, Any]
) -> None:
    message = {**slack.message(slack.person, "hello there"), **change}
    assert (await talk.post(slack.event(**message))).status_code == 200
    await talk.quiet()
    assert (talk.agent.heard, slack.calls) == ([], [])


async def test_a_correction_is_answered_and_a_preview_is_not(talk: Talk, slack: SlackPlatform) -> None:
    message = slack.message(slack.person, "burglaries in camdn")
    await talk.answers(slack.event(**message))

    def changed(text: str) -> Webhook:
        inner = {"type": "message", "user": slack.person, "text": text, "ts": message["ts"]}
        return slack.event(**{**message, "subtype": "message_changed", "message": inner, "text": None})

    assert await talk.answers(changed("burglaries in camdn")) == []
    assert await talk.answers(changed("burglaries in camden"))
    assert talk.agent.heard == ["burglaries in camdn", "burglaries in camden"]


async def test_slacks_marks_are_read_as_people_see_them(talk: Talk, slack: SlackPlatform) -> None:
    text = "is 3 &lt; 4 &amp; <https://x.test/a?b=c> or <tel:101|101> right, <@U123>? <!here> <#C1|general>"
    await talk.answers(slack.event(**slack.message(slack.person, text)))
    assert talk.agent.heard == ["is 3 < 4 & https://x.test/a?b=c or 101 right, ? general"]


async def test_a_file_alone_hears_that_words_are_needed(talk: Talk, slack: SlackPlatform) -> None:
    seen = await talk.answers(
        slack.event(**slack.message(slack.person, "", subtype="file_share", files=[{"id": "F1"}]))
    )
    assert [s.text for s in seen] == [ONLY_SIGNS]


async def test_a_picture_has_its_words_for_those_who_cannot_see_it(talk: Talk) -> None:
    talk.agent.says = [PICTURED]
    seen = await talk.say("hello there")
    assert (seen[1].picture, seen[1].alt) == (
        "https://chat.example.org/pictures/abc.png",
        "Burglaries. From 1 to 2. MPS.",
    )


async def test_a_link_in_the_source_does_not_break_the_message(talk: Talk) -> None:
    source = {"title": "A <Plan> | & more", "url": "https://x.test/a|b>c?d=e&f", "as_at": "24 March 2022"}
    whole = f"Words.\n\nSource: {source['title']}, 24 March 2022. {source['url']}"
    talk.agent.says = [{"text": whole, ANSWER: {"name": "x", "text": "Words.", "sources": [source]}}]
    seen = await talk.say("hello there")
    assert "24 March 2022" in seen[0].text and "https://x.test/a%7Cb%3Ec" in seen[0].text


async def test_how_a_body_is_read_is_not_told_by_what_is_not_signed(talk: Talk, slack: SlackPlatform) -> None:
    press = json.dumps(
        {
            "type": "block_actions",
            "user": {"id": "UVICTIM"},
            "actions": [{"value": "/delete_my_data", "action_ts": "1.1"}],
        }
    )
    message = slack.message(slack.person, f"&payload={press}")
    webhook = slack.event(**message)
    await talk.post(Webhook(webhook.body, {**webhook.headers, "content-type": "application/x-www-form-urlencoded"}))
    await talk.quiet()
    assert "/delete_my_data" not in talk.agent.heard


@pytest.mark.parametrize(
    "payload", ["", "[]", "{}", "x", '{"type": "view_submission"}', '{"type": "block_actions", "actions": [null]}']
)
async def test_presses_that_are_none_harm_nobody(talk: Talk, slack: SlackPlatform, payload: str) -> None:
    form = urlencode({"payload": payload}).encode()
    answer = await talk.post(slack.signed(form, {"content-type": "application/x-www-form-urlencoded"}))
    assert answer.status_code in (200, 400)
    await talk.quiet()
    assert talk.agent.heard == []
