"""Questions about figures in words alone, when they were taken for something out of scope."""

from __future__ import annotations

import pytest

from bot.content.store import Content
from bot.dialogue.figures import words_alone


@pytest.mark.parametrize(
    ("text", "name", "word"),
    [
        ("how much crime near me", "which_borough", "Which borough"),
        ("how many crimes did my neighbour commit", "no_person", "never about one person"),
        ("burglaries in manchester", "only_london", "Manchester"),
        ("burglaries in narnia borough", "no_borough", "no London borough called Narnia"),
        ("is crime in south london worse", "no_parts", "bigger than a borough"),
    ],
)
def test_words(content: Content, text: str, name: str, word: str) -> None:
    found = words_alone(text, content)
    assert found
    assert found["answer"]["name"] == name
    assert word in found["text"]
    assert found["buttons"]


@pytest.mark.parametrize(
    "text", ["when are my bins collected", "a good pub near me", "weather in manchester", "", "😀", "x" * 10_000]
)
def test_anything_else_is_left_alone(content: Content, text: str) -> None:
    assert words_alone(text, content) is None


def test_a_borough_alone_goes_on_from_it(content: Content) -> None:
    found = words_alone("crime near me", content)
    assert found and found["answer"]["question_asked"]["periods"] == []
