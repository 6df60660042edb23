"""Dates of birth, where somebody says that it is one: other dates are what people ask about."""

from __future__ import annotations

from collections.abc import Iterator

from bot.guard.personal_data.writing import Span, rule, spans

MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,7}"
ORDINAL = r"(?:st|nd|rd|th)?"
YEAR = r"(?:\d{4}|\d{2})"
BY_WORD = r"[\s,./'-]{1,3}(?:in\s+)?"
DATE = (
    rf"(?:\d{{4}}\s?[/. -]\s?\d{{1,2}}\s?[/. -]\s?\d{{1,2}}|\d{{1,2}}\s?[/., -]\s?\d{{1,2}}\s?[/., -]\s?{YEAR}|"
    rf"\d{{1,2}}\s?{ORDINAL}[\s./-]{{0,2}}(?:of\s+)?{MONTH}(?:{BY_WORD}{YEAR})?|"
    rf"{MONTH}[\s./-]{{1,2}}(?:the\s+)?\d{{1,2}}{ORDINAL}(?:{BY_WORD}{YEAR})?|\d{{8}}|\d{{6}})(?![\d/])"
)
BIRTH = r"(?:d\.?\s?o\.?\s?b|(?:date\s?of\s?)?birth(?:\s?(?:date|day))?|b-?day|born)"
WORDS = ("born", "birth", "dob", "d.o", "d o b", "bday", "b-day")
RULES = (
    rule(
        rf"\b{BIRTH}\b[\W_]{{0,4}}(?:(?:is|was|on|the|it|its|it's|in|date|day|number)\b[\W_]{{0,3}}){{0,3}}({DATE})",
        *WORDS, group=1,
    ),
    rule(
        rf"(?<![\d/])({DATE})\W{{1,3}}(?:(?:is|was|that|thats|my|his|her|our|their|the|as)\W{{1,3}}){{0,3}}"
        r"(?:d\.?\s?o\.?\s?b\b|date\s?of\s?birth|birth\s?(?:date|day)|b-?day|born\b)",
        *WORDS, group=1,
    ),
)  # fmt: skip


def find(text: str) -> Iterator[Span]:
    """Where dates of birth stand."""
    return spans(RULES, text)
