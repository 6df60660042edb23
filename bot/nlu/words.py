"""Chooses the words that the speller knows."""

from __future__ import annotations

import importlib.resources
from collections import Counter
from collections.abc import Iterable

COMMON_WORDS = 20_000
DICTIONARY = "frequency_dictionary_en_82_765.txt"
OURS_COUNT_MORE = 10**9
SEEN_OFTEN_ENOUGH = 3
SHORT_FORMS = ("mths", "mnths", "yrs", "rn", "ppl", "govt")
"""Short forms that other parts look for, and that are one letter from another word."""


def english() -> dict[str, int]:
    """The most common English words with their counts, from symspellpy's own list."""
    text = (importlib.resources.files("symspellpy") / DICTIONARY).read_text(encoding="utf-8-sig")
    pairs = (line.split() for line in text.splitlines()[:COMMON_WORDS])
    return {word: int(count) for word, count in pairs}


def known_words(gazetteer: Iterable[str], training: Iterable[str]) -> dict[str, int]:
    """Words with counts: English, every gazetteer word, and training words.

    Training phrases hold misspellings on purpose, so a word that English lacks is taken from them only when several
    writers used it.
    """
    common = english()
    ours = Counter(training)
    known = dict(common)
    for word, count in ours.items():
        if word.isalpha() and (word in common or count >= SEEN_OFTEN_ENOUGH):
            known[word] = OURS_COUNT_MORE * count
    for word in (*gazetteer, *SHORT_FORMS):
        if word.isalpha():
            known[word] = max(known.get(word, 0), OURS_COUNT_MORE * (1 + ours[word]))
    return known
