"""One turn of a conversation: guard first, never silence."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.core.channels.channel import UserMessage

from bot.channels import conversation as module
from bot.channels.collector import Collector
from bot.channels.conversation import ERASING, SORRY, Conversations
from bot.guard.gate import EMPTY, TOO_FAST, Guard
from bot.settings import GuardSettings


@pytest.fixture
def conversations() -> Conversations:
    made = Conversations()
    made._guard = Guard(lambda: {"greet"}, GuardSettings(longest=500, per_minute=1e9, burst=10**9, waiting=0))
    return made


def answering(name: str = "greet", seen: list[str] | None = None) -> Any:
    async def handle(message: UserMessage) -> None:
        if seen is not None:
            seen.append(message.text)
        await message.output_channel.send_response(
            message.sender_id, {"text": "an answer", "answer": {"name": name, "small_talk": True}}
        )

    return handle


async def test_the_answer_comes_back(conversations: Conversations) -> None:
    said = await conversations.say("hello", "c", "rest", answering())
    assert said == [
        {
            "recipient_id": "c",
            "text": "an answer",
            "answer": {"name": "greet", "small_talk": True, "status": "small_talk"},
        }
    ]


async def test_understanding_sees_the_guarded_text(conversations: Conversations) -> None:
    seen: list[str] = []
    for raw in ("/restart", "/greet", "in SE15 4AB"):
        await conversations.say(raw, "c", "rest", answering(seen=seen))
    assert seen == ["restart", "/greet", "in SE15"]


async def test_a_refusal_reaches_nobody_else(conversations: Conversations) -> None:
    seen: list[str] = []
    said = await conversations.say(None, "c", "rest", answering(seen=seen))
    assert (said[0]["text"], said[0]["answer"]["name"], seen) == (EMPTY, "empty", [])


async def test_a_failure_is_not_silent(conversations: Conversations) -> None:
    async def handle(_: UserMessage) -> None:
        raise RuntimeError

    assert [m["text"] for m in await conversations.say("hello", "c", "rest", handle)] == [SORRY]


async def test_an_empty_answer_is_not_silent(conversations: Conversations) -> None:
    async def handle(_: UserMessage) -> None:
        return None

    assert [m["text"] for m in await conversations.say("hello", "c", "rest", handle)] == [SORRY]


async def test_an_answer_that_takes_too_long_is_not_waited_for(
    conversations: Conversations, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def handle(_: UserMessage) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr(module, "TURN_SECONDS", 0.01)
    assert [m["text"] for m in await conversations.say("hello", "c", "rest", handle)] == [SORRY]


async def test_too_many_at_once(conversations: Conversations) -> None:
    async def handle(_: UserMessage) -> None:
        inner = await conversations.say("hello", "c", "rest", answering())
        assert [m["text"] for m in inner] == [TOO_FAST]
        other = await conversations.say("hello", "d", "rest", answering())
        assert [m["text"] for m in other] == ["an answer"]
        raise KeyError("checked")

    assert [m["text"] for m in await conversations.say("hello", "c", "rest", handle)] == [SORRY]


@pytest.mark.parametrize(("name", "erased"), [(ERASING, ["c"]), ("x", [])])
async def test_data_is_erased_only_when_asked(conversations: Conversations, name: str, erased: list[str]) -> None:
    done: list[str] = []
    await conversations.say("hello", "c", "rest", answering(name), done.append)
    assert done == erased


async def test_the_collector_keeps_the_whole_message() -> None:
    collector = Collector()
    button = {"title": "A", "payload": "/a"}
    await collector.send_response("c", {"text": "t", "buttons": [{**button, "extra": 1}], "answer": {"name": "x"}})
    await collector.send_response("c", {"text": None, "buttons": []})
    assert collector.messages == [
        {"recipient_id": "c", "text": "t", "buttons": [button], "answer": {"name": "x"}},
        {"recipient_id": "c", "text": ""},
    ]
