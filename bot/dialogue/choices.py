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

LONGEST = 60
"""Characters: whoever writes more is not choosing."""
MOST_NUMBERED = 20
LONG_WORD, VERY_LONG_WORD = 4, 9
"""Letters of a title's word from which one slip, and two, still leave no other word in its place."""

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
LAST = ("last", "bottom", "final")
# signs that phones put around a digit to make a picture of it
DRESSING = re.compile(r"[\ufe0e\ufe0f\u20e3]")
WISH = (
    r"(?:(?:ok(?:ay)?|yes|yeah|um+|er+|hi|please|pls)[\s,]+)?"
    r"(?:(?:i|i'll|ill|i'd|id|i will|i would|let's|lets|can i|could i)\s+)?"
    r"(?:(?:want|choose|chose|pick|take|like|have|go for|go with|say|press|meant|mean|try|do)\s+)?"
)
BEFORE = r"(?:the\s+)?(?:(?:number|num|nr|option|opt|choice|answer|button|topic|no\.?|nº|#)\s*)?"
AFTER = r"(?:\s*(?:one|1|option|choice|button|please|pls|plz|thanks|thank you|thx|ta|then))*"
ONE = re.compile(rf"{WISH}{BEFORE}(?P<what>\d{{1,3}}|[a-z]{{3,8}})(?:\s*(?:st|nd|rd|th))?{AFTER}")
SEVERAL = re.compile(r"\d{1,2}(?:\s*(?:,|&|\+|and|or|/|\s)\s*\d{1,2})+")
NO_CHOICE = frozenset({"no one", "no 1", "the one", "one one", "one"})
"""Said of people, or of nothing; a bare "one" is a choice and is looked at first."""
FILLERS = frozenset({"the", "a", "please", "pls", "plz", "thanks"})
OTHER_WORDS = frozenset({"fifty", "sixty", "eighty", "seconds", "thirty", "firstly", "secondly"})
"""Near to a place in a list, and something else."""


def may_choose(typed: str) -> bool:
    """Whether a text is short enough to be a choice: what was offered need not be looked up for others."""
    return len(typed) <= LONGEST and not typed.startswith("/")


def chosen(typed: str, offered: Sequence[Button], *, exactly: bool = False) -> Button | None:
    """The button that a text chooses; None when it chooses none. `exactly`: by its very title only."""
    words = _words(typed)
    exact = [button for button in offered if _words(button["title"]) == words]
    if exact or exactly:
        return exact[0] if exact else None
    position = _position(_bare(typed), len(offered))
    if position is not None:
        return offered[position] if 0 <= position < len(offered) else None
    near = [button for button in offered if _is_near(words, _words(button["title"]))]
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
    elif bare.isdigit() and len(bare) < 3 and int(bare) <= MOST_NUMBERED and not 1 <= int(bare) <= many:
        upto = f"a number from 1 to {many}" if many > 1 else "1"
        return f"I have no choice with that number. Send {upto}, or type your question. In danger, call 999."
    return None


def _bare(typed: str) -> str:
    """The text in small letters, without what stands around digits and at the ends."""
    text = DRESSING.sub("", unicodedata.normalize("NFKC", typed)).casefold()
    return " ".join(text.strip(" \t\r\n.,;:!?()[]\"'*-_").split())


def _position(bare: str, many: int) -> int | None:
    """The place that a text names, from 0; None when it names none. It may lie beyond what was offered."""
    if bare in NUMBERS:
        return NUMBERS.index(bare)
    found = None if bare in NO_CHOICE else ONE.fullmatch(bare)
    if not found:
        return None
    what = found["what"]
    if what.isdigit():
        return int(what) - 1
    if what in NUMBERS and what != "one":
        return NUMBERS.index(what)
    if what in LAST:
        return many - 1
    return None if what in OTHER_WORDS else next((n for n, word in enumerate(ORDINALS) if _same_word(what, word)), None)


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("'", "")
    return ["cannot" if word == "cant" else word for word in re.findall(r"[^\W_]+", plain)]


def _is_near(typed: list[str], title: list[str]) -> bool:
    if not typed:
        return False
    kept, wanted = [w for w in typed if w not in FILLERS], [w for w in title if w not in FILLERS]
    if len(kept) == len(wanted):
        return all(_same_word(a, b) for a, b in zip(kept, wanted, strict=True))
    together, whole = "".join(kept), "".join(wanted)
    # a space too many or too few
    return abs(len(kept) - len(wanted)) == 1 and len(whole) >= VERY_LONG_WORD and together == whole


def _same_word(typed: str, word: str) -> bool:
    if typed == word:
        return True
    slips = 2 if len(word) >= VERY_LONG_WORD else 1 if len(word) >= LONG_WORD else 0
    # a first letter is seldom wrong, and another one mostly makes another word
    return bool(slips) and typed[0] == word[0] and 0 <= _distance().compare(typed, word, slips) <= slips


@lru_cache(maxsize=1)
def _distance() -> EditDistance:
    return EditDistance(DistanceAlgorithm.DAMERAU_OSA)
