"""Plain text: one form, no hidden characters, single spaces."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard.text import HIDDEN, KEPT_FORMAT, has_words, plain

ANY_TEXT = st.text(st.characters(), max_size=200)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("hello", "hello"),
        ("  hello \t\n world  ", "hello world"),
        ("a\u00a0b\u2003c", "a b c"),
        ("ｋｎｉｆｅ", "knife"),
        ("／restart", "/restart"),
        ("ﬁgures", "figures"),
        ("cafe\u0301", "café"),
        ("kni\u200bfe", "knife"),
        ("\ufeffhello", "hello"),
        ("a\u202eb", "ab"),
        ("a\u00adb", "ab"),
        ("a\x00b\x07", "ab"),
        ("a\ud800b", "ab"),
        ("a\ue000b", "ab"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("\u2028a\u2029b", "a b"),
        ("", ""),
        ("\u200b\x00", ""),
    ],
)
def test_plain(raw: str, expected: str) -> None:
    assert plain(raw) == expected


@given(ANY_TEXT)
def test_plain_never_raises_and_hides_nothing(raw: str) -> None:
    text = plain(raw)
    assert text == " ".join(text.split())
    assert not [c for c in text if unicodedata.category(c) in HIDDEN and c not in KEPT_FORMAT]


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
def test_plain_only_folds_spaces_in_ordinary_text(raw: str) -> None:
    assert plain(raw) == " ".join(raw.split())


@given(ANY_TEXT)
def test_plain_gives_text_that_can_be_stored(raw: str) -> None:
    assert plain(raw).encode("utf-8").decode("utf-8") == plain(raw)


@pytest.mark.parametrize("text", ["a", "9", "🙂 ok", "مرحبا", "é", "?1"])
def test_words_are_found(text: str) -> None:
    assert has_words(text)


@pytest.mark.parametrize("text", ["", "?!", "🙂", "/", "...", "\u200d", "_", "- -"])
def test_signs_are_not_words(text: str) -> None:
    assert not has_words(text)


@pytest.mark.parametrize(("raw", "expected"), [
    ("\u200d" * 9_000, "\u200d" * 9_000), ("a" + "\u200d" * 9_000 + "b", "ab"), ("\u200d" * 3 + "b", "b"), ("a" + "\u200d" * 3, "a"),
])  # fmt: skip
def test_a_run_of_joiners_goes_whole_or_stays_whole(raw: str, expected: str) -> None:
    assert plain(raw) == expected
