"""Telephone numbers: which are UK numbers, how to call them from a link, and where they stand in a text."""

from __future__ import annotations

import re

import phonenumbers

SHORT = frozenset(
    {"999", "101", "111", "112", "105", "159", "18000", "18001 101", "116 000", "116 123", "61016", "7726", "85258", "82111"}
)  # fmt: skip
"""Short numbers of the directory: no library knows all of them."""
RELAY = "18001 "
"""Typed before a number to call it through Relay UK."""
IN_TEXT = re.compile(
    r"(?<![\d£,.])(?:\+44|0044|\(?0)(?:[ \u00a0.()-]{0,2}\d){8,11}\)?(?!\d)|"
    r"(?<![\d£,./-])(?:0800 1111|18001 \d[\d ]+\d|116 ?(?:000|123)|\d{5}(?!,\d)|7726|999|101|111|112|105|159)(?![\d/-]|[.,]\d)"
)
"""Anything in a text that people could take for a number to call or to text."""


def is_uk_number(written: str) -> bool:
    """Whether `written` is a UK number in one of the usual spacings, or a short number that is known."""
    if written in SHORT:
        return True
    number = written.removeprefix(RELAY)
    if number != number.strip() or not re.fullmatch(r"[\d ]+", number) or "  " in number:
        return False
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return False
    return (
        number.startswith("0") and not number.startswith("00") and phonenumbers.is_valid_number_for_region(parsed, "GB")
    )


def link(written: str) -> str:
    """The address that dials a number: "tel:08081689111"."""
    return f"tel:{digits(written)}"


def digits(written: str) -> str:
    """The number as digits alone, for comparing: the same whether it is written for this country or for calls from abroad."""
    return re.sub(r"^(?:0044|44)(?=\d{9,10}$)", "0", re.sub(r"\D", "", written.replace("(0)", "")))
