"""From a parsed message to what it asks help for: needs, who it is for, where, and which door."""

from __future__ import annotations

import re
from typing import Any

from bot.content.services import Audience, Need
from bot.content.store import Content
from bot.nlu.about_labels import ABOUT, LIKELY, SURE
from bot.places import boroughs_named
from bot.support.names import named_services
from bot.support.request import Request, Values
from bot.support.selection import doors_in

CHILDREN, YOUNG, FAMILIES = Audience.CHILDREN.value, Audience.YOUNG_PEOPLE.value, Audience.FAMILIES.value
# the one who writes is a child, and not somebody who worries about one
I_AM_A_CHILD = re.compile(
    r"\b(?:i'?m|i am|im)\s+(?:only\s+)?(?:[5-9]|1[0-7])\b(?!\s*(?:weeks|months|stone|years? (?:in|into|with|since)))|"
    r"\bin (?:year|yr) ?(?:[1-9]|1[0-3])\b|\bmy (?:form )?teacher\b|"
    r"\bmy (?:mum|mom|dad|stepdad|step ?dad|stepmum|step ?mum|uncle|foster \w+)\b.{0,40}"
    r"\b(?:hits?|hurts?|beats?|touch(?:es|ing|ed)?|locks?|threatens?|slaps?|kicks?|punche?s|starves?|makes?|says he(?:'ll| will))\s+me\b",
    re.IGNORECASE,
)
GROWN = re.compile(
    r"\b(?:my (?:husband|wife|flat|rent|boss|kids|children|daughter|son|job|work)|uni|i teach|teacher here)\b",
    re.IGNORECASE,
)
SOMEBODYS_CHILD = re.compile(
    r"\b(?:my|our|her|his|their|a|the|this|some)\s+(?:(?:\w+\s+){0,2})"
    r"(?:son|daughter|kids?|child|children|boy|girl|lad|nephew|niece|grandson|granddaughter|grandkids|pupil|student|"
    r"teenager|baby)\b",
    re.IGNORECASE,
)


def request_of(parsed: dict[str, Any], intent: str, content: Content) -> Request:
    """What a message asks help for. `parsed`: Rasa's parse data, with its text, entities, metadata and `about`."""
    said = str(parsed.get("text") or "")
    button = said.startswith("/")
    needs, crimes = values(parsed, "support_need"), values(parsed, "crime_type")
    doors: Values = ()
    if not button:
        about, door = _about(parsed.get(ABOUT) or {}, bool(needs or crimes), content)
        needs = about if about is not None else needs
        doors = tuple(dict.fromkeys([*door, *doors_in(said, content.help)]))
    return Request(
        intent=intent,
        needs=needs,
        crimes=crimes,
        audiences=audiences_of(said, values(parsed, "audience")),
        boroughs=boroughs_named(parsed),
        doors=doors,
        named=() if button else tuple(named_services(said, content)),
    )


def values(parsed: dict[str, Any], entity: str) -> Values:
    """The different values of an entity, in the order typed."""
    found = parsed.get("entities") or []
    return tuple(dict.fromkeys(str(e["value"]) for e in found if e.get("entity") == entity))


def audiences_of(text: str, named: Values) -> Values:
    """Whom help is for: "my daughter" means a family that worries, "I'm 14" a child that asks for itself."""
    if I_AM_A_CHILD.search(text) and not GROWN.search(text):
        return tuple(dict.fromkeys([CHILDREN, YOUNG, *named]))
    if (CHILDREN in named or YOUNG in named) and SOMEBODYS_CHILD.search(text):
        kept = [a for a in named if a not in (CHILDREN, YOUNG)]
        return tuple(dict.fromkeys([*kept, FAMILIES]))
    return named


def _about(said: dict[str, Any], has_words: bool, content: Content) -> tuple[Values | None, Values]:
    """(needs, doors) of what the classifier says a message is about; None where the words found decide.

    A sure label wins over single words ("husband" alone says nothing); a likely one counts where there are no words.
    """
    level, label = said.get("level"), str(said.get("label") or "")
    if not (level == SURE or (level == LIKELY and not has_words)):
        return None, ()
    meaning = content.help.about.get(label)
    if meaning:
        return tuple(n.value for n in meaning.needs), tuple(meaning.doors)
    return ((label,), ()) if label in {n.value for n in Need} else (None, ())
