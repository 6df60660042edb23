"""Tells keys hit at random from words: "fghjk zzxx" is neither a question nor a language that somebody speaks."""

from __future__ import annotations

import re

from spacy.tokens import Doc, Token

KNOWN = "known"
SHORTEST = 3
# keys that lie side by side, four consonants in a row, or no vowel at all: hardly a word of any language in Latin letters
UNLIKELY = re.compile(r"asdf|sdfg|qwe|zxc|hjk|[bcdfghjklmnpqrstvwxz]{4}|^[^aeiouyàâäáãåæèéêëìíîïıòóôöõøœùúûüşçğ]+$")
LATIN = re.compile(r"^[a-zß-ɏ]+$")

if not Token.has_extension(KNOWN):
    Token.set_extension(KNOWN, default=False)


def is_noise(doc: Doc) -> bool:
    """Whether no word is known, and at least half of the words could hardly be words."""
    words = [token for token in doc if len(token) >= SHORTEST and LATIN.match(token.lower_)]
    if not words or any(token._.get(KNOWN) for token in words):
        return False
    if any(len(token) >= SHORTEST and not LATIN.match(token.lower_) and token.is_alpha for token in doc):
        return False
    unlikely = sum(bool(UNLIKELY.search(token.lower_)) for token in words)
    return 2 * unlikely >= len(words)
