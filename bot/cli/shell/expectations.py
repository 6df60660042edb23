"""What a saved script asks of an answer: its name, its source, its buttons, and a few words that tell it from others."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from bot.dialogue.message import ANSWER
from bot.guard.personal_data import mask

Messages = Sequence[dict[str, Any]]
FALLBACK = "nlu_fallback"
MOST_WORDS, LOOKED_AT = 5, 600
# what is true only at some hour, or until the next refresh of the figures
PASSING = (
    r"now|today|tomorrow|tonight|yesterday|until|since|open|opens|opened|closed?|closes|hours?|minutes?|am|pm|noon|midnight|"
    r"mon|tues?|wednes|thurs?|fri|satur|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)days?|january|february|march|april|may|june|july|"
    r"august|september|october|november|december|more|fewer|less|up|down|higher|lower|rose|fell|same"
)
BREAKS = re.compile(rf"[^\w\s'’-]+|\S*\d\S*|\b(?:{PASSING})\b|\n", re.IGNORECASE)
# what nearly every answer speaks of
USUAL = re.compile(
    r"about|also|ask|call|could|crimes?|figures?|hall|city|london|london's|londoners|mayor|mayor's|met|more|people|plan|police|"
    r"policing|recorded|see|says?|source|tell|use",
    re.IGNORECASE,
)
LITTLE = re.compile(
    r"an?|and|are|as|at|be|been|but|by|can|did|do|does|for|from|had|has|have|he|her|his|i|if|in|is|its?|me|my|no|not|of|on|or|our|"
    r"said|she|so|than|that|the|their|them|there|they|this|to|was|we|were|what|when|where|which|who|will|with|would|your?",
    re.IGNORECASE,
)


def expected(messages: Messages, later: Messages | None = None) -> dict[str, Any]:
    """The keys of a script's turn that these messages fulfil, and those of `later`; see tests/conversations/script.py."""
    last, later = messages[-1], later or messages
    parts = last.get(ANSWER) or {}
    name = str(parts.get("name") or "")
    # which question is asked back, and what it offers, changes with training
    guessed = name.startswith(FALLBACK)
    found: dict[str, Any] = {}
    if name:
        found["answer"] = FALLBACK if guessed else name
    text = "\n".join(str(message.get("text") or "") for message in later)
    if phrase := telling_phrase(str(last.get("text") or ""), text):
        found["has"] = [phrase]
    if host := _host(parts, later[-1].get(ANSWER) or {}):
        found["source"] = host
    still = _titles(later)
    titles = [title for title in _titles(messages) if title in still]
    if titles and not guessed:
        found["buttons"] = titles
    if parts.get("safety"):
        found["safety"] = True
    return found


def telling_phrase(text: str, also_in: str) -> str:
    """A few words of both texts that name what they are about; empty when there are none."""
    about = text.partition("\n\nSource:")[0][:LOOKED_AT]
    # the last word may have been cut in two
    about = about.rsplit(None, 1)[0] if len(about) == LOOKED_AT else about
    candidates = [phrase for run in BREAKS.split(about) for phrase in _windows(run)]
    likely = [phrase for phrase in candidates if phrase in also_in and mask(phrase) == phrase]
    return max(likely, key=_weight, default="")


def _windows(run: str) -> list[str]:
    words = run.split(" ")
    found = []
    for start in range(len(words)):
        for end in range(start + 1, min(start + MOST_WORDS, len(words)) + 1):
            inside = words[start:end]
            if all(inside) and _tells(inside[0]) and _tells(inside[-1]):
                found.append(" ".join(inside))
    return found


def _tells(word: str) -> bool:
    return not LITTLE.fullmatch(word) and len(word) > 1 and word[0].isalpha()


def _weight(phrase: str) -> int:
    """Long words tell more than short ones, and names more than both."""
    telling = [word for word in phrase.split() if _tells(word) and not USUAL.fullmatch(word)]
    return sum(len(word) + (4 if word[0].isupper() else 0) for word in telling)


def _host(parts: dict[str, Any], later: dict[str, Any]) -> str:
    """Where the first source stands that both have."""
    urls = [source["url"] for source in later.get("sources") or []]
    kept = (source["url"] for source in parts.get("sources") or [] if source["url"] in urls)
    return (urlsplit(next(kept, "")).hostname or "").removeprefix("www.").rstrip(".")


def _titles(messages: Messages) -> list[str]:
    return [button["title"] for message in messages for button in message.get("buttons") or []]
