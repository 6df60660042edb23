"""Bare words, for looking for names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.plain_words import plain_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Women's Aid – live chat", "womens aid live chat"),
        ("Women’s Aid", "womens aid"),
        ("  A\n\tB  ", "a b"),
        ("999!?", "999"),
        ("Restore:London", "restore london"),
        ("?!", ""),
        ("", ""),
    ],
)
def test_plain_words(text: str, words: str) -> None:
    assert plain_words(text) == words


@given(st.text())
def test_plain_words_stay_as_they_are(text: str) -> None:
    once = plain_words(text)
    assert plain_words(once) == once == " ".join(once.split())
