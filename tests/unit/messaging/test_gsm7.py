"""How many segments an SMS has, and what becomes of signs outside its alphabet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messaging.gsm7 import segments, to_alphabet

# typed from the standard (3GPP TS 23.038), and not asked of the codec
BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = "€[]{}^~|\\"
EVERYTHING = st.text(st.characters(blacklist_categories=["Cs"]), max_size=200)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("a" * 459, 3),
        ("a" * 460, 4),
        (BASIC, 1),
        ("€" * 80, 1),
        ("€" * 80 + "a", 2),
        # 153 is odd: each part holds 76 signs of two places and one place stays empty
        ("€" * 152, 2),
        ("€" * 153, 3),
        ("a" + "€" * 152, 2),
        ("ł" * 70, 1),
        ("ł" * 71, 2),
        ("ł" * 134, 2),
        ("ł" * 135, 3),
        ("আপনি এখন বিপদে" + "a" * 56, 1),
        ("اتصل" + "a" * 67, 2),
        ("😀" * 35, 1),
        # 67 is odd as well: 33 emoji a part
        ("😀" * 36, 2),
        ("😀" * 66, 2),
        ("😀" * 67, 3),
        ("a" * 70 + "😀", 2),
    ],
)
def test_segments(text: str, expected: int) -> None:
    assert segments(text) == expected


@given(st.text(BASIC + EXTENDED, max_size=700))
def test_segments_of_the_alphabet_as_a_phone_would_fill_them(text: str) -> None:
    places = "".join("ee" if c in EXTENDED else "b" for c in text)
    parts, left = 0, places
    while left:
        cut = left[:153]
        # an odd number of escaped halves at the end means that a sign is cut
        if len(cut) == 153 and (len(cut) - len(cut.rstrip("e"))) % 2:
            cut = cut[:-1]
        parts, left = parts + 1, left[len(cut) :]
    assert segments(text) == (1 if len(places) <= 160 else parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“Don’t” – call…", '"Don\'t" - call...'),
        ("• one\n• two", "- one\n- two"),
        ("a\u00a0b\u200bc\tz", "a bc z"),
        ("£4.4 billion, €5", "£4.4 billion, €5"),
        ("Allí también, São João, ça", "Alli también, Sao Joao, ca"),
        ("cafe\u0301", "café"),
        ("Jeśli również", "Jeśli również"),
        ("Şu anda", "Şu anda"),
        ("আপনি – ‘999’", "আপনি - '999'"),
        ("إذا كنت", "إذا كنت"),
        ("á 😀", "á 😀"),
        # by itself it would make another sign of what stands behind it
        ("call\x1be", "calle"),
        ("ﬁve ②", "five 2"),
    ],
)
def test_to_alphabet(text: str, expected: str) -> None:
    assert to_alphabet(text) == expected


@given(EVERYTHING)
def test_to_alphabet_makes_no_message_dearer_and_settles_at_once(text: str) -> None:
    written = to_alphabet(text)
    # three signs for one may take a segment more, but only inside an alphabet
    grown = sum(text.count(c) * 3 for c in "…½¼¾™©®")
    assert len(written) <= len(text) * 3 + grown + 20
    assert to_alphabet(written) == written


@given(st.text(st.sampled_from("abc ’‘“”–—•…\u00a0áíóúâçëïãő"), min_size=1, max_size=60))
def test_letters_and_their_order_stay(text: str) -> None:
    def bare(told: str) -> str:
        return "".join(c for c in told.translate(str.maketrans("áíóúâçëïã", "aiouaceia")) if c.isalpha())

    assert bare(to_alphabet(text)) == bare(text)
