"""From a message to a question about figures: what kind it is, beside the crimes, areas and periods that were understood."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from actions.statistics.question import (
    COMMONEST,
    COMPARE,
    COUNT,
    CRIME,
    EXTREME,
    MOST_TOP,
    RANK,
    TREND,
    USUAL_TOP,
    Question,
)

COMPARING = "ask_statistics_compare"
OFFICER_NUMBERS = "ask_officer_numbers"
PICTURE, NUMBERS = "picture", "numbers"

_ABOUT = (
    ("stops", r"stop (?:and|n|&) search"),
    ("pcsos", r"\bpcsos?\b|community support officers?"),
    ("staff", r"\b(?:police|civilian) staff\b|\bcivilians?\b"),
    ("fairness", r"\b(?:treats?|treating) (?:\w+ ){0,2}(?:fair|equal)"),
    ("listening", r"\b(?:police|met|they) (?:\w+ )?listen"),
    ("relied_on", r"\brel(?:y|ied|iable)\b"),
    ("confidence", r"\bconfiden(?:ce|t)\b|\bgood job\b|\btrust(?:s|ed|ing)?\b|\bthink the (?:police|met)\b|\bbelieve in the police\b"),
    ("officers", r"\bofficers?\b|\bhow many (?:police|cops|coppers|feds|bobbies)\b|\bnumbers? of (?:police|cops)\b|\bpolice numbers\b"),
)  # fmt: skip
ABOUT_WORDS = tuple((about, re.compile(pattern)) for about, pattern in _ABOUT)
CRIMES_AGAINST_OFFICERS = re.compile(r"\b(?:assaults?|attacks?|violence)\b.{0,20}\bofficers?\b")
SHORT_ENDING = re.compile(
    r"\b(go|gett|ris|fall|dropp|grow|climb|increas|com|eas|declin|peak|creep|chang|calm|spik|improv)in\b'?"
)
UP_OR_DOWN = re.compile(
    r"\b(?:up or down|(?:go(?:ing|ne|es)?|went|come|came|coming|shot|been) (?:\w+ )?(?:up|down)|ris(?:e|es|en|ing)|rose|increas\w*|"
    r"fall(?:s|en|ing)?|fell|drop\w*|decreas\w*|declin\w*|(?:get(?:s|ting)?|got) (?:\w+ )?(?:worse|better|safer|more dangerous)|"
    r"trends?|over time|climb\w*|through the roof|sky ?rocket\w*|improv\w*|reduc\w*|grow(?:n|ing|s)?|grew|"
    r"(?:worse|better|safer|more|less|fewer|higher|lower) (?:\w+ ){0,4}(?:than|before|now|these days|used to)|"
    r"eas(?:ing|ed) off|tail(?:ing|ed) off|calm(?:ing|ed) down|peak(?:ed|ing)|creep(?:ing|ed|s)|upwards?|downwards?|downhill|on the up|"
    r"chang(?:ed?|ing)|disappear\w*|gain(?:ed|ing)?|los(?:e|ing|t)|recover\w*|higher or lower|more or (?:less|fewer)|"
    r"(?:more|less) and (?:more|less)|long view)\b|"
    r"\b(?:is|was) it (?:worse|better)\b|\bup\b[^?]{0,20}\bdown\b|\bspik(?:e|ed|ing)\b"
)
WHICH = re.compile(
    r"\b(?:which|what|wich|wat|where|rank\w*|league|list|top|order|number one|no 1|leads?|safest|worst|most|least|fewest|lowest|"
    r"highest|best|dangerous|dodgiest|roughest|quietest|capital)\b"
)
FEWEST = re.compile(
    r"\b(?:safe|safest|least|fewest|lowest|quiet(?:er|est)?|less|fewer|best|calm(?:er|est)?|nicest|lower)\b"
)
YEARLY = re.compile(
    r"\b(?:worst|best|highest|lowest|peak|record|deadliest) (?:\w+ )?(?:year|yr)\b|\bwhich (?:year|yr)\b|\bwhat year\b"
)
KINDS_OF_CRIME = re.compile(
    r"\b(?:what|which) (?:kinds?|types?|sorts?) of crimes?\b|\b(?:commonest|most common) (?:crime|offence)|"
    r"\b(?:what|which) crimes?\b.{0,25}\b(?:most|common)|\bcrime is most common\b|\bmost common (?:kind|type)"
)
TOP = re.compile(
    r"\b(?:top|worst|safest|bottom|best|first) (\d{1,2}|three|five|ten|four|six)\b|\b(three|five|ten|four) (?:boroughs|safest|worst|most|areas)\b"
)
NUMBER = {"three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
BY_COUNT = re.compile(
    r"\b(?:in total|total number|raw (?:numbers?|counts?)|not per|just (?:the )?(?:numbers?|counts?)|by count|absolute|not (?:the )?rates?|not per)\b"
)
AVERAGE = re.compile(r"\b(?:average|city ?wide|rest of london|london as a whole|whole of london)\b")
THAN = re.compile(r"\b(?:worse|better|safer|more|less|fewer|higher|lower|rougher|dodgier) (?:\w+ )?(?:than|then)\b")
NOW_AND_THEN = re.compile(r"\b(?:now|today|these days|nowadays|than|compared)\b")
ON_LAST_YEAR = re.compile(r"\b(?:than|on|from|since|with|to|against) (?:the )?last (?:year|yr)\b")
TOGETHER = re.compile(
    r"\b(?:compare (?:them|those|both|the two|these)|both (?:of them|together)|side by side|against each other|compared)\b"
)
AS_PICTURE = re.compile(r"\b(?:pictures?|graphs?|charts?|plots?|pics?|diagram|visuali[sz]\w*|draw|bars?|grph)\b")
AS_NUMBERS = re.compile(
    r"\b(?:in numbers|as numbers|tables?|in figures|raw numbers|just numbers|the numbers|list (?:them|it)|in digits|spreadsheet)\b"
)
PER_HEAD = re.compile(
    r"\b(?:per (?:head|person|capita|1,?000|thousand|resident)|for (?:its|their|the) (?:size|population)|by population|rates?)\b"
)
CHANGE_OF_WAY = re.compile(r"\b(?:going up|up or down|trend|over time|getting worse|getting better|history)\b")


def question_of(
    typed: str, intent: str, crimes: Sequence[str], areas: Sequence[str], periods: Sequence[str]
) -> Question:
    """The question of a message. `typed`: its text; the entities in the order typed."""
    text = spelt_out(typed)
    about = _about(text, intent, crimes)
    if about != CRIME:
        # the words that name the force or the whole city add nothing to these
        areas = [a for a in areas if a != "London"]
    if AVERAGE.search(text) and areas and "London" not in areas:
        areas = [*areas, "London"]
    found = Question(
        crimes=() if about != CRIME else tuple(crimes), areas=tuple(areas), periods=tuple(periods), about=about,
        fewest=bool(FEWEST.search(text)), top=_top(text), by_count=bool(BY_COUNT.search(text)),
    )  # fmt: skip
    found = replace(found, kind=kind_of(found, text, intent))
    if found.kind == TREND and found.periods == ("last_year",) and ON_LAST_YEAR.search(text):
        found = replace(found, periods=())
    if found.kind == TREND and NOW_AND_THEN.search(text) and (since := _since(found.periods)):
        found = replace(found, periods=since)
    return found


def spelt_out(typed: str) -> str:
    """A message in lower case, with the endings that people leave out: "goin", "gettin"."""
    return SHORT_ENDING.sub(r"\1ing", typed.lower())


def kind_of(question: Question, text: str, intent: str) -> str:
    """One of question.KINDS, from the words of a lower-case text and what is named in it."""
    named = [a for a in question.areas if a != "London"]
    if YEARLY.search(text) and len(question.periods) < 2:
        return EXTREME
    if KINDS_OF_CRIME.search(text) and len(question.crimes) < 2:
        return COMMONEST
    several = len(question.areas) > 1 or len(question.measures()) > 1 or len(question.periods) > 1
    if intent == COMPARING:
        if several:
            return COMPARE
        if question.about != CRIME or (question.periods and not WHICH.search(text)):
            return TREND
        return TREND if UP_OR_DOWN.search(text) and not WHICH.search(text) else RANK
    if re.search(r"\b(?:which|what|wich) (?:borough|boro|area|part|place)", text) and len(named) < 2:
        return RANK
    if (len(question.areas) > 1 or len(question.measures()) > 1) and re.search(
        r"\b(?:worse|safer|more|less|better|or|vs?|versus|than|compare\w*|against|next to|beside|outnumber\w*)\b", text
    ):
        return COMPARE
    if len(question.periods) > 1:
        return COMPARE
    if UP_OR_DOWN.search(text) or any(re.match(r"since_|last_\d+_years", p) for p in question.periods):
        return TREND
    return COUNT


def shown_as(typed: str) -> str | None:
    """PICTURE or NUMBERS when the words ask for one; None else."""
    text = typed.lower()
    if AS_PICTURE.search(text):
        return PICTURE
    return NUMBERS if AS_NUMBERS.search(text) else None


def gone_on(before: Question, now: Question, typed: str, earlier: Question | None) -> Question:
    """The question before with what was just said put in: another area, period, crime or way of looking at it.

    `earlier`: the one before that, which "compare them" puts beside it.
    """
    text = typed.lower()
    about = now.about if now.about != CRIME else (CRIME if now.crimes else before.about)
    found = replace(
        before, crimes=now.crimes or before.crimes, areas=now.areas or before.areas, periods=now.periods or before.periods,
        about=about, top=now.top if now.top != USUAL_TOP else before.top, by_count=before.by_count or now.by_count,
    )  # fmt: skip
    if TOGETHER.search(text) and not (now.areas or now.crimes or now.periods) and earlier:
        return replace(
            found, crimes=_both(earlier.crimes, before.crimes), areas=_both(earlier.areas, before.areas),
            periods=_both(earlier.periods, before.periods), kind=COMPARE,
        )  # fmt: skip
    if THAN.search(text) and now.areas and before.areas and not now.crimes:
        return replace(found, areas=_both(before.areas, now.areas), kind=COMPARE)
    if UP_OR_DOWN.search(text) and now.periods == ("last_year",):
        # "more than last year": the newest figure beside the same time a year earlier
        return replace(found, periods=(), kind=TREND)
    if UP_OR_DOWN.search(text) and len(now.periods) == 1 and (since := _since(now.periods)):
        return replace(found, periods=since, kind=TREND)
    if CHANGE_OF_WAY.search(text):
        return replace(found, kind=TREND)
    if BY_COUNT.search(text):
        return replace(found, by_count=True)
    if PER_HEAD.search(text):
        named = [a for a in found.areas if a != "London"]
        areas = (*named, "London") if len(named) == 1 else found.areas
        return replace(found, by_count=False, areas=areas, kind=COMPARE if len(areas) > 1 else RANK)
    return replace(found, kind=_kind_of_detail(found, before, now))


def _kind_of_detail(found: Question, before: Question, now: Question) -> str:
    if len(now.areas) > 1 or len(now.periods) > 1 or len(now.crimes) > 1:
        return COMPARE
    if any(re.match(r"since_|last_\d+_years", p) for p in now.periods):
        return TREND
    if before.kind == COMPARE and (now.areas or now.periods or now.crimes):
        # one of the things compared is left: ask how it is there
        several = len(found.areas) > 1 or len(found.periods) > 1 or len(found.crimes) > 1
        return COMPARE if several else COUNT
    if before.kind in (RANK, COMMONEST, EXTREME) and now.areas:
        return before.kind if before.kind == COMMONEST else RANK
    if before.kind == TREND and now.periods:
        return COUNT
    return before.kind


def _about(text: str, intent: str, crimes: Sequence[str]) -> str:
    found = next((about for about, pattern in ABOUT_WORDS if pattern.search(text)), CRIME)
    if intent == OFFICER_NUMBERS:
        return found if found in ("pcsos", "staff") else "officers"
    if found == "officers" and CRIMES_AGAINST_OFFICERS.search(text):
        return CRIME
    # a crime that is named is what is asked about, unless it is only "crime"
    return found if not [c for c in crimes if c != "all_crime"] else CRIME


def _top(text: str) -> int:
    if not (match := TOP.search(text)):
        return USUAL_TOP
    word = match[1] or match[2]
    return min(max(NUMBER.get(word) or int(word), 1), MOST_TOP)


def _since(periods: Sequence[str]) -> tuple[str, ...] | None:
    """One past year as the time since then: "more now than in 2019"; None for anything else."""
    return (f"since_{periods[0]}",) if len(periods) == 1 and re.fullmatch(r"\d{4}", periods[0]) else None


def _both(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))
