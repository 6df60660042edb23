"""Text that can be drawn whatever it holds: cleaned, measured, broken into lines, and numbers as people write them."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection

from actions.statistics.wording import amount

Measure = Callable[[str], float]
"""The width of a text in pixels."""

LONGEST = 300
"""Characters that are looked at of any text to be drawn: more would not fit, and would take long to measure."""
MISSING = "\N{WHITE SQUARE}"


def clean(text: str, longest: int = LONGEST) -> str:
    """One line without control, format or broken characters; white space becomes single spaces."""
    shown = []
    for character in unicodedata.normalize("NFC", text[: 4 * longest]):
        if character.isspace():
            shown.append(" ")
        elif not unicodedata.category(character).startswith("C"):
            shown.append(character)
    return shorten(" ".join("".join(shown).split()), longest)


def drawable(text: str, glyphs: Collection[int]) -> str:
    """`text` with a square for what the font cannot draw, one for a run of them. `glyphs`: the font's code points."""
    shown: list[str] = []
    for character in clean(text):
        if ord(character) in glyphs:
            shown.append(character)
        elif not shown or shown[-1] != MISSING:
            shown.append(MISSING)
    return "".join(shown)


def shorten(text: str, longest: int) -> str:
    """At most `longest` characters, an ellipsis in place of what is left out."""
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def wrap(text: str, width: float, most: int, measure: Measure) -> list[str]:
    """Lines no wider than `width` pixels, at most `most` of them; the last ends with an ellipsis if text is left out."""
    lines: list[str] = []
    rest = text.strip()
    while rest and len(lines) < most:
        line = _first_line(rest, width, measure)
        lines.append(line)
        rest = rest[len(line) :].lstrip()
    if rest:
        lines[-1] = _with_ellipsis(lines[-1], width, measure)
    return lines


def _first_line(text: str, width: float, measure: Measure) -> str:
    """As many whole words as fit; of a word that is wider than the line, as many characters as fit."""
    words = text.split(" ")
    line = ""
    for word in words:
        longer = f"{line} {word}" if line else word
        if measure(longer) > width:
            break
        line = longer
    return line or _fitting(words[0], width, measure)


def _fitting(word: str, width: float, measure: Measure) -> str:
    """The longest beginning that fits, of one character at least."""
    fits, fails = 1, len(word) + 1
    while fails - fits > 1:
        middle = (fits + fails) // 2
        if measure(word[:middle]) <= width:
            fits = middle
        else:
            fails = middle
    return word[:fits]


def _with_ellipsis(line: str, width: float, measure: Measure) -> str:
    while len(line) > 1 and measure(line + "…") > width:
        line = line[:-1]
    return line.rstrip(" ,;:") + "…"


def number(value: float) -> str:
    """As in the words of an answer; but what is not nothing never reads as 0."""
    usual = amount(value)
    if value and not any(digit in usual for digit in "123456789"):
        usual = f"{value:.1g}" if abs(value) >= 1e-4 else ("under 0.0001" if value > 0 else "just below 0")
    return usual.replace("-", "\N{MINUS SIGN}")
