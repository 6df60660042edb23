"""Telegram's own ways: keyboards, edits, stickers, groups, other machines, and how a broken message is mended."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.dialogue.message import ANSWER
from bot.guard.gate import ONLY_SIGNS
from bot.messaging.desk import GROUP
from bot.places import Point
from tests.channels.platforms.telegram import TelegramPlatform
from tests.channels.serving import HELLO
from tests.channels.talking import PICTURED, Talk, talking


@pytest.fixture
async def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Talk]:
    async with talking(TelegramPlatform, tmp_path, monkeypatch) as opened:
        yield opened


@pytest.fixture
def telegram(talk: Talk) -> TelegramPlatform:
    assert isinstance(talk.platform, TelegramPlatform)
    return talk.platform


async def test_a_button_is_answered_and_its_waiting_sign_ends(talk: Talk, telegram: TelegramPlatform) -> None:
    await talk.answers(telegram.press(telegram.person, "/ask_plan_overview"))
    assert talk.agent.heard == ["/ask_plan_overview"]
    assert "answerCallbackQuery" in [method for method, _ in telegram.calls]
    assert not telegram.pressed


async def test_a_button_pressed_twice_is_two_wishes_but_its_delivery_counts_once(
    talk: Talk, telegram: TelegramPlatform
) -> None:
    webhook = telegram.press(telegram.person, "/ask_plan_overview")
    await talk.answers(webhook)
    await talk.answers(webhook)
    await talk.answers(telegram.press(telegram.person, "/ask_plan_overview"))
    assert talk.agent.heard == ["/ask_plan_overview"] * 2


async def test_a_button_that_was_tampered_with_is_text(talk: Talk, telegram: TelegramPlatform) -> None:
    await talk.answers(telegram.press(telegram.person, '/restart{"x": 1}'))
    await talk.answers(telegram.press(telegram.person, "/action_erase_all"))
    assert not [text for text in talk.agent.heard if text.startswith("/")]


@pytest.mark.parametrize(("typed", "heard"), [
    ("/start", "/greet"), ("/start from-a-link", "/greet"), ("/help", "/ask_capabilities"), ("/help@plan_bot", "/ask_capabilities"),
    ("/delete", "/delete_my_data"), ("/settings", "settings"), ("/START", "/greet"), ("/help he is hitting me", "help he is hitting me"),
    ("/start my husband is beating me", "start my husband is beating me"), ("/delete he keeps hitting me", "delete he keeps hitting me"),
    ("/help\nsend the police now", "help send the police now"),
])  # fmt: skip
async def test_commands(talk: Talk, typed: str, heard: str) -> None:
    await talk.say(typed)
    assert talk.agent.heard == [heard]


async def test_an_edit_with_other_words_is_answered_and_one_without_is_not(
    talk: Talk, telegram: TelegramPlatform
) -> None:
    first = telegram.message(telegram.person, text="burglaries in camdn", message_id=77)
    await talk.answers(telegram.update(message=first))
    same = {**first, "edit_date": int(time.time())}
    assert await talk.answers(telegram.update(edited_message=same)) == []
    corrected = {**same, "text": "burglaries in camden"}
    assert await talk.answers(telegram.update(edited_message=corrected))
    assert talk.agent.heard == ["burglaries in camdn", "burglaries in camden"]


@pytest.mark.parametrize("content", [
    {"sticker": {"file_id": "x", "emoji": "👍"}}, {"voice": {"file_id": "x", "duration": 3}}, {"photo": [{"file_id": "x"}]},
    {"contact": {"phone_number": "+447700900999", "first_name": "Alex"}}, {"poll": {"id": "1", "question": "?"}},
    {"document": {"file_id": "x"}}, {"video_note": {"file_id": "x"}}, {"dice": {"emoji": "🎲", "value": 3}},
])  # fmt: skip
async def test_what_cannot_be_read_hears_so_and_is_not_kept(
    talk: Talk, telegram: TelegramPlatform, content: dict[str, Any]
) -> None:
    seen = await talk.answers(telegram.update(message=telegram.message(telegram.person, **content)))
    assert [s.text for s in seen] == [ONLY_SIGNS]
    assert talk.agent.heard == []


async def test_words_below_a_picture_are_read(talk: Talk, telegram: TelegramPlatform) -> None:
    message = telegram.message(telegram.person, photo=[{"file_id": "x"}], caption="what is the plan?")
    await talk.answers(telegram.update(message=message))
    assert talk.agent.heard == ["what is the plan?"]


@pytest.mark.parametrize("update", [
    {"message_reaction": {"chat": {"id": 1}, "message_id": 1, "new_reaction": [{"type": "emoji", "emoji": "👍"}]}},
    {"my_chat_member": {"chat": {"id": 1, "type": "private"}, "new_chat_member": {"status": "kicked"}}},
    {"channel_post": {"message_id": 1, "chat": {"id": -100, "type": "channel"}, "text": "news"}},
    {"poll": {"id": "1"}}, {"inline_query": {"id": "1", "query": "x"}}, {}, {"message": None}, {"message": []},
    {"message": {"message_id": 1}}, {"callback_query": {"id": "1"}}, {"message": {"chat": {"id": "x"}, "from": {"id": 1}}},
])  # fmt: skip
async def test_updates_that_need_no_answer_are_taken_in_silence(
    talk: Talk, telegram: TelegramPlatform, update: dict[str, Any]
) -> None:
    assert (await talk.post(telegram.update(**update))).status_code == 200
    await talk.quiet()
    assert (talk.agent.heard, telegram.calls) == ([], [])


async def test_another_machine_is_not_answered(talk: Talk, telegram: TelegramPlatform) -> None:
    message = telegram.message(telegram.person, text="hello, I am a machine")
    message["from"]["is_bot"] = True
    assert await talk.answers(telegram.update(message=message)) == []
    assert talk.agent.heard == []


async def test_in_a_group_only_the_way_to_a_private_chat_is_told_and_once(
    talk: Talk, telegram: TelegramPlatform
) -> None:
    def said(text: str) -> Any:
        message = telegram.message(telegram.person, text=text)
        return telegram.update(message={**message, "chat": {"id": -1001234, "type": "supergroup", "title": "Street"}})

    seen = await talk.answers(said("@plan_bot my husband hits me"), "-1001234")
    assert [s.text for s in seen] == [GROUP]
    assert await talk.answers(said("@plan_bot hello"), "-1001234") == []
    assert talk.agent.heard == []


async def test_danger_in_a_group_always_hears_999(talk: Talk, telegram: TelegramPlatform) -> None:
    for _ in range(3):
        message = telegram.message(telegram.person, text="@plan_bot my husband hits me, help")
        group = telegram.update(message={**message, "chat": {"id": -1001234, "type": "group", "title": "Street"}})
        assert [s.text for s in await talk.answers(group, "-1001234")] == [GROUP]
    assert talk.agent.heard == []


async def test_a_time_that_is_none_harms_nobody(talk: Talk, telegram: TelegramPlatform) -> None:
    message = {**telegram.message(telegram.person, text="hello there"), "date": 10**400}
    assert await talk.answers(telegram.update(message=message))


async def test_a_live_place_is_answered_once(
    talk: Talk, telegram: TelegramPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Point] = []

    async def at(point: Point) -> dict[str, Any]:
        asked.append(point)
        return {"status": "found", "ward": "Nunhead", "borough": "Southwark", "sent": True}

    monkeypatch.setattr(talk.channel.conversations._places, "at", at)
    where = {"latitude": 51.4613, "longitude": -0.0521, "live_period": 900}
    message = telegram.message(telegram.person, location=where)
    await talk.answers(telegram.update(message=message))
    moved = {**message, "edit_date": int(time.time()), "location": {**where, "latitude": 51.4615}}
    assert await talk.answers(telegram.update(edited_message=moved)) == []
    assert talk.agent.heard == ["/ask_local_police"]
    assert asked == [Point(51.4613, -0.0521)]


async def test_an_old_update_is_left_alone(talk: Talk, telegram: TelegramPlatform) -> None:
    message = {**telegram.message(telegram.person, text="hello there"), "date": int(time.time()) - 3 * 86_400}
    assert await talk.answers(telegram.update(message=message)) == []
    assert talk.agent.heard == []


async def test_text_with_marks_of_html_arrives_as_it_is(talk: Talk) -> None:
    text = 'If you <3 London & its 50% "plans", call 999. <b>Now</b> & then.'
    talk.agent.says = [{"text": text, ANSWER: {"name": "x", "text": text, "safety": True}}]
    assert (await talk.say("hello there"))[0].text == text


async def test_a_picture_goes_with_its_words(talk: Talk, telegram: TelegramPlatform) -> None:
    chart = {
        "type": "line",
        "title": "Burglaries <in> Camden",
        "alt": "Line & all.",
        "labels": [],
        "values": [],
        "unit": "",
        "source": "MPS.",
    }
    talk.agent.says = [{**HELLO, ANSWER: {**HELLO[ANSWER], "chart": chart, "picture": "/pictures/abc.png"}}]
    seen = await talk.say("hello there")
    assert seen[1].picture == "https://chat.example.org/pictures/abc.png"
    assert "Burglaries <in> Camden. Line & all. MPS." in seen[1].text


async def test_a_picture_that_telegram_cannot_fetch_is_told_in_words(
    talk: Talk, telegram: TelegramPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    talk.channel.public = "http://not-encrypted.example.org"
    talk.agent.says = [PICTURED]
    seen = await talk.say("hello there")
    assert (seen[1].picture, seen[1].text) == (None, "Burglaries. From 1 to 2. MPS.")


async def test_somebody_who_has_left_is_not_written_to_again(
    talk: Talk, telegram: TelegramPlatform, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def gone(request: Any) -> Any:
        from aiohttp import web

        body = {"ok": False, "error_code": 403, "description": "Forbidden: bot was blocked by the user"}
        telegram.calls.append(("sendMessage", {}))
        return web.json_response(body, status=403)

    monkeypatch.setattr(telegram, "take", gone)
    await talk.post(telegram.text(telegram.person, "hello there"))
    await talk.quiet()
    assert len(telegram.calls) <= 4, "tried once each way, and not over and over"
    assert talk.channel.desk
    assert not talk.channel.desk.records.is_waiting(talk.channel.desk.sender(telegram.person))


async def test_json_that_is_deep_or_wide_is_refused_or_left_alone(talk: Talk, telegram: TelegramPlatform) -> None:
    wide = json.dumps({"message": {f"k{n}": n for n in range(3_000)}}).encode()
    assert (await talk.post(telegram.signed(wide, {}))).status_code == 200
