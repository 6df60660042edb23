"""Makes plain, short and safe what a service sent: text without HTML and hidden characters, numbers, dates.

Every function takes any JSON value and returns None for one that is not what it should be.
"""

from __future__ import annotations

import math
import re
import unicodedata
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from bot.clock import LONDON

LONGEST_RAW, MOST_TAGS = 4_000, 150
"""Characters, and signs "<", that are looked at: broken tags take the parser a time that grows with the product."""
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
DROPPED = frozenset({"script", "style", "template", "noscript", "iframe", "object", "head", "title", "svg", "math"})
INLINE = frozenset({"a", "abbr", "b", "em", "font", "i", "small", "span", "strong", "sub", "sup", "u"})
"""Tags within a word or before a full stop; all others part words."""
TAG = re.compile(r"<[^<>]*>")
SPACE_BEFORE_STOP = re.compile(r" (?=[,.;:!?](?: |$))")
PASSES = 3
"""Times that markup is taken out: "&amp;lt;script&amp;gt;" is markup that was encoded twice."""


class _Words(HTMLParser):
    """Collects the text of HTML; tags become spaces, and some elements are dropped with all they hold."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._dropped: list[str] = []

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self._part(tag)
        if tag in DROPPED:
            self._dropped.append(tag)

    def handle_startendtag(self, tag: str, attrs: Any) -> None:
        self._part(tag)

    def handle_endtag(self, tag: str) -> None:
        self._part(tag)
        if tag in self._dropped:
            del self._dropped[self._dropped.index(tag) :]

    def handle_data(self, data: str) -> None:
        if not self._dropped:
            self.words.append(data)

    def _part(self, tag: str) -> None:
        if tag not in INLINE:
            self.words.append(" ")


def plain(value: Any, longest: int) -> str | None:
    """The text in one line of at most `longest` characters, without markup; None when nothing is left."""
    if not isinstance(value, str):
        return None
    text = "<".join(value[:LONGEST_RAW].split("<")[: MOST_TAGS + 1])
    for _ in range(PASSES):
        before, text = text, _without_markup(text)
        if text == before:
            break
    # what is left of them is no markup, and must not become any where the text is shown
    text = unicodedata.normalize("NFC", text.replace("<", " ").replace(">", " "))
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in HIDDEN)
    return _cut(SPACE_BEFORE_STOP.sub("", " ".join("".join(kept).split())).strip(), longest) or None


def number(value: Any, low: float, high: float) -> float | None:
    """A number from `low` to `high`, also when it is written as text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        found = float(value[:40]) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) and low <= found <= high else None


def moment(value: Any) -> datetime | None:
    """A date with or without a time, as London's clocks show it."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip()[:40].replace("Z", "+00:00"))
        return found.replace(tzinfo=LONDON) if found.tzinfo is None else found.astimezone(LONDON)
    except (ValueError, OverflowError):
        return None


def records(value: Any, most: int) -> list[dict[str, Any]]:
    """The objects of a list, at most so many; anything else is left out."""
    return [v for v in value if isinstance(v, dict)][:most] if isinstance(value, list) else []


def _without_markup(text: str) -> str:
    if "<" not in text and "&" not in text:
        return text
    parser = _Words()
    try:
        parser.feed(text)
        parser.close()
    except AssertionError:  # "<![x" is more than the parser can take
        return TAG.sub(" ", text)
    return "".join(parser.words)


def _cut(text: str, longest: int) -> str:
    """Cut after a whole word, if need be, and marked as cut."""
    if len(text) <= longest:
        return text
    shorter = text[: longest - 1]
    return (shorter.rpartition(" ")[0] or shorter).rstrip(" ,;:") + "…"
