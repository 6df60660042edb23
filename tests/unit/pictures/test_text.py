"""Text of any kind becomes lines that fit; numbers never turn into nothing."""

from __future__ import annotations

import pytest

from bot.pictures.text import MISSING, clean, drawable, number, wrap


def ten_each(text: str) -> float:
    return 10.0 * len(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two\n lines\tand  more", "two lines and more"),
        ("a\u202eb\u200bc\x00d\ud800e", "abcde"),
        ("", ""),
        ("$x^2$", "$x^2$"),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_clean_is_bounded() -> None:
    assert clean("x" * 1_000_000, 50) == "x" * 49 + "…"


def test_what_the_font_lacks_is_a_square() -> None:
    assert drawable("a\U0001f9d1\U0001f9d2b", {ord("a"), ord("b")}) == f"a{MISSING}b"


def test_wrap_keeps_words_whole_and_loses_none() -> None:
    assert wrap("one two three four", 90, 9, ten_each) == ["one two", "three", "four"]


def test_wrap_breaks_a_word_that_is_too_long() -> None:
    assert wrap("abcdefghij k", 40, 9, ten_each) == ["abcd", "efgh", "ij k"]


def test_wrap_says_that_something_is_left_out() -> None:
    lines = wrap("one two three four", 70, 2, ten_each)
    assert lines == ["one two", "three…"]
    assert all(ten_each(line) <= 70 for line in lines)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1234567, "1,234,567"), (2346.0, "2,346"), (48.5, "48.5"), (0.0, "0"), (-12.4, "−12.4"), (0.04, "0.04"),
        (0.0000001, "under 0.0001"),
    ],
)  # fmt: skip
def test_numbers(value: float, expected: str) -> None:
    assert number(value) == expected
