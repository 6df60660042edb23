"""Telephone numbers: what is one, how it is dialled, and where one stands in a text."""

from __future__ import annotations

import pytest

from bot.content import numbers
from bot.content.store import Content


@pytest.mark.parametrize(
    "written",
    [
        "999",
        "101",
        "116 123",
        "85258",
        "020 7364 5006",
        "0800 1111",
        "0808 2000 247",
        "18001 0808 168 9111",
        "07717 989 025",
    ],
)
def test_uk_numbers(written: str) -> None:
    assert numbers.is_uk_number(written)


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "998", "116 124", "85259", "020 7364 500", "020 7364 50066", "+44 20 7364 5006", "020-7364-5006",
        "020  7364 5006", " 020 7364 5006", "7364 5006", "18001", "1 800 555 0100", "020 7364 500O", "0044 20 7364 5006",
    ],
)  # fmt: skip
def test_other_things_are_none(written: str) -> None:
    assert not numbers.is_uk_number(written)


@pytest.mark.parametrize(
    ("written", "link"), [("0808 168 9111", "tel:08081689111"), ("999", "tel:999"), ("116 123", "tel:116123")]
)
def test_link(written: str, link: str) -> None:
    assert numbers.link(written) == link


@pytest.mark.parametrize(
    "frame",
    [
        "call {}.",
        "call {}, free",
        "{}",
        pytest.param(
            "({})", marks=pytest.mark.xfail(strict=True, reason="the bracket before a number is taken for a part of it")
        ),
    ],
)
def test_every_number_of_the_directory_is_found_whole(content: Content, frame: str) -> None:
    for i, s in content.services.items():
        for number in (s.phone, s.text, s.textphone, s.relay, s.out_of_hours):
            if number:
                assert numbers.IN_TEXT.findall(frame.format(number)) == [number], i


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ring 020 7946 0000 or 101", ["020 7946 0000", "101"]),
        ("ring +442079460000", ["+442079460000"]),
        ("ring 020-7946-0000", ["020-7946-0000"]),
        ("116123", ["116123"]),
        ("text 61016.", ["61016"]),
        ("in 2026, on 22 November 2026", []),
        ("it costs £12345 or 12,345 crimes or 10.101", []),
        ("2023-101", []),
        ("1999", []),
        ("from 9:00 to 17:30", []),
        ("https://www.bbc.co.uk/news/uk-48423791", []),
        ("ring (020) 7946 0000", ["(020) 7946 0000"]),
        ("ring 020.7946.0000", ["020.7946.0000"]),
        ("ring 020\u00a07946\u00a00000", ["020\u00a07946\u00a00000"]),
        ("ring 0808 168 9111/0808 500 2222", ["0808 168 9111", "0808 500 2222"]),
    ],
)
def test_numbers_in_a_text(text: str, found: list[str]) -> None:
    assert numbers.IN_TEXT.findall(text) == found
