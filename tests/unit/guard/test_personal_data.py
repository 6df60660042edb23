"""What is taken out of a message before it is stored, and what must stay for the question to be understood."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard.personal_data import REMOVED, mask

E_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
WHOLE_POSTCODE = re.compile(r"\b[a-z]{1,2}\d[a-z\d]?\s?\d[a-z]{2}\b", re.IGNORECASE)

TAKEN_OUT = [
    ("jane.doe@example.com", "(removed)"),
    ("write to j+x@sub.example.gov.uk please", "write to (removed) please"),
    ("JANE_DOE@EXAMPLE.CO.UK", "(removed)"),
    ("<a.b@example.org>", "<(removed)>"),
    ("jane@münchen.de", "(removed)"),
    ("a@example.com, b@example.com", "(removed), (removed)"),
    ("07700900123", "(removed)"),
    ("07700 900 123 is my mobile", "(removed) is my mobile"),
    ("07700-900-123", "(removed)"),
    ("07700.900.123", "(removed)"),
    ("ring +44 7700 900123", "ring (removed)"),
    ("0044 7700 900123", "(removed)"),
    ("020 7946 0123", "(removed)"),
    ("(020) 7946 0018", "(removed)"),
    ("+44 (0)20 7946 0991", "(removed)"),
    ("0161 496 0123", "(removed)"),
    ("+33 1 23 45 67 89", "(removed)"),
    ("+353 1 679 9000", "(removed)"),
    ("07700 900123 and 07700 900456", "(removed) and (removed)"),
    ("4111 1111 1111 1111", "(removed)"),
    ("4111111111111111", "(removed)"),
    ("card 5500-0000-0000-0004 was used", "card (removed) was used"),
    ("378282246310005", "(removed)"),
    ("AB123456C", "(removed)"),
    ("my NI is AB 12 34 56 C", "my NI is (removed)"),
    ("jg123456a", "(removed)"),
    ("born 12/03/1987", "born (removed)"),
    ("born on 12/03/1987", "born on (removed)"),
    ("dob: 1/2/90", "dob: (removed)"),
    ("DOB 12.03.1987", "DOB (removed)"),
    ("date of birth is 01-02-1990", "date of birth is (removed)"),
    ("20-00-00 12345678", "(removed)"),
    ("account number 12345678", "account number (removed)"),
    ("a/c 12345678", "a/c (removed)"),
    ("my account is 12345678", "my account is (removed)"),
    ("I live at 12 High Street", "I live at (removed)"),
    ("flat 3, 12 High Street", "(removed)"),
    ("221b Baker Street", "(removed)"),
    ("10 St Mary's Road", "(removed)"),
    ("3, Elm Gdns", "(removed)"),
    ("45 Acacia Avenue", "(removed)"),
    ("7 Mill Lane", "(removed)"),
    ("22 Nightingale Close, E5", "(removed), E5"),
    ("8 Victoria Park Road", "(removed)"),
    ("33, Brixton Hill", "(removed)"),
    ("12 Station road near the park", "(removed) near the park"),
    ("SE15 4AB", "SE15"),
    ("crime near se154ab?", "crime near se15?"),
    ("SW1A 1AA", "SW1A"),
    ("W1A 0AX.", "W1A."),
    ("(EC1A 1BB)", "(EC1A)"),
    ("SW1A 2AA and N16 8BN", "SW1A and N16"),
    ("N1 9GU/E8 1EA", "N1/E8"),
    ("call 07700 900123, SE15 4AB, a@example.com", "call (removed), SE15, (removed)"),
    ("a n16 8bn", "a n16"),
    ("E1 6AN 6AN", "E1"),
    ("S E 1 5 4 A B", "SE15"),
    ("sw1a oaa", "sw1a"),
    ("İ live at 12 High Street", "İ live at (removed)"),
    ("٠٧٧٠٠٩٠٠١٢٣", "(removed)"),
    ("at 51.47012, -0.06234", "at (removed)"),
    ("07700 900123 2 times", "(removed) 2 times"),
    ("+353 1 679 9000 2021", "(removed) 2021"),
    ("01/02/2021 07700 900123", "01/02/2021 (removed)"),
    ("card 4111 1111 1111 1112", "card (removed)"),
    ("AB 123456 C", "(removed)"),
]

LEFT_ALONE = [
    "999",
    "101",
    "call 999 or 101",
    "116 123",
    "105",
    "2021-2025",
    "the 2022-25 plan",
    "between 2019 and 2021",
    "2018, 2019, 2020, 2021",
    "21 January 2022",
    "16 November 2021 to 21 January 2022",
    "21/01/2022",
    "2022-03-24",
    "16/11/2021-21/01/2022",
    "01/01/2021 to 31/12/2021",
    "2011-12 2012-13 2013-14",
    "Q1 2021",
    "1,234,567 offences",
    "12,345 23,456 34,567",
    "11,345 knife crimes in 2021",
    "from 2010 to 2021 there were 110394 offences",
    "12.5%",
    "£1,000,000",
    "£1.2 billion",
    "9.2 million people",
    "32 boroughs",
    "6000 officers",
    "1 2 3 4 5 6 7 8 9 10",
    "16 Londoners on the street",
    "100 police officers on every street",
    "2 weeks in Park Lane",
    "100 robberies on Oxford Street",
    "5 stabbings in Croydon Road",
    "18 year old walking home on Oxford Street",
    "the 2022 plan on my street",
    "burglary in 2021 in Finsbury Park",
    "1 year ago at Notting Hill",
    "24 hours a day, 7 days a week",
    "20 to 25 year olds",
    "SE15",
    "crime in E5 and N16",
    "at N16 7pm",
    "how many burglaries in Camden in 2021",
    "Oxford Street",
    "@mayoroflondon",
]


@pytest.mark.parametrize(("text", "expected"), TAKEN_OUT)
def test_personal_data_is_taken_out(text: str, expected: str) -> None:
    assert mask(text) == expected


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_the_question_needs_stays(text: str) -> None:
    assert mask(text) == text


def test_there_are_enough_examples() -> None:
    assert len({t for t, _ in TAKEN_OUT}) >= 40
    assert len(set(LEFT_ALONE)) >= 25


def test_a_long_number_that_is_no_card_is_not_taken_for_one() -> None:
    assert mask("4111 1111 1111 1111") == REMOVED
    assert mask("1234 5678 9012 3456 7") != REMOVED


WORDS = st.lists(st.sampled_from(["crime", "in", "my", "area", "please", "Camden", "2021", "why"]), max_size=5).map(
    " ".join
)
POSTCODES = st.from_regex(r"\A(?:[A-Z]{1,2}[1-9][0-9A-Z]?) ?[0-9][ABD-HJLNP-UW-Z]{2}\Z")
ADDRESSES = st.from_regex(r"\A[a-z0-9]{1,8}(?:[._+-][a-z0-9]{1,8})?@[a-z0-9]{1,10}(?:\.[a-z]{2,6}){1,2}\Z")
MARKS = st.sampled_from(["", ".", ",", "!", "?", ")", ";", '"'])


@given(WORDS, POSTCODES, MARKS, WORDS)
def test_no_whole_postcode_is_left(before: str, postcode: str, mark: str, after: str) -> None:
    text = mask(f"{before} {postcode}{mark} {after}")
    assert postcode not in text
    assert not WHOLE_POSTCODE.search(text)


@given(WORDS, ADDRESSES, MARKS, WORDS)
def test_no_e_mail_address_is_left(before: str, address: str, mark: str, after: str) -> None:
    text = mask(f"{before} {address}{mark} {after}")
    assert address not in text
    assert not E_MAIL.search(text)


@given(WORDS, st.integers(0, 999_999).map(lambda n: f"07700{n:06d}"), WORDS)
def test_no_mobile_number_is_left(before: str, number: str, after: str) -> None:
    assert number not in mask(f"{before} call {number} please {after}")


@given(st.text(max_size=200))
def test_mask_never_raises(text: str) -> None:
    assert isinstance(mask(text), str)


@given(st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyz ,.?!'"), max_size=200))
def test_text_without_figures_or_addresses_is_unchanged(text: str) -> None:
    assert mask(text) == text
