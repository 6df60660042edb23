""" "Tell me more", "where is that from" and "simpler" on the last answer."""

from __future__ import annotations

from typing import Any

import pytest

from bot.content.store import Content
from bot.dialogue.followups import give_source, simpler_or_again, tell_more

SOURCE = {"title": "City Hall", "url": "https://example.com/x", "as_at": "2021"}
LAST: dict[str, Any] = {"name": "x", "text": "the text", "more": "the more", "simple": "the simple", "sources": [SOURCE], "reviewed": "1 May 2023"}  # fmt: skip


def test_before_any_answer_there_is_nothing_to_follow(content: Content) -> None:
    for message in (tell_more(None, content), simpler_or_again(None, "simpler", content), give_source(None, content)):
        assert message["answer"]["name"] == "nothing_said"
        assert message["buttons"]


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        ({}, "the more"),
        ({"more": None}, "That is all I know on this. The source below may say more."),
        ({"more": None, "sources": []}, "That is all I know on this."),
    ],
)
def test_tell_more(content: Content, changed: dict, text: str) -> None:
    assert tell_more({**LAST, **changed}, content)["answer"]["text"] == text


@pytest.mark.parametrize(
    ("typed", "simple", "text"),
    [
        ("say it more simply", "the simple", "the simple"),
        ("I don't UNDERSTAND", "the simple", "the simple"),
        ("/repeat", "the simple", "the simple"),
        ("say that again", "the simple", "the text"),
        ("say it more simply", None, "the text"),
    ],
)
def test_simpler_or_again(content: Content, typed: str, simple: str | None, text: str) -> None:
    assert simpler_or_again({**LAST, "simple": simple}, typed, content)["answer"]["text"] == text


def test_give_source_names_every_source_and_its_date(content: Content) -> None:
    text = give_source({**LAST, "sources": [SOURCE, {**SOURCE, "title": "The Met", "as_at": "2022"}]}, content)["text"]
    assert "City Hall, 2021. https://example.com/x" in text
    assert "The Met, 2022" in text
    assert "1 May 2023" in text


def test_what_has_no_source_says_so(content: Content) -> None:
    assert "has no source" in give_source({**LAST, "sources": []}, content)["text"]


def test_a_followup_is_marked_and_stays_safe(content: Content) -> None:
    parts = tell_more({**LAST, "safety": True}, content)["answer"]
    assert parts["followup"] is True
    assert parts["safety"] is True
    assert "safety" not in tell_more(LAST, content)["answer"]
