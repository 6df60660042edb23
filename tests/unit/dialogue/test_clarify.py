"""What is said when a message was not understood."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bot.content.store import Content
from bot.dialogue.clarify import clarify

TWO = {
    "understanding": {"status": "ambiguous"},
    "intent_ranking": [{"name": "greet"}, {"name": "ask_mopac"}, {"name": "find_support"}],
}
ONE = {
    "understanding": {"status": "ambiguous"},
    "intent_ranking": [{"name": "ask_mopac"}, {"name": "unknown"}, {"name": "deny"}],
}


@pytest.mark.parametrize(
    ("parsed", "misses", "name", "payloads", "yes"),
    [
        (TWO, 0, "nlu_fallback_ask", ["/ask_mopac", "/find_support", "/deny"], None),
        (ONE, 0, "nlu_fallback_ask", ["/ask_mopac", "/deny"], "ask_mopac"),
        ({"topics": ["ask_mopac"]}, 0, "nlu_fallback_topics", ["/ask_mopac", "/deny"], "ask_mopac"),
        (
            {"topics": ["unknown", "ask_mopac", "find_support"]},
            0,
            "nlu_fallback_topics",
            ["/ask_mopac", "/find_support", "/deny"],
            None,
        ),
        (
            {**TWO, "understanding": {"status": "unsure"}},
            0,
            "nlu_fallback",
            ["/ask_plan_overview", "/ask_statistics", "/find_support"],
            None,
        ),
        ({}, 0, "nlu_fallback", ["/ask_plan_overview", "/ask_statistics", "/find_support"], None),
        (TWO, 1, "nlu_fallback_contacts", ["/ask_capabilities", "/find_support", "/ask_have_say_now"], None),
    ],
)
def test_clarify(
    content: Content,
    in_force: date,
    parsed: dict[str, Any],
    misses: int,
    name: str,
    payloads: list[str],
    yes: str | None,
) -> None:
    message = clarify(parsed, misses, content)
    assert message["answer"]["name"] == name
    assert [b["payload"] for b in message["buttons"]] == payloads
    assert message["answer"].get("yes") == yes
    assert message["answer"]["question"] is True


def test_a_question_back_uses_words_for_people(content: Content) -> None:
    text = clarify(ONE, 0, content)["text"]
    assert content.labels["ask_mopac"].topic in text
    assert "ask_mopac" not in text
