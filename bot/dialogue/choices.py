"""What a typed "2", "the second one", or a title with a slip of the finger chooses among what was last offered.

People on a channel without buttons answer like this, and so do people who have buttons. A title is known by all of its words;
a word may have a slip when it is long enough that no other word is meant. Anything else is left to understanding.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from symspellpy.editdistance import DistanceAlgorithm, EditDistance

from bot.dialogue.message import Button
from bot.nlu.words import english

LONGEST = 60
"""Characters: whoever writes more is not choosing."""
MOST_NUMBERED = 20
LONG_WORD, VERY_LONG_WORD = 4, 9
"""Letters of a title's word from which there may be one slip, and two."""
LETTERS_A_SLIP = 7
"""A title may have one slip for so many of its letters."""

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
SLIPS = {
    "fisrt": 0, "frist": 0, "firts": 0, "secnd": 1, "secound": 1, "seccond": 1, "secind": 1, "secodn": 1, "sceond": 1, "thrid": 2,
    "tird": 2, "thrd": 2, "thirrd": 2, "forth": 3, "foruth": 3, "fith": 4, "fivth": 4, "fifht": 4, "sixt": 5, "sevnth": 6,
    "eigth": 7, "eigtht": 7, "nineth": 8,
}  # fmt: skip
"""Ordinals as people mistype them. Listed, because most words beside them mean something else: "fist", "seventy", "seconds"."""
LAST = ("last", "bottom", "final")
# signs that phones put around a digit to make a picture of it
DRESSING = re.compile(r"[\ufe0e\ufe0f\u20e3]")
# not "i have two" or "i take two": those tell of something
WISH = (
    r"(?:(?:ok(?:ay)?|yes|yeah|um+|er+|hi|please|pls)[\s,]+)?"
    r"(?:(?:(?:i'?ll|i will|i'?d|i would|let'?s|can i|could i)\s+)?"
    r"(?:have|choose|pick|take|like|go for|go with|say|press|try|do)\s+|(?:i\s+)?(?:want|choose|chose|pick|meant|mean)\s+)?"
)
CALLED = r"(?:number|num|nr|option|opt|choice|answer|button|topic|nº|#)\s*"
POLITE = r"(?:[\s,]+(?:please|pls|plz|thanks|thank you|thx|ta|then))*"
PLACES = "|".join((*ORDINALS, *SLIPS, *LAST))
ONE = re.compile(
    # "one" by itself is said of people: "no one", "the one", "i have one"
    rf"(?:one{POLITE}|{WISH}(?:the\s+)?(?:"
    rf"(?:{CALLED}(?P<called>\d{{1,3}}|{'|'.join(NUMBERS)})|(?:no\.?\s*)?(?P<number>\d{{1,3}}|{'|'.join(NUMBERS[1:])}))"
    rf"(?:\s+(?:option|choice|button))?"
    rf"|(?P<place>\d{{1,2}}\s*(?:st|nd|rd|th)|{PLACES})(?:\s*(?:one|1|option|choice|button))?"
    rf"){POLITE})"
)
SEVERAL = re.compile(r"\d{1,2}(?:\s*(?:,|&|\+|and|or|/|\s)\s*\d{1,2})+")
NO_CHOICE = frozenset({"no 1"})
"""How some write "no one"."""
FILLERS = frozenset({"the", "a", "please", "pls", "plz", "thanks"})


def may_choose(typed: str) -> bool:
    """Whether a text is short enough to be a choice: what was offered need not be looked up for others."""
    return len(typed) <= LONGEST and not typed.startswith("/")


def chosen(typed: str, offered: Sequence[Button], *, exactly: bool = False) -> Button | None:
    """The button that a text chooses; None when it chooses none. `exactly`: by its very title only."""
    words = _words(typed)
    exact = [button for button in offered if words and _title(button["title"]) == words]
    if exact or exactly:
        return exact[0] if exact else None
    position = _position(_bare(typed), len(offered))
    if position is not None:
        return offered[position] if 0 <= position < len(offered) else None
    near = [button for button in offered if _is_near(words, _title(button["title"]))]
    return near[0] if len(near) == 1 else None


def ask_for_one(typed: str, offered: Sequence[Button]) -> str | None:
    """What to say to numbers that choose nothing: one that was not offered, or several at once; None for any other text."""
    bare, many = _bare(typed), len(offered)
    if not many or not bare[:1].isdigit():
        return None
    if SEVERAL.fullmatch(bare):
        numbers = {int(n) for n in re.findall(r"\d+", bare)}
        if all(1 <= n <= many for n in numbers):
            return "One at a time, please. Send me just one of the numbers, and ask for the next one after that."
    elif bare.isdecimal() and len(bare) < 3 and int(bare) <= MOST_NUMBERED and not 1 <= int(bare) <= many:
        upto = f"a number from 1 to {many}" if many > 1 else "1"
        return f"I have no choice with that number. Send {upto}, or type your question. In danger, call 999."
    return None


def _bare(typed: str) -> str:
    """The text in small letters, without what stands around digits and at the ends."""
    text = DRESSING.sub("", unicodedata.normalize("NFKC", typed)).casefold()
    return " ".join(text.strip(" \t\r\n.,;:!?()[]\"'“”‘’*-_").split())


def _position(bare: str, many: int) -> int | None:
    """The place that a text names, from 0; None when it names none. It may lie beyond what was offered."""
    found = None if bare in NO_CHOICE else ONE.fullmatch(bare)
    if not found:
        return None
    if (place := found["place"]) and not place[0].isdigit():
        if place in LAST:
            return many - 1
        return SLIPS[place] if place in SLIPS else ORDINALS.index(place)
    what = (place and place.rstrip("stndrh ")) or found["called"] or found["number"] or "one"
    return NUMBERS.index(what) if what in NUMBERS else int(what) - 1


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("'", "")
    return ["cannot" if word == "cant" else word for word in re.findall(r"[^\W_]+", plain)]


@lru_cache(maxsize=512)
def _title(title: str) -> list[str]:
    """The words of a title; there are few, and they are looked at for every message."""
    return _words(title)


def _is_near(typed: list[str], title: list[str]) -> bool:
    """Whether a text is a title but for a few slips of the finger, none of which made another word."""
    kept, wanted = [w for w in typed if w not in FILLERS], [w for w in title if w not in FILLERS]
    together, whole = "".join(kept), "".join(wanted)
    if not kept or abs(len(together) - len(whole)) > len(whole) // LETTERS_A_SLIP:
        return False
    if len(kept) == len(wanted):
        slips = [_slips(a, b) for a, b in zip(kept, wanted, strict=True)]
        return None not in slips and sum(n or 0 for n in slips) <= len(whole) // LETTERS_A_SLIP
    # a space too many or too few
    return abs(len(kept) - len(wanted)) == 1 and len(whole) >= VERY_LONG_WORD and together == whole


def _slips(typed: str, word: str) -> int | None:
    """How many slips lie between a typed word and a title's; None when it is another word."""
    if typed == word or f"{typed}s" == word:
        return 0
    most = 2 if len(word) >= VERY_LONG_WORD else 1 if len(word) >= LONG_WORD else 0
    # a first letter is seldom wrong, and another one mostly makes another word
    if not most or typed[0] != word[0] or abs(len(typed) - len(word)) > most:
        return None
    found = int(_distance().compare(typed, word, most))
    # "i cannot come" is not "I cannot cope": what is a word was meant
    return found if 0 <= found <= most and typed not in _english() else None


@lru_cache(maxsize=1)
def _distance() -> EditDistance:
    return EditDistance(DistanceAlgorithm.DAMERAU_OSA)


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    """The common words; read when the first slip is looked at."""
    return frozenset(english())
