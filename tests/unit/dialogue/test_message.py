"""How an answer becomes a message."""

from __future__ import annotations

import pytest

from bot.content.schema import Answer, Label
from bot.dialogue.message import buttons, compose, from_content, source_line

LABELS = {n: Label(button=f"B {n}", topic=f"T {n}") for n in ("a", "b", "c", "tell_me_more")}
SOURCE = {"title": "City Hall", "url": "https://example.com/x", "as_at": "2021"}
MORE = {"title": "B tell_me_more", "payload": "/tell_me_more"}


def answer(**values: object) -> Answer:
    return Answer.parse_obj({"text": "Some ten words.", "reviewed": "2026-11-22", "sources": [SOURCE], **values})


def test_only_intents_with_a_label_get_a_button() -> None:
    assert buttons(["a", "unknown"], LABELS) == [{"title": "B a", "payload": "/a"}]


@pytest.mark.parametrize(
    ("count", "line"),
    [
        (0, ""),
        (1, "Source: City Hall, 2021. https://example.com/x"),
        (3, "Source: City Hall, 2021 (and 2 more). https://example.com/x"),
    ],
)
def test_source_line(count: int, line: str) -> None:
    assert source_line([SOURCE] * count) == line


def test_the_safety_line_stands_above_and_the_source_below() -> None:
    message = compose("text", {"sources": [SOURCE]}, [], before="careful")
    assert message["text"].split("\n\n") == ["careful", "text", source_line([SOURCE])]
    assert message["answer"]["text"] == "text"


@pytest.mark.parametrize(
    ("older", "note", "text"),
    [
        (True, "A newer one.", "Some ten words. A newer one."),
        (False, "A newer one.", "Some ten words."),
        (True, None, "Some ten words."),
    ],
)
def test_the_note_on_a_newer_plan(older: bool, note: str | None, text: str) -> None:
    assert from_content("x", answer(older_plan=older), LABELS, note=note)["answer"]["text"] == text


@pytest.mark.parametrize(
    ("more", "following", "payloads"),
    [
        (None, ["a", "b", "c"], ["/a", "/b", "/c"]),
        ("more", ["a", "b", "c"], ["/tell_me_more", "/a", "/b"]),
        ("more", ["a", "tell_me_more"], ["/a", "/tell_me_more"]),
        ("more", [], ["/tell_me_more"]),
    ],
)
def test_more_is_offered_and_never_more_than_three_buttons(
    more: str | None, following: list[str], payloads: list[str]
) -> None:
    message = from_content("x", answer(more=more, next=following), LABELS)
    assert [b["payload"] for b in message["buttons"]] == payloads


def test_parts_carry_what_later_questions_need() -> None:
    parts = from_content("x", answer(more="and on", simple="simply"), LABELS)["answer"]
    assert (parts["name"], parts["more"], parts["simple"]) == ("x", "and on", "simply")
    assert parts["sources"] == [SOURCE]
    assert parts["reviewed"] == "22 November 2026"
