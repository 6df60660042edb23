"""How much of a text fits into an SMS: 160 characters of the old alphabet (GSM 03.38), or 70 of any other.

A longer message is sent in segments of 153 or 67. One sign outside the alphabet makes the whole message the other kind, so signs
that have a plain neighbour are exchanged first.
"""

from __future__ import annotations

import unicodedata

import gsm0338  # noqa: F401 - makes the codec known

ALPHABET = "gsm03.38"
SINGLE, PART = 160, 153
WIDE_SINGLE, WIDE_PART = 70, 67
NEIGHBOURS = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "‑": "-", "−": "-", "•": "-", "·": "-",
    "…": "...", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u200b": "", "\ufeff": "", "`": "'", "´": "'", "×": "x", "½": "1/2",
    "\t": " ",
})  # fmt: skip


def to_alphabet(text: str) -> str:
    """The text with signs of the alphabet where that loses nothing; letters that have no neighbour stay as they are."""
    return "".join(_nearest(character) for character in text.translate(NEIGHBOURS))


def segments(text: str) -> int:
    """In how many segments the text is sent; 1 for an empty one."""
    costs, single, part = _costs(text)
    if sum(costs) <= single:
        return 1
    count, used = 1, 0
    for cost in costs:
        # a sign of two places is never cut in half
        if used + cost > part:
            count, used = count + 1, 0
        used += cost
    return count


def _costs(text: str) -> tuple[list[int], int, int]:
    try:
        return [_cost(c) for c in text], SINGLE, PART
    except UnicodeEncodeError:
        return [len(c.encode("utf-16-le")) // 2 for c in text], WIDE_SINGLE, WIDE_PART


def _cost(character: str) -> int:
    return len(character.encode(ALPHABET))


def _nearest(character: str) -> str:
    if _fits(character):
        return character
    base = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
    return base if base and all(_fits(c) for c in base) else character


def _fits(character: str) -> bool:
    try:
        _cost(character)
    except UnicodeEncodeError:
        return False
    return True
