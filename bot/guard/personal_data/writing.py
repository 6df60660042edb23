"""What all rules share: a text as they read it, rules with the words that they need, and spans of what was found."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from typing import NamedTuple

Span = tuple[int, int]
# Arabic, Bengali and other digits, dashes, dots and spaces of all kinds: one sign for one, so that places stay the same
SIGNS = {
    **{code: str(unicodedata.decimal(chr(code), 0)) for code in range(128, sys.maxunicode + 1) if chr(code).isdecimal()},
    **dict.fromkeys(map(ord, "‐‑‒–—―−"), "-"),
    **dict.fromkeys(map(ord, "·•․"), "."),
    **dict.fromkeys(map(ord, "’‘`´"), "'"),
    0xA0: " ",
}  # fmt: skip


class Rule(NamedTuple):
    """What to look for in small letters. `words`: one of them must be in the text, which is quickly seen; `group`: what goes."""

    pattern: re.Pattern[str]
    words: tuple[str, ...] = ()
    group: int = 0


def rule(pattern: str, *words: str, group: int = 0) -> Rule:
    return Rule(re.compile(pattern), words, group)


def matches(rules: Iterable[Rule], text: str) -> Iterator[tuple[Span, str]]:
    """Where each rule finds something, and what."""
    for pattern, words, group in rules:
        if not words or has_one(words, text):
            for match in pattern.finditer(text):
                yield match.span(group), match[group]


def has_one(words: Iterable[str], text: str) -> bool:
    """Whether one of the words, or parts of words, is in the text."""
    for word in words:  # noqa: SIM110 - three times as fast as any() here, and done for every rule
        if word in text:
            return True
    return False


def spans(rules: Iterable[Rule], text: str) -> Iterator[Span]:
    """Where each rule finds something."""
    return (span for span, _ in matches(rules, text))


def folded(text: str) -> str:
    """The text with plain digits and signs, exactly as long as it was."""
    return text if text.isascii() else text.translate(SIGNS)


def lowered(text: str) -> str:
    """The text in small letters, exactly as long as it was."""
    low = text.lower()
    if len(low) == len(text):
        return low
    # a Turkish I with its dot becomes two signs
    return "".join(small if len(small := c.lower()) == 1 else c for c in text)


def digits_of(text: str) -> str:
    """The digits of a text, without what stands between them."""
    return "".join(c for c in text if c.isdigit())


def are_years(text: str) -> bool:
    """Whether all numbers in a text are years ("2018 2019 2020 2021")."""
    return all(re.fullmatch(r"(?:19|20)\d\d", number) for number in re.findall(r"\d+", text))
