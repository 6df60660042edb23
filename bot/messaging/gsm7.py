"""How much of a text fits into an SMS: 160 characters of the old alphabet (GSM 03.38), or 70 of any other.

A longer message is sent in segments of 153 or 67. One sign outside the alphabet makes the whole message the other kind, so signs
that have a plain neighbour are exchanged first.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import gsm0338  # noqa: F401 - makes the codec known

ALPHABET = "gsm03.38"
SINGLE, PART = 160, 153
WIDE_SINGLE, WIDE_PART = 70, 67
ESCAPE = "\x1b"
"""Begins a sign of two places; by itself it is none, and makes another sign of the one behind it."""
LAST_WESTERN = "\u00ff"
NEIGHBOURS = str.maketrans({
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "‹": "'", "›": "'", "`": "'", "´": "'", "ʼ": "'",
    "“": '"', "”": '"', "„": '"', "‟": '"', "″": '"', "«": '"', "»": '"',
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "•": "-", "·": "-", "‣": "-", "◦": "-", "▪": "-",
    "…": "...", "×": "x", "÷": "/", "½": "1/2", "¼": "1/4", "¾": "3/4", "™": "(TM)", "©": "(c)", "®": "(R)", "→": "->",
    "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u200a": " ", "\u202f": " ", "\t": " ", "\u2028": "\n", "\u2029": "\n",
    "\u200b": "", "\u2060": "", "\ufeff": "", "\u00ad": "", ESCAPE: "", "\x0c": "\n",
})  # fmt: skip

PLAIN = re.compile(r"[A-Za-z0-9 \n!\"#$%&'()*+,\-./:;<=>?@_£]*")
"""Signs that take one place each: nearly every answer is made of these alone."""


def to_alphabet(text: str) -> str:
    """The text with signs of the alphabet where that loses little: quotes, dashes, and the accents of Western Europe.

    Accents are given up only where the whole text then fits the alphabet: half of them would help nobody.
    """
    if PLAIN.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFC", text).translate(NEIGHBOURS)
    nearest = "".join(map(_nearest, plain))
    return nearest if all(map(_cost, nearest)) else plain


def segments(text: str) -> int:
    """In how many segments the text is sent; 1 for an empty one."""
    if PLAIN.fullmatch(text):
        return 1 if len(text) <= SINGLE else -(-len(text) // PART)
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
    costs = list(map(_cost, text))
    if all(costs):
        return costs, SINGLE, PART
    return [2 if ord(c) > 0xFFFF else 1 for c in text], WIDE_SINGLE, WIDE_PART


@lru_cache(maxsize=2_048)
def _cost(character: str) -> int:
    """The places that a sign of the alphabet takes; 0 for any other."""
    if character == ESCAPE:
        return 0
    try:
        return len(character.encode(ALPHABET))
    except UnicodeEncodeError:
        return 0


@lru_cache(maxsize=2_048)
def _nearest(character: str) -> str:
    if _cost(character):
        return character
    parts = unicodedata.normalize("NFKD", character)
    base = "".join(c for c in parts if not unicodedata.combining(c))
    # Polish or Turkish without their accents would be other words; Spanish is read all the same
    if base != parts and character > LAST_WESTERN:
        return character
    return base if base and all(map(_cost, base)) else character
