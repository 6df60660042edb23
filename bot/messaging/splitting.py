"""Cuts a text at the ends of sentences, so that each piece fits; a telephone number and an address are never cut."""

from __future__ import annotations

import re
from collections.abc import Callable

Fits = Callable[[str], bool]
SENTENCE_ENDS = re.compile(r"(?<=[.!?।؟。])[ \t]+(?=[^a-z\s])|\n+")
NUMBER = re.compile(r"(?<![\w.])\+?\d[\d ]{2,}\d(?!\w)")
HELD = "\u00a0"
"""Holds the groups of a number together while a sentence is cut."""


def sentences(text: str) -> list[str]:
    """The sentences with the white space that follows them, so that joined they are the text."""
    cut, start = [], 0
    for gap in SENTENCE_ENDS.finditer(text):
        cut.append(text[start : gap.end()])
        start = gap.end()
    return [*cut, text[start:]] if text[start:] else cut


def fill(units: list[str], fits: Fits) -> tuple[str, list[str]]:
    """As many of the units as fit, in one text, and the units that are left. Of a single unit that is too long, its words."""
    taken = ""
    for position, unit in enumerate(units):
        if not fits((taken + unit).rstrip()):
            if taken.strip():
                return taken.strip(), units[position:]
            first, left = _words_that_fit(unit, fits)
            return first, [*([left] if left else []), *units[position + 1 :]]
        taken += unit
    return taken.strip(), []


def pieces(text: str, fits: Fits) -> list[str]:
    """The whole text in pieces that fit; none for an empty text. Raises ValueError when not even one character fits."""
    if not fits("x"):
        raise ValueError("nothing fits: raise the channel's limit")
    made, left = [], sentences(text.strip())
    while left:
        piece, left = fill(left, fits)
        if piece:
            made.append(piece)
    return made


def _words_that_fit(unit: str, fits: Fits) -> tuple[str, str]:
    held = NUMBER.sub(lambda m: m.group().replace(" ", HELD), unit)
    words, taken = held.split(" "), ""
    for position, word in enumerate(words):
        longer = f"{taken} {word}" if position else word
        if not fits(_released(longer).rstrip()):
            if taken.strip():
                return _released(taken).strip(), _released(" ".join(words[position:]))
            return _characters_that_fit(_released(held), fits)
        taken = longer
    return _released(taken).strip(), ""


def _characters_that_fit(unit: str, fits: Fits) -> tuple[str, str]:
    low, high = 1, len(unit)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(unit[:middle]) else (low, middle - 1)
    return unit[:low], unit[low:]


def _released(text: str) -> str:
    return text.replace(HELD, " ")
