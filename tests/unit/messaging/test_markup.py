"""Texts that mean themselves on each channel."""

from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messaging.markup import HTML, SLACK, WHATSAPP, without_signs

TRICKY = st.text(st.sampled_from("ab1 \n*_~`<>&|.\"'•-/:#()é"), max_size=60)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("*bold* and _this_ and ~that~ and ```code```", "bold and this and that and code"),
        ("a*b_c~d", "a*b_c~d"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("*(bold)*", "(bold)"),
        ("> said\n>> twice", "said\ntwice"),
        ("* one\n- two", "• one\n• two"),
        ("well-known, 2-3, -5", "well-known, 2-3, -5"),
        ("see https://a.org/_x_/*y, *now*", "see https://a.org/_x_/y, now"),
        ("*https://a.org/b_c*", "https://a.org/b_c"),
        ("www.gov.uk/a_b", "www.gov.uk/a_b"),
        ("call 0808 168 9111, *free*", "call 0808 168 9111, free"),
    ],
)
def test_without_signs(text: str, expected: str) -> None:
    assert without_signs(text) == expected


@given(TRICKY)
def test_nothing_is_left_that_whatsapp_would_format(text: str) -> None:
    # WhatsApp's own rule: a pair on one line, close around words, with no letter outside
    written = WHATSAPP.plain(text.replace("://", ""))
    for sign in "*_~`":
        assert not re.search(rf"(?<!\w)\{sign}(?=[^\s{sign}])[^\n]*(?<=[^\s{sign}])\{sign}(?!\w)", written), written


@given(TRICKY)
def test_whatsapp_loses_signs_only(text: str) -> None:
    assert re.sub(r"[*_~`>•\s-]", "", WHATSAPP.plain(text)) == re.sub(r"[*_~`>•\s-]", "", text)


@given(TRICKY)
def test_html_means_the_text(text: str) -> None:
    assert html.unescape(HTML.plain(text)) == text
    assert not set(HTML.plain(text)) & set("<>")


def test_html_link_cannot_be_left() -> None:
    link = HTML.link('a" onclick="x', 'https://a.org/?a=1&b="><script>') if HTML.link else ""
    assert link == '<a href="https://a.org/?a=1&amp;b=&quot;&gt;&lt;script&gt;">a" onclick="x</a>'


@given(TRICKY)
def test_slack_has_no_commands_in_a_text(text: str) -> None:
    written = SLACK.plain(text)
    assert not set("<>") & set(written)
    assert re.sub(r"&(?:amp|lt|gt);", "", written).count("&") == 0


def test_slack_link_ends_where_it_should() -> None:
    link = SLACK.link("a|b", "https://a.org/x|y>z&q") if SLACK.link else ""
    assert link == "<https://a.org/x%7Cy%3Ez&amp;q|a/b>"
