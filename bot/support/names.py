"""Finds services that a message asks for by name: "childline number", "is Action Fraud still there"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.content.plain_words import plain_words
from bot.content.store import Content

# names that are ordinary words too: only with a word that speaks of getting in touch
ORDINARY = frozenset(
    {
        "mind", "shelter", "calm", "frank", "shout", "solace", "advance", "hestia", "nia", "the mix", "havens", "switchboard",
        "hourglass", "paladin",
    }
)  # fmt: skip
TOUCH = re.compile(
    r"\b(?:numbers?|phone|tel|telephone|contact|helpline|hotline|line|charity|call|ring|text|e ?mail|website|hours|open|"
    r"address|reach)\b"
)
LONGEST = 6


def named_services(text: str, content: Content) -> list[str]:
    """Ids of the services named in a text, in the order of the names; old names are in them as their own ids."""
    words = plain_words(text).split()
    in_touch = bool(TOUCH.search(" ".join(words)))
    return list(dict.fromkeys(_find(words, content.service_names, in_touch)))


def _find(words: list[str], names: dict[str, str], in_touch: bool) -> Iterator[str]:
    """The longest names first, each word used once."""
    at = 0
    while at < len(words):
        for size in range(min(LONGEST, len(words) - at), 0, -1):
            name = " ".join(words[at : at + size])
            if name in names and (in_touch or name not in ORDINARY):
                yield names[name]
                at += size
                break
        else:
            at += 1
