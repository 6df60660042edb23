"""What a service sends is made plain: no markup, no scripts, no hidden characters, only plausible contacts."""

from __future__ import annotations

import time
import unicodedata
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import LONDON
from bot.sources.contacts import contact_details, email, link, phone
from bot.sources.text import HIDDEN, LONGEST_RAW, moment, number, plain, records

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("hello", "hello"),
        ("<p>The <b>Castle</b>\u00a0area&nbsp;&amp; parks.</p>\n<p>Two</p>", "The Castle area & parks. Two"),
        ("one<br/>two<BR>three", "one two three"),
        ("a<script>alert(1)</script>b", "a b"),
        ("a<SCRIPT type=x>if (1 < 2) alert('</p>')</SCRIPT >b", "a b"),
        ("a<style>p { color: red }</style>b", "a b"),
        ("a<svg><text>x</text></svg>b", "a b"),
        ("a<script>never closed", "a"),
        ("&lt;script&gt;alert(1)&lt;/script&gt;b", "b"),
        ("&amp;lt;script&amp;gt;alert(1)&amp;lt;/script&amp;gt;b", "b"),
        ("<scr<script>ipt>alert(1)</script>", "ipt alert(1)"),
        ("<img src=x onerror=alert(1)>b", "b"),
        ("a <!-- hidden --> b", "a b"),
        ("<![x[ y ]]>z", "z"),
        ("fewer than 5 < 6 & more", "fewer than 5 6 & more"),
        ("<li>one</li><li><i>t</i>wo <b>x</b>, y</li> .", "one two x, y."),
        ("a\u202eb\u200b\u2066c\u00add\x00e\x07", "abcde"),
        ("a\u2028b\u3000c\td", "a b c d"),
        ("cafe\u0301", "café"),
        ("\ud800x", "x"),
        ("&#x202e;x&#0;", "x\ufffd"),
        ("  ", None),
        ("<p></p>", None),
        ("", None),
        (None, None),
        (7, None),
        (["a"], None),
    ],
)
def test_plain(raw: Any, expected: str | None) -> None:
    assert plain(raw, 100) == expected


def test_long_text_is_cut_after_a_word() -> None:
    assert plain("one two, three", 11) == "one two…"
    assert plain("x" * 50, 10) == "x" * 9 + "…"
    assert plain("exactly", 7) == "exactly"


@given(st.text(st.characters() | st.sampled_from("<>&;!-[]/\"'=abps"), max_size=300), st.integers(1, 60))
def test_plain_text_is_plain(raw: str, longest: int) -> None:
    text = plain(raw, longest)
    if text is not None:
        assert 0 < len(text) <= longest
        assert text == text.strip() and "  " not in text and not set(text) & {"<", ">", "\n"}
        assert not any(unicodedata.category(c) in HIDDEN for c in text)
        text.encode()


@pytest.mark.parametrize("piece", ["<", "<!--", "<a ", "&", "<![", "<script>", "</", "<a b='"])
def test_no_text_takes_long(piece: str) -> None:
    started = time.monotonic()
    plain(piece * LONGEST_RAW * 20, 100)
    assert time.monotonic() - started < 1


@given(JSON)
def test_any_value_is_what_it_should_be_or_none(value: Any) -> None:
    assert plain(value, 10) is None or isinstance(value, str)
    found = number(value, -90, 90)
    assert found is None or -90 <= found <= 90
    when = moment(value)
    assert when is None or when.tzinfo is not None
    assert all(isinstance(r, dict) for r in records(value, 2)) and len(records(value, 2)) <= 2
    for check in (email, phone, link):
        assert check(value) is None or isinstance(value, str)
    assert contact_details(value) != {}


@pytest.mark.parametrize(
    ("value", "expected"),
    [(51, 51.0), ("51.5", 51.5), (" 51.5 ", 51.5), (True, None), ("nan", None), (float("inf"), None), (10**400, None),
     ("x", None), (200, None), (None, None), ("9" * 400, None)],
)  # fmt: skip
def test_number(value: Any, expected: float | None) -> None:
    assert number(value, -90, 90) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2016-09-17T12:00:00", datetime(2016, 9, 17, 12, tzinfo=LONDON)),
        ("2016-09-17", datetime(2016, 9, 17, tzinfo=LONDON)),
        ("2016-07-17T12:00:00Z", datetime(2016, 7, 17, 13, tzinfo=LONDON)),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("17/09/2016", None),
        ("2016-13-40", None),
        ("", None),
        (20160917, None),
    ],
)
def test_moment(value: Any, expected: datetime | None) -> None:
    assert moment(value) == expected


@pytest.mark.parametrize(
    "address",
    [
        "https://www.met.police.uk/a/b?c=d#e",
        "http://police.uk",
        "https://www.police.uk:443/x",
        "https://MET.POLICE.UK/",
    ],
)
def test_links_of_the_police(address: str) -> None:
    assert link(address) == address


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)", "data:text/html,x", "ftp://met.police.uk/", "//met.police.uk/", "met.police.uk",
        "https://police.uk.evil.com/", "https://evilpolice.uk/", "https://evil.com/police.uk", "https://police.uk@evil.com/",
        "https://evil.com#.police.uk", "https://evil.com\\.police.uk/", "https://met.police.uk:8080/", "https://met.police.uk:99999/",
        "https://met.police.uk/a b", "https://met.police.uk/\u202e", "https://met.police.uk/<script>", "https://met.police.uk/](x",
        "https://" + "a" * 300 + ".police.uk/", "", None, 7,
    ],
)  # fmt: skip
def test_other_links_are_left_out(address: Any) -> None:
    assert link(address) is None


@pytest.mark.parametrize("text", ["101", "020 7946 0123", "+44 20 7946 0123", "(020) 7946-0123", "07700 900123", "+44 (0)20 7946 0123"])  # fmt: skip
def test_phones(text: str) -> None:
    assert phone(text) == text


@pytest.mark.parametrize("text", ["", "ring us", "0900 123 4567", "0909 8790123", "070 1234 5678", "1", "+1 555 0100", "12345678901234567890", "101 or 999", None, 101])  # fmt: skip
def test_other_phones_are_left_out(text: Any) -> None:
    assert phone(text) is None


@pytest.mark.parametrize("text", ["Peckham.SNT@met.police.uk", "a@police.uk", "b.npa@leicestershire.pnn.police.uk"])
def test_emails(text: str) -> None:
    assert email(text) == text


@pytest.mark.parametrize("text", ["", "a", "a@b.com", "a@police.uk.com", "a@evilpolice.uk", "a b@met.police.uk", "a@met.police.uk,b@c.de", None, 7])  # fmt: skip
def test_other_emails_are_left_out(text: Any) -> None:
    assert email(text) is None


def test_contact_details() -> None:
    assert (
        contact_details({}) is contact_details(None) is contact_details([]) is contact_details({"rank": "PC"}) is None
    )
    assert contact_details({"email": "", "telephone": None, "web": "http://evil.com"}) is None
    assert contact_details(
        {
            "telephone": "101",
            "twitter": "@MPSPeckham",
            "facebook": "https://facebook.com/x",
            "youtube": "http://evil.com",
        }
    ) == {"telephone": "101", "twitter": "https://twitter.com/MPSPeckham", "facebook": "https://facebook.com/x"}
