"""While the assistant is off: the operator's message for everybody, the whole answer for who is in danger, and nothing kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from typing import Any

import pytest

from bot.channels.conversation import NOT_ERASED, Conversations
from bot.content.store import Content
from bot.dialogue.message import ANSWER
from bot.guard.gate import DANGER
from bot.operations import state, while_off
from bot.operations.state import Off, ServiceState
from bot.operations.while_off import PLAIN_WORDS, Understanding

AWAY = Off("We are repairing the assistant.")
TOLD = f"We are repairing the assistant.\n\n{DANGER}"


@pytest.fixture
def off() -> Iterator[None]:
    """The assistant of this process is off."""
    state.shared().publish(ServiceState(1, off=AWAY))
    yield
    state.shared().publish(ServiceState())


async def nobody(_: Any) -> None:
    pytest.fail("it was stored")


def understanding(
    parsed: dict[str, Any] | None = None, error: Exception | None = None, waits: float = 0
) -> Understanding:
    async def parse(_: str) -> dict[str, Any]:
        await asyncio.sleep(waits)
        if error:
            raise error
        return parsed or {}

    made = Understanding()
    made.parse = parse
    return made


async def said(text: str | None, found_by: Understanding | None = None, off: Off = AWAY) -> tuple[str, str]:
    """Name and text of the answer."""
    (message,) = await while_off.answer(off, text, "c", found_by or Understanding())
    assert message[ANSWER]["kept"] is False
    assert "buttons" not in message
    return message[ANSWER]["name"], message["text"]


@pytest.mark.parametrize("text", ["Who wrote the Plan?", "/ask_mopac", "2", None, "how many burglaries in Camden"])
async def test_everybody_hears_the_message(text: str | None) -> None:
    assert await said(text) == ("off", TOLD)


@pytest.mark.parametrize("text", ["he is hitting me", "I want to kill myself", "/emergency", "/child_at_risk"])
async def test_danger_is_answered_by_patterns_alone(text: str, content: Content) -> None:
    name, answer = await said(text)
    assert name in ("emergency", "wellbeing_crisis", "child_at_risk")
    assert "999" in answer
    assert TOLD not in answer


async def test_danger_that_only_the_model_knows_is_answered() -> None:
    sure = understanding({"safety": {"intent": "disclose_harm", "level": "sure", "by": "classifier"}, "entities": []})
    assert (await said("something happened to me at home", sure))[0] == "disclose_harm"
    doubt = understanding({"safety": {"intent": "disclose_harm", "level": "doubt", "by": "classifier"}})
    assert await said("something happened to me at home", doubt) == ("off", TOLD)


@pytest.mark.parametrize("broken", [understanding(error=RuntimeError("broken")), understanding(waits=1)])
async def test_understanding_that_is_broken_or_slow_stops_nobody(
    broken: Understanding, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(while_off, "UNDERSTANDING_SECONDS", 0.05)
    assert (await said("he is hitting me", broken))[0] == "emergency"
    assert await said("Who wrote the Plan?", broken) == ("off", TOLD)


@pytest.mark.parametrize(
    "text",
    [
        "delete my data",
        "Please delete all of my messages.",
        "erase this conversation",
        "/delete_my_data",
        "wipe my chat history",
    ],
)
async def test_a_wish_to_be_forgotten_is_heard(text: str) -> None:
    assert (await said(text))[0] == "delete_my_data"


@pytest.mark.parametrize("text", ["do you delete my data", "how do I delete a post about my data", "my data"])
async def test_a_question_on_it_erases_nothing(text: str) -> None:
    assert (await said(text))[0] == "off"


async def test_a_wish_to_be_forgotten_that_the_model_is_sure_of() -> None:
    sure = understanding({"intent": {"name": "delete_my_data", "confidence": 0.9}})
    guessed = understanding({"intent": {"name": "delete_my_data", "confidence": 0.3}})
    assert (await said("can all of that go away", sure))[0] == "delete_my_data"
    assert (await said("can all of that go away", guessed))[0] == "off"


async def test_broken_content_still_says_what_to_do_in_danger(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise KeyError("switched_off")

    monkeypatch.setattr(while_off, "shared", broken)
    assert await said("hello", off=Off()) == ("off", f"{PLAIN_WORDS}\n\n{DANGER}")


def test_usual_text_names_the_time() -> None:
    until = time.time() + 3600
    text = while_off.text_of(Off("", until), "I am off.")
    assert text.startswith("I am off. I expect to be back on ")
    assert text.endswith(DANGER)


@pytest.mark.parametrize(("message", "added"), [("Away. In danger call 999.", False), ("Away since 1999 or so.", True)])
def test_line_of_danger_is_said_once(message: str, added: bool) -> None:
    assert (DANGER in while_off.text_of(Off(message), "")) is added


@pytest.mark.parametrize("raw", ["Who wrote the Plan?", "", "   ", None, "x" * 5_000, "!!!"])
async def test_nothing_reaches_the_store(off: None, raw: object) -> None:
    (message,) = await Conversations().say(raw, "c", "rest", nobody)
    assert (message[ANSWER]["name"], message[ANSWER]["status"], message["text"]) == ("off", "off", TOLD)


async def test_many_messages_at_once_hear_the_message_too(off: None) -> None:
    talk = Conversations()
    for _ in range(40):
        (message,) = await talk.say("Who wrote the Plan?", "c", "rest", nobody)
        assert message["text"] == TOLD


async def test_a_button_that_was_offered_still_erases(off: None) -> None:
    done: list[str] = []

    async def offered(_: str) -> list[dict[str, str]]:
        return [{"title": "Delete it", "payload": "/delete_my_data"}]

    (message,) = await Conversations().say("1", "c", "sms", nobody, done.append, offered=offered)
    assert (message[ANSWER]["name"], message[ANSWER]["status"], done) == ("delete_my_data", "erased", ["c"])


async def test_an_erasure_that_fails_is_said(off: None) -> None:
    def erase(_: str) -> None:
        raise OSError("disk")

    (message,) = await Conversations().say("delete my data", "c", "sms", nobody, erase)
    assert message["text"] == NOT_ERASED


async def test_danger_is_answered_by_a_channel(off: None) -> None:
    (message,) = await Conversations().say("he is hitting me " + "x " * 3_000, "c", "rest", nobody)
    assert message[ANSWER]["status"] == "safety"
    assert message[ANSWER]["kept"] is False
