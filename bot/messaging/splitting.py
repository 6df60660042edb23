"""Cuts a text at the ends of sentences, so that each piece fits; a telephone number and an address are never cut."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

Fits = Callable[[str], bool]
# full-width signs end a sentence without a space after them
SENTENCE_ENDS = re.compile(r"\n+|(?<=[.!?…।؟۔])[\"'”’)\]]*[ \t]+(?=[^a-z\s])|(?<=[。！？])[”」）]*")
ABBREVIATIONS = frozenset(
    {
        "st", "rd", "mr", "mrs", "ms", "dr", "prof", "e.g", "i.e", "eg", "ie", "vs", "approx", "cllr", "sgt", "insp", "dept",
        "a.m", "p.m", "ext", "tel",
    }
)  # fmt: skip
"""Words before a full stop that does not end a sentence; a cut after "9 a.m." is not missed either."""
LIST_NUMBER = re.compile(r"\(?\d{1,2}[.)]+")
NUMBER = r"(?<![\w.])\(?\+?\d(?:[ \u00a0()-]{0,2}\d){2,14}"
# what stays together: a run without a space, or a telephone number with the spaces between its groups
ATOM = re.compile(rf"(?:{NUMBER}|\S)+")
JOINER = "\u200d"
SKINS = range(0x1F3FB, 0x1F400)
FLAG_LETTERS = range(0x1F1E6, 0x1F200)


def sentences(text: str) -> list[str]:
    """The sentences with the white space that follows them, so that joined they are the text."""
    cut, start = [], 0
    for gap in SENTENCE_ENDS.finditer(text):
        if gap.end() > start and _is_end(text, start, gap):
            cut.append(text[start : gap.end()])
            start = gap.end()
    return [*cut, text[start:]] if text[start:] else cut


def fill(units: list[str], fits: Fits) -> tuple[str, list[str]]:
    """As many of the units as fit, in one text, and the units that are left. Of a single unit that is too long, its words."""
    taken = ""
    for position, unit in enumerate(units):
        if not fits((taken + unit).strip()):
            if taken.strip():
                return taken.strip(), units[position:]
            first, left = _words_that_fit(unit.strip(), unit[len(unit.rstrip()) :], fits)
            return first, [*([left] if left.strip() else []), *units[position + 1 :]]
        taken += unit
    return taken.strip(), []


def pieces(text: str, fits: Fits) -> list[str]:
    """The whole text in pieces that fit; none for an empty text. Raises ValueError when not even one character fits."""
    if not fits("x"):
        raise ValueError("nothing fits: raise the channel's limit")
    whole = text.strip()
    if fits(whole):
        return [whole] if whole else []
    made, left = [], sentences(whole)
    while left:
        piece, left = fill(left, fits)
        if piece:
            made.append(piece)
    return made


def shortened(text: str, fits: Fits) -> str:
    """The text, or as many of its words as fit with "…" behind them."""
    if fits(text):
        return text
    ends = [e for e in _ends_of_words(text) if fits(f"{text[:e]}…")]
    last = max(ends, default=0)
    following = ATOM.search(text, last)
    # half a word says more than a single short one; half a number or address is wrong
    if following and last < len(text) // 4 and not re.search(r"\d|://", following.group()):
        ends += [e for e in _ends_of_characters(text[: following.end()]) if fits(f"{text[:e]}…")]
    return f"{text[: max(ends, default=0)].rstrip()}…"


def _is_end(text: str, start: int, gap: re.Match[str]) -> bool:
    """Whether a sentence ends at a gap: not after "St.", nor between "1." and what it numbers."""
    if text[gap.start() - 1 : gap.start()] != "." or "\n" in gap.group():
        return True
    before = text[start : gap.start()].strip()
    word = before.rsplit(None, 1)[-1].lstrip("(\"'“‘[")
    if LIST_NUMBER.fullmatch(before) or word[:-1].casefold() in ABBREVIATIONS:
        return False
    if word.casefold() in ("no.", "nos."):
        return not text[gap.end()].isdigit()
    # an initial: "J. Smith"
    return not (len(word) == 2 and word[0].isupper() and word != "I.")


def _words_that_fit(unit: str, space: str, fits: Fits) -> tuple[str, str]:
    """The words of a unit that fit, and the others with the `space` that stands after the unit."""
    ends = _ends_of_words(unit)
    end = _last_that_fits(unit, ends, fits)
    if not end:
        # the first word alone is too long
        end = _last_that_fits(unit, _ends_of_characters(unit[: ends[0]]), fits) or 1
    left = unit[end:].lstrip()
    return unit[:end], f"{left}{space}" if left else ""


def _last_that_fits(text: str, ends: list[int], fits: Fits) -> int:
    """The last of the ends up to which the text fits; 0 when none does."""
    low, high = 0, len(ends)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if fits(text[: ends[middle - 1]]) else (low, middle - 1)
    return ends[low - 1] if low else 0


def _ends_of_words(text: str) -> list[int]:
    return [atom.end() for atom in ATOM.finditer(text)]


def _ends_of_characters(text: str) -> list[int]:
    """Where a text can be cut without cutting what people see as one character: "é" of two signs, or a family of emoji."""
    return [n for n in range(1, len(text) + 1) if n == len(text) or not _is_one(text, n)]


def _is_one(text: str, at: int) -> bool:
    left, right = text[at - 1], text[at]
    if unicodedata.category(right)[0] == "M" or JOINER in (left, right) or ord(right) in SKINS:
        return True
    if ord(left) in FLAG_LETTERS and ord(right) in FLAG_LETTERS:
        before = text[:at]
        letters = len(before) - len(before.rstrip("".join(map(chr, FLAG_LETTERS))))
        return letters % 2 == 1
    return False
