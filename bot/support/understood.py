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

WOMEN, MEN = Audience.WOMEN.value, Audience.MEN.value
CHILDREN, YOUNG, FAMILIES = Audience.CHILDREN.value, Audience.YOUNG_PEOPLE.value, Audience.FAMILIES.value
# the one who writes is a child, and not somebody who worries about one
I_AM_A_CHILD = re.compile(
    r"\b(?:i'?m|i am|im)\s+(?:only\s+)?(?:[5-9]|1[0-7])\b"
    r"(?!\s*(?:min|mile|metre|week|month|day|hour|stone|percent|%|st\b|th\b|years? (?:in|into|with|since)))|"
    r"\b(?:i'?m|i am|we'?re|we are|my mates?|my friends?) (?:both |only )?(?:in )?(?:in )?(?:year|yr|y) ?(?:[1-9]|1[0-3])\b|"
    r"\b(?:we'?re|we are) both 1[0-7]\b|"
    r"\bmy (?:best )?(?:mate|friend|bestie|bff) ?(?:who |whos |who's |is |she'?s |he'?s |shes |hes )?(?:is |only )?1[0-7]\b|"
    r"\bmy (?:form )?teacher\b|"
    r"\b(?:older|bigger) (?:boys|girls|kids|lads)\b.{0,40}\bme\b|"
    r"\bmy (?:mum|mom|dad|stepdad|step ?dad|stepmum|step ?mum|uncle|foster \w+)\b.{0,40}"
    r"\b(?:hits?|hurts?|beats?|touch(?:es|ing)|locks?|threatens?|slaps?|kicks?|punche?s|starves?|makes?)\s+me\b|"
    r"\bmy (?:dad|stepdad|step ?dad|mum|stepmum|uncle)\b.{0,20}\b(?:he'?ll|she'?ll|will|gonna|going to) (?:kill|hurt|hit) me\b",
    re.IGNORECASE,
)
GROWN = re.compile(
    r"\bwhen i was\b|\b(?:i'?m|i am|im)\s+(?:a )?(?:1[89]|[2-9]\d)\b|"
    r"\b(?:my (?:husband|wife|flat|rent|boss|kids|children|daughter|son|job|work)|uni|i teach|teacher here)\b",
    re.IGNORECASE,
)
DONE_TO_ME = re.compile(
    r"\b(?:makes?|made|making|hits?|hitting|hurts?|hurting|beats?|touch\w*|forc\w+|gives?|gave|sends?|wants?|kiss\w*|locks?|threat\w*|"
    r"owe|own|use|uses|used|using) me\b",
    re.IGNORECASE,
)
ANY_CHILDREN = re.compile(r"\b(?:kids|children)\b", re.IGNORECASE)
FOR_CHILDREN = re.compile(r"\b(?:for|helps?|supports?) (?:young )?(?:kids|children)\b", re.IGNORECASE)
FOR_FAMILIES = re.compile(
    r"\b(?:for|us|as|helps?|supports?) (?:a |the |our )?(?:famil(?:y|ies)|parents?)\b", re.IGNORECASE
)
BY_TEXT = re.compile(
    r"\b(?:i can|can i|could i|prefer to|rather|anyone to|someone to|somewhere to|line to|number to) (?:just )?"
    r"(?:text|txt|whatsapp)\b|\b(?:just|only) text\b|\btext (?:not|instead)\b|"
    r"\b(?:cant|can'?t|cannot|can not|dont want to) (?:phone|speak|talk out)\b",
    re.IGNORECASE,
)
TELLS_LITTLE = frozenset(
    {
        "husband", "wife", "boyfriend", "girlfriend", "partner", "harassed", "harassing", "harassment", "victim", "victims",
        "emergency", "family", "domestic", "neglect", "someone to talk to", "somebody to talk to", "my bank", "hate",
    }
)  # fmt: skip
A_DETAIL = "inform"
"""The intent of a bare detail ("in Hackney"): it narrows, and tells no story of its own."""
NOTHING_SAID = "none"
"""The label of a wish for help that does not say what for."""
AWAY_FROM = re.compile(
    r"\b(?:cos of|because of|cuz of|left|leave|leaving|fled|ran from|escap\w+|away from|hiding from|kicked out by|thrown out by) "
    r"(?:him|her|my (?:ex|husband|partner|wife|boyfriend|girlfriend|dad|family))\b|"
    r"\b(?:he|she) (?:threw|hit|beat|kicked|hurt|pushed|slapped)\b",
    re.IGNORECASE,
)
I_DO_HARM = re.compile(
    r"\bi(?:'?ve|'?m| am| have)? (?:\w+ ){0,3}(?:hits?|hitting|hurt|hurting|scaring|losing|slap\w*|punch\w*|push\w*|"
    r"shov\w*|kick\w*|smack\w*|"
    r"lose it|lost it|snap\w*|shout\w*|control\w*|scar\w*|beat\w*|violent|abus\w*|check\w*|smash\w*|thr[eo]w\w*|grab\w*)\b|"
    r"\bmy (?:own )?(?:anger|temper|violence|behaviou?r)\b|\bstop (?:hitting|hurting|being)\b|\bi scare\b|"
    r"\bhelp me (?:to )?(?:change|stop)\b|\bchange (?:my|how i)\b|\bscared of me\b|\bi frighten\b",
    re.IGNORECASE,
)
"""Somebody who tells of their own violence: without it, a story of violence is told by the one who suffers it."""
ONES_CHILD = re.compile(
    r"\b(?:my|our|her|his|their|the|this|a)\s+(?:[\w-]+\s+){0,3}"
    r"(?:son|daughter|child|kid|boy|girl|lad|nephew|niece|grandson|granddaughter)\b",
    re.IGNORECASE,
)
AGE_OF_CHILD = re.compile(
    r"\b(?:son|boy|lad|daughter|girl|child|kid|nephew|niece|cousin|he'?s|she'?s|he is|she is)\b\W{0,3}(?:is |who is |aged? )?"
    r"(?:[1-9]|1[0-7])\b|\b(?:[1-9]|1[0-7])[ -]?(?:yr|year|years|yo)s?\b[ -]?(?:old)?",
    re.IGNORECASE,
)
I_AM_A_WOMAN = re.compile(
    r"\b(?:i'?m|im|i am|as) (?:a|an) (?:\w+ ){0,2}(?:woman|girl|lady|lesbian)\b|\bwere both (?:girls|women)\b",
    re.IGNORECASE,
)
MEN_ASK = re.compile(
    r"\b(?:for|helps?|as|i'?m|im|am|about) (?:(?:a|an|any|other|abused|gay|straight|older|young|us) )*"
    r"(?:m[ae]n|males?|guys?|blokes?|lads?|husbands?|boys?)\b|"
    r"\b(?:male|men'?s?|man|guys?) (?:victims?|survivors?|helpline|line|abused|who|get|go|like|being|raped|too)\b|"
    r"\b(?:do|can|where|are) (?:m[ae]n|blokes|guys)\b|\bblokes? like me\b|^\W*(?:m[ae]n|males?|a man)\W*$",
    re.IGNORECASE,
)
"""Men who ask for help themselves; other men in a message may be those who do the harm."""
OR = re.compile(r"\bor\b.*\bpolice\b|\bpolice\b.*\bor\b", re.IGNORECASE)
"""Somebody who asks which of two it is has not asked for either by name."""
TOLD = {
    # "I am a man"; somebody's wife or girlfriend does it
    MEN: re.compile(
        r"\b(?:i'?m|im|i am|as) (?:a|an|the) (?:\w+ ){0,2}(?:man|lad|bloke|guy|father|dad)\b|"
        r"\b(?:for|helps?|are|do|can|where) (?:dads|fathers)\b|\b(?:dads|fathers) (?:meant|go|get|who|like|can)\b|"
        r"\b(?:my|me|his|'s|the) (?:ex[ -]?)?(?:wife|girlfriend|gf|missus|mrs)\b(?!'?s? (?:husband|ex|boyfriend|dad|father))",
        re.IGNORECASE,
    ),
    Audience.OLDER_PEOPLE.value: re.compile(
        r"\b(?:i'?m|im|i am|she'?s|she is|he'?s|he is|aged?|is)\s+(?:6[0-9]|[7-9][0-9])\b(?! (?:weeks|days|miles|percent|%))",
        re.IGNORECASE,
    ),
}
"""What a message tells of whom help is for without naming it."""
SOMEBODYS_CHILD = re.compile(
    r"\b(?:my|our|her|his|their|a|the|this|some)\s+(?:(?:[\w-]+\s+){0,3})"
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
    if not button and intent != A_DETAIL:
        about, door = _about(parsed.get(ABOUT) or {}, said, _telling(parsed), content)
        needs = about if about is not None else needs
        doors = tuple(door)
    if not button:
        doors = tuple(dict.fromkeys([*doors, *doors_in(said, content.help)]))
    return Request(
        intent=intent,
        needs=needs,
        crimes=crimes,
        audiences=audiences_of(said, values(parsed, "audience")),
        boroughs=boroughs_named(parsed),
        doors=doors,
        named=() if button or OR.search(said) else tuple(named_services(said, content)),
        ways=() if button else ways_of(said),
    )


def _telling(parsed: dict[str, Any]) -> Values:
    """The needs and crimes that words name; "husband" or "harassed" alone may stand in any story, so they are left out."""
    text = str(parsed.get("text") or "")
    found = [e for e in parsed.get("entities") or [] if e.get("entity") in ("support_need", "crime_type")]
    telling = [e for e in found if text[e.get("start", 0) : e.get("end", 0)].lower() not in TELLS_LITTLE]
    return tuple(dict.fromkeys(str(e["value"]) for e in telling))


def values(parsed: dict[str, Any], entity: str) -> Values:
    """The different values of an entity, in the order typed."""
    found = parsed.get("entities") or []
    return tuple(dict.fromkeys(str(e["value"]) for e in found if e.get("entity") == entity))


def audiences_of(text: str, named: Values) -> Values:
    """Whom help is for: "my daughter" means a family that worries, "I'm 14" a child that asks for itself."""
    if MEN in named and not MEN_ASK.search(text):
        named = tuple(a for a in named if a != MEN)
    if FAMILIES in named and not FOR_FAMILIES.search(text):
        named = tuple(a for a in named if a != FAMILIES)
    found = [*named, *(audience for audience, pattern in TOLD.items() if pattern.search(text))]
    if I_AM_A_WOMAN.search(text) and MEN in found:
        # her wife, her girlfriend
        found = [*(a for a in found if a not in (MEN, WOMEN)), Audience.LGBT.value, WOMEN]
    elif WOMEN in found and MEN in found and TOLD[MEN].search(text):
        found = [a for a in found if a != WOMEN]
    if I_AM_A_CHILD.search(text) and not GROWN.search(text):
        return tuple(dict.fromkeys([CHILDREN, YOUNG, *found]))
    if not FOR_CHILDREN.search(text):
        young = CHILDREN in found or YOUNG in found or AGE_OF_CHILD.search(text)
        if (SOMEBODYS_CHILD if AGE_OF_CHILD.search(text) else ONES_CHILD).search(text) and young:
            found = [*(a for a in found if a != YOUNG), FAMILIES]
        found = [a for a in found if a != CHILDREN]
    return tuple(dict.fromkeys(found))


def is_told_by_the_child(text: str) -> bool:
    """Whether what is told of a child at risk is done to the one who writes ("they make me carry it"), and to no other child."""
    other = SOMEBODYS_CHILD.search(text) or ANY_CHILDREN.search(text) or GROWN.search(text)
    return bool(DONE_TO_ME.search(text)) and not other


def ways_of(text: str) -> Values:
    """How somebody wants to get in touch, where the message says so: "can I text someone"."""
    return ("text",) if BY_TEXT.search(text) else ()


def _about(said: dict[str, Any], text: str, words: Values, content: Content) -> tuple[Values | None, Values]:
    """(needs, doors) of what the classifier says a message is about; None where the words found decide.

    A sure label wins over single words ("husband" alone says nothing); a likely one counts where there are no words.
    """
    level, label = said.get("level"), str(said.get("label") or "")
    if not (level == SURE or (level == LIKELY and not words)):
        return None, ()
    if label == NOTHING_SAID and words:
        return None, ()
    if label == Need.PERPETRATOR_CHANGE.value and level != SURE and not I_DO_HARM.search(text):
        label = Need.DOMESTIC_ABUSE.value
    meaning = content.help.about.get(label)
    if meaning:
        return tuple(n.value for n in meaning.needs), tuple(meaning.doors)
    if label not in {n.value for n in Need}:
        return None, ()
    # nowhere to go because of somebody at home: the abuse comes first
    at_home = label == Need.HOMELESSNESS.value and (Need.DOMESTIC_ABUSE.value in words or AWAY_FROM.search(text))
    return ((Need.DOMESTIC_ABUSE.value, label) if at_home else (label,)), ()
