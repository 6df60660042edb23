"""The answers that come first."""

from __future__ import annotations

from datetime import date

import pytest

from bot.content.store import Content
from bot.dialogue import safety
from bot.nlu.safety_intents import BY_URGENCY, DOUBT, SURE


@pytest.mark.parametrize("intent", BY_URGENCY)
def test_every_safety_intent_has_an_answer_marked_as_such(content: Content, in_force: date, intent: str) -> None:
    message = safety.answer(intent, content, {})
    assert message["answer"]["safety"] is True
    assert "999" in message["text"]
    shown = [s["id"] for s in message["answer"]["services"]]
    assert shown == ([] if intent == "emergency" else content.help.services_for(safety.NEED[intent]))
    assert all(content.services[i].name in message["text"] for i in shown)


@pytest.mark.parametrize(
    ("entity", "value", "need"),
    [
        ("support_need", "domestic-abuse", "domestic-abuse"),
        ("crime_type", "rape", "sexual-violence"),
        ("support_need", "homelessness", "victim-support"),
        ("crime_type", "unheard_of", "victim-support"),
    ],
)
def test_what_was_named_chooses_the_services(
    content: Content, in_force: date, entity: str, value: str, need: str
) -> None:
    message = safety.answer("disclose_harm", content, {"entities": [{"entity": entity, "value": value}]})
    assert [s["id"] for s in message["answer"]["services"]] == content.help.services_for(need)
    line = content.answer("safe_device", in_force).text
    assert (line in message["text"]) is content.help.needs_safe_device(need)


@pytest.mark.parametrize(("signal", "said"), [(None, False), ({"level": SURE}, False), ({"level": DOUBT}, True)])
def test_a_line_when_in_doubt(content: Content, in_force: date, signal: dict | None, said: bool) -> None:
    line = safety.line_when_in_doubt({"safety": signal}, content)
    assert line == (content.answer("safety_line", in_force).text if said else None)


def test_prepend() -> None:
    message = {"text": "b", "buttons": [], "answer": {"text": "b"}}
    assert safety.prepend(message, None) is message
    assert safety.prepend(message, "a") == {"text": "a\n\nb", "buttons": [], "answer": {"text": "b"}}
    assert message["text"] == "b"
