"""The sets that are measured, and the typing errors that are put into them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from bot.paths import DEVELOPMENT_SET

NEIGHBOURS = {
    "a": "qsz", "b": "vgn", "c": "xvd", "d": "sfe", "e": "wrd", "f": "dgr", "g": "fht", "h": "gjy", "i": "uok", "j": "hku",
    "k": "jli", "l": "kop", "m": "nj", "n": "bmh", "o": "ipl", "p": "ol", "q": "wa", "r": "etf", "s": "adw", "t": "ryg",
    "u": "yij", "v": "cbf", "w": "qes", "x": "zcs", "y": "tuh", "z": "xa",
}  # fmt: skip
SHORTEST_WORD = 4
SEED = 20


def development() -> list[dict[str, Any]]:
    """Rows of {text, intent, entities}; written by people who had not seen the training phrases."""
    return _rows(DEVELOPMENT_SET / "development.jsonl")


def safety(name: str = "safety") -> list[dict[str, Any]]:
    """Rows of {text, intent, kind}; kind is real or lookalike. `safety_held_out` was never looked at while building."""
    return _rows(DEVELOPMENT_SET / f"{name}.jsonl")


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def with_typos(texts: list[str], seed: int = SEED) -> list[str]:
    """Each text with one or two typing errors, in different words; the same on every run."""
    chance = random.Random(seed)
    return [_mistype(text, chance) for text in texts]


def _mistype(text: str, chance: random.Random) -> str:
    words = text.split(" ")
    places = [i for i, word in enumerate(words) if len(word) >= SHORTEST_WORD and word.isalpha()]
    if not places:
        places = [i for i, word in enumerate(words) if len(word) >= 2 and word.isalpha()]
    for place in chance.sample(places, min(len(places), chance.choice((1, 2)))):
        words[place] = _misspell(words[place], chance)
    return " ".join(words)


def _misspell(word: str, chance: random.Random) -> str:
    """One letter left out, doubled, swapped with the next, or hit on the key beside it."""
    at = chance.randrange(len(word))
    kind = chance.choice(("leave out", "double", "swap", "beside"))
    if kind == "leave out":
        return word[:at] + word[at + 1 :]
    if kind == "double":
        return word[:at] + word[at] + word[at:]
    if kind == "swap" and at < len(word) - 1:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    beside = NEIGHBOURS.get(word[at].lower(), word[at])
    return word[:at] + chance.choice(beside) + word[at + 1 :]
