"""Masking of what nobody types by chance: long, strange, and made to keep a rule busy."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard.personal_data import REMOVED, mask
from bot.guard.personal_data.writing import folded, lowered

LENGTH = 10_000
MOST_SECONDS = 60.0
"""Of processor time for one text. It takes a fraction of a second; a rule that goes back and forth would take hours."""
UNITS = [
    "a", "1", "a.a.", "1 ", "@", "12 a ", "a1 ", "+1", "1-", "flat 1, ", "0 ", "00", "o", "o1", "one ", "one 1 ", "born ", "born 1 ",
    "a@", "a.", "@a ", "1.1.", "a:", "::", "1:1:", "ig ", "insta @", "x ", "username ", "username a", "dob 1/", "SE15 ", "SE15,", "e1 1a",
    "s 1 ", "reg ", "reg a", "passport ", "passport 1 ", "visa a", "ni ab", "4111 ", "card 4", "nhs 1", "sort 1", "account ", "gb29 ",
    "at gmail dot ", "a dot ", "a at ", "flat 1 a ", "live at 1 ", "my address 1 ab ", "a street ", "street 1", "double ", "00 1 ", "+44",
    "44 7", "7 ", "12.1234 ", "aa11 ", "jan 1 ", "1 jan ", "2021-22 ", "\0", "'", "_", "-", "abcde123", "(at)", "<a ", "#", "a#1234 ",
    "0/", "07/", "instagram.com/a", "t.me/", "(removed)", "İ", "٠", "E1 6AN ", "E1 6AN6AN",
]  # fmt: skip


@pytest.mark.parametrize("unit", UNITS)
def test_a_long_text_is_read_through_once(unit: str) -> None:
    text = (unit * (LENGTH // len(unit) + 1))[:LENGTH] + "!"
    mask("")
    started = time.process_time()
    mask(text)
    assert time.process_time() - started < MOST_SECONDS


@given(st.lists(st.sampled_from(UNITS), max_size=40).map("".join))
def test_mixed_rules_never_raise(text: str) -> None:
    assert isinstance(mask(text), str)


@given(st.text(max_size=200))
def test_what_is_read_is_as_long_as_the_text(text: str) -> None:
    assert len(folded(text)) == len(lowered(text)) == len(text)


CARDS = st.integers(10**14, 10**15 - 1).map(lambda n: f"4{n}")
GROUPED = st.sampled_from(["{0}{1}{2}{3}", "{0} {1} {2} {3}", "{0}-{1}-{2}-{3}", "{0}.{1}.{2}.{3}"])
BEFORE = st.sampled_from(["", " ", ", ", "my ", "it is ", "("])
AFTER = st.sampled_from(["", " ", ", ", " please", "!", ")"])


def with_check_digit(number: str) -> str:
    digits = [int(c) for c in reversed(number[:-1])]
    total = sum(sum(divmod(2 * n, 10)) if i % 2 == 0 else n for i, n in enumerate(digits))
    return f"{number[:-1]}{-total % 10}"


@given(CARDS.map(with_check_digit), GROUPED, BEFORE, AFTER)
def test_no_card_is_left(card: str, form: str, before: str, after: str) -> None:
    written = form.format(card[:4], card[4:8], card[8:12], card[12:])
    assert mask(f"{before}{written}{after}") == f"{before}{REMOVED}{after}"


LETTERS = st.text(st.sampled_from("ABCEGHJKLMNPRSTWXYZ"), min_size=2, max_size=2).filter(lambda two: "O" not in two)
FIGURES = st.integers(0, 999_999).map(lambda n: f"{n:06d}")


@given(
    LETTERS,
    FIGURES,
    st.sampled_from("ABCD"),
    st.sampled_from(["{0}{1}{2}", "{0} {3} {4} {5} {2}", "{0}{1} {2}"]),
    BEFORE,
)
def test_no_national_insurance_number_is_left(prefix: str, six: str, suffix: str, form: str, before: str) -> None:
    written = form.format(prefix, six, suffix, six[:2], six[2:4], six[4:])
    assert mask(f"{before}{written} please") == f"{before}{REMOVED} please"


PHONES = st.integers(0, 10**9 - 1).map(lambda n: f"{n:09d}")


@given(PHONES, st.sampled_from("127"), st.text(st.sampled_from(" -."), min_size=10, max_size=10), BEFORE)
def test_no_number_of_a_phone_is_left(nine: str, kind: str, gaps: str, before: str) -> None:
    number = f"0{kind}{nine}"
    written = "".join(f"{digit}{gap}" for digit, gap in zip(number, gaps, strict=False)) + number[-1]
    masked = mask(f"{before}{written} please")
    assert sum(c.isdigit() for c in masked) == 0
