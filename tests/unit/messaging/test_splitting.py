"""Texts cut at the ends of sentences."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messaging.capabilities import SMS, WHATSAPP
from bot.messaging.gsm7 import segments
from bot.messaging.splitting import fill, pieces, sentences, shortened

NUMBERS = ["0808 168 9111", "116 123", "18001 101", "+44 20 7946 0000", "020 7946 0018", "(020) 7946 0018", "0800 1111"]
ADDRESSES = ["https://www.gov.uk/report-crime?a=1&b=2", "help@galop.org.uk", "https://victimsupport.org.uk/a.b"]
WORDS = [
    "call",
    "Police",
    "e.g.",
    "St. James's",
    "9 a.m.",
    "10.5",
    "£4.4 billion",
    "• Galop:",
    "“now”",
    "বিপদে",
    "危险。",
    "Jeśli",
    "👩‍👩‍👧",
    "🇬🇧",
]
GAPS = [" ", " ", " ", ". ", "? ", "! ", "\n", "\n\n", "। ", ", "]
PARTS = st.tuples(st.sampled_from([*NUMBERS, *ADDRESSES, *WORDS]), st.sampled_from(GAPS))
TEXTS = st.lists(PARTS, max_size=60).map(lambda made: "".join(word + gap for word, gap in made))
ANYTHING = st.text(st.characters(blacklist_categories=["Cs"]), max_size=200)


def up_to(most: int):  # noqa: ANN201
    return lambda text: len(text) <= most


def solid(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two? Three! Four", ["One. ", "Two? ", "Three! ", "Four"]),
        ("Ask e.g. Galop. Now", ["Ask e.g. Galop. ", "Now"]),
        ("St. James's. Dr. Khan", ["St. James's. ", "Dr. Khan"]),
        ("At 9 a.m. Monday, 10.5 per cent. It rose", ["At 9 a.m. Monday, 10.5 per cent. ", "It rose"]),
        ("See No. 10. No. Not now", ["See No. 10. ", "No. ", "Not now"]),
        ("By J. Smith. And I. Then", ["By J. Smith. ", "And I. ", "Then"]),
        ("Choose:\n1. Report it\n2. Stop", ["Choose:\n", "1. Report it\n", "2. Stop"]),
        ('Say "Police." Then wait', ['Say "Police." ', "Then wait"]),
        ("• One. Two\n• Three\n\nFour", ["• One. ", "Two\n", "• Three\n\n", "Four"]),
        ("See https://a.org/b. Then", ["See https://a.org/b. ", "Then"]),
        ("কল করুন। এখন", ["কল করুন। ", "এখন"]),
        ("خطر ہے۔ ابھی", ["خطر ہے۔ ", "ابھی"]),
        ("危险。请拨打 999。", ["危险。", "请拨打 999。"]),
        ("", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(ANYTHING | TEXTS)
def test_sentences_are_the_text(text: str) -> None:
    assert "".join(sentences(text)) == text
    assert all(sentences(text))


@given(TEXTS, st.integers(50, 300))
def test_pieces_are_the_text_and_fit_and_cut_nothing_that_belongs_together(text: str, most: int) -> None:
    made = pieces(text, up_to(most))
    assert solid("".join(made)) == solid(text)
    assert all(piece == piece.strip() and 0 < len(piece) <= most for piece in made)
    for whole in (*NUMBERS, *ADDRESSES, "👩‍👩‍👧", "🇬🇧"):
        assert sum(piece.count(whole) for piece in made) == text.strip().count(whole)


@given(ANYTHING, st.integers(30, 60))
def test_any_text_is_cut_between_characters(text: str, most: int) -> None:
    made = pieces(text, up_to(most))
    assert solid("".join(made)) == solid(text)
    if not re.search(r"[\W\d_]", re.sub(r"\s", "", text)):
        # with letters alone, a piece never begins with a sign that belongs to the letter before it
        assert not any(unicodedata.combining(piece[0]) for piece in made[1:])


@given(TEXTS)
def test_a_piece_ends_with_a_sentence_when_one_fits(text: str) -> None:
    for piece in pieces(text, up_to(400))[:-1]:
        assert any(piece.endswith(sentence.strip()) for sentence in sentences(text) if sentence.strip())


@given(TEXTS)
def test_pieces_are_as_few_as_sentences_allow(text: str) -> None:
    made = pieces(text, up_to(300))
    for piece, following in zip(made, made[1:], strict=False):
        assert len(f"{piece} {sentences(following)[0].strip()}") > 300 - 2


@given(TEXTS)
def test_sms_pieces_have_at_most_three_segments(text: str) -> None:
    assert all(segments(piece) <= 3 for piece in pieces(text, SMS.fits))


def test_emoji_count_as_platforms_count_them() -> None:
    assert [len(piece) for piece in pieces("😀" * 1_000, WHATSAPP.fits)] == [750, 250]


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("e\u0301" * 4, 3, ["e\u0301"] * 4),
        ("👩‍👩‍👧👩‍👩‍👧", 6, ["👩‍👩‍👧"] * 2),
        ("👍🏽👍🏽", 3, ["👍🏽"] * 2),
        ("🇬🇧🇬🇧🇵🇱", 5, ["🇬🇧🇬🇧", "🇵🇱"]),
        ("2️⃣3️⃣", 4, ["2️⃣", "3️⃣"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
    ],
)
def test_a_word_too_long_is_cut_between_what_people_see_as_characters(
    text: str, most: int, expected: list[str]
) -> None:
    assert pieces(text, up_to(most)) == expected


def test_a_number_goes_to_the_next_piece_whole() -> None:
    assert pieces("please call 0808 168 9111, free", up_to(20)) == ["please call", "0808 168 9111, free"]


def test_white_space_between_sentences_stays_inside_a_piece() -> None:
    assert fill(["One.\n\n", "Two. ", "Three"], up_to(10)) == ("One.\n\nTwo.", ["Three"])


def test_the_rest_of_a_cut_sentence_keeps_its_distance_from_the_next() -> None:
    first, left = fill(["one two three\n\n", "Four"], up_to(8))
    assert (first, "".join(left)) == ("one two", "three\n\nFour")


def test_nothing_fits() -> None:
    with pytest.raises(ValueError, match="nothing fits"):
        pieces("abc", up_to(0))


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("Report it", 20, "Report it"),
        ("1. Where figures come from", 20, "1. Where figures…"),
        ("1. Incomprehensibilities", 12, "1. Incompre…"),
        ("abc 0808 168 9111", 14, "abc…"),
        ("e\u0301e\u0301e\u0301", 4, "e\u0301…"),
        ("abcdef", 1, "…"),
    ],
)
def test_shortened(text: str, most: int, expected: str) -> None:
    assert shortened(text, up_to(most)) == expected
