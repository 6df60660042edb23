"""Questions that the figures cannot answer, found by their words, and what is said instead. Better no figure than a wrong one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from actions.statistics.periods import read
from actions.statistics.question import CRIME, Question

PERSON = re.compile(
    r"\b(?:crimes?|offences?|burglar\w+|robber\w+|rapes?|murders?|convictions?)\b.{0,15}\b(?:did|has|have|does)\b "
    r"(?:my|our|his|her|he|she|they|that|this|mr|mrs|[a-z]+)\b.{0,30}\b(?:commit\w*|done|do|got|on (?:him|her))\b|"
    r"\bcriminal records?\b|\b(?:has|have|did) (?:my|our) (?:\w+ ){1,3}(?:commit\w*|been convicted|got a record)\b"
)
FUTURE = re.compile(
    r"\bnext (?:year|month|week)\b|\bwill there be\b|\bpredict\w*|\bforecast\w*|\bwill (?:it|crime|\w+ crime) (?:go|get|rise|fall|be)\b|"
    r"\bin (?:five|ten|two|\d+) years'? time\b|\bgoing to happen\b"
)
OUTCOMES = re.compile(
    r"\b(?:arrest(?:s|ed)?|convict(?:ed|ions?)|prosecut\w+|charged|solved|unsolved|clear(?:ed)? up|caught|jailed|sent to prison|"
    r"detection rates?|locked up|found guilty)\b"
)
SMALL = re.compile(
    r"\b(?:on|in|down|along) (?:my|our|this) (?:road|street|estate|block|building|close)\b|\bmy (?:road|street|estate)'?s?\b"
)
PARTS = re.compile(
    r"\b(?:north|south|east|west|central|inner|outer|sarf|norf|n|se|sw|nw|e)[- ]?(?:east |west )?(?:london|ldn)\b(?!\s+(?:borough|university))"
)
NEAR_HERE = re.compile(
    r"\b(?:near me|near here|round here|around here|round my way|my area|my borough|my ends|my manor|where i live|near my (?:house|home|flat)|"
    r"my neighbou?rhood|local area|my postcode|near us|our area|in my bit|by me)\b"
)
ODD_MONTH = re.compile(
    r"\b(1[3-9]|[2-9]\d)(?:st|nd|rd|th) month\b|\bmonth (1[3-9]|[2-9]\d)\b|\bthirteenth month\b|\b20\d\d-(1[3-9]|[2-9]\d)\b(?!\d)"
)
UNKNOWN_BOROUGH = re.compile(
    r"\b(?:borough of|london borough of) ([a-z]{3,}(?: [a-z]{3,})?)|\b(?:in|for) ([a-z]{4,}) (?:borough|boro)\b"
)
SPECIAL = re.compile(
    r"\bvictim satisfaction\b|\bsatisf\w+ (?:of|with)\b.{0,20}\bvictims?\b|\bvictims?\b.{0,20}\bsatisf\w+"
)
YEAR = re.compile(
    r"\b(1[0-9]\d\d|20[4-9]\d|2[1-9]\d\d)\b(?!\s*(?:burglar|robber|crime|offence|officer|people|knife|murder))"
)
FIRST_YEAR = {"police_officers": 2012, "pcsos": 2019, "police_staff": 2019}
OLDEST = 2003
WORDS_NOT_BOROUGHS = frozenset(
    {"each", "every", "what", "which", "that", "this", "your", "another", "either", "other", "london", "same"}
)

NO_PERSON = (
    "I only have figures for places, never about one person. If somebody frightens you, I can show who can help. "
    "In danger now? Call 999."
)
NO_FUTURE = "Nobody can know that, and I do not guess. I can only say what was recorded."
NO_OUTCOMES = "I have no figures on arrests, charges or solved crimes, only on crimes that were recorded."
NO_STREET = "I have no figures for a street or an estate: small numbers could point to a person. The smallest I have is a borough, or a ward if you send a whole postcode."
NO_PARTS = "I have no figures for parts of London bigger than a borough."
WHERE_IS_HERE = (
    "Which borough do you mean? Or send a whole postcode: I use it once to find your area, and do not keep it."
)
NO_MONTH = "A year has only twelve months, so I do not know which month you mean."
NO_SATISFACTION = "I have no figure on how satisfied victims are."


def only_words(question: Question, typed: str) -> tuple[str, str] | None:
    """(name, text) of an answer in words alone, for what no figure can answer; None when a figure can."""
    text = typed.lower()
    if PERSON.search(text):
        return "no_person", NO_PERSON
    if SPECIAL.search(text):
        return "no_satisfaction", NO_SATISFACTION
    if NEAR_HERE.search(text) and not question.areas and question.about == CRIME:
        return "which_borough", WHERE_IS_HERE
    if PARTS.search(text) and not [a for a in question.areas if a != "London"]:
        return "no_parts", f"{NO_PARTS} Name one or more boroughs, and I will give their figures."
    return None


def first_words(question: Question, typed: str, today: date) -> tuple[Question, list[str]]:
    """The question that can be answered in the place of the one asked, and the lines that say what cannot."""
    text = typed.lower()
    lines = []
    if FUTURE.search(text):
        lines.append(NO_FUTURE)
    if OUTCOMES.search(text) and question.about == CRIME:
        lines.append(NO_OUTCOMES)
    if SMALL.search(text):
        lines.append(NO_STREET)
    if ODD_MONTH.search(text):
        lines.append(NO_MONTH)
    if not question.areas and (line := no_borough(text)):
        lines.append(line)
    kept, out = _possible(question.periods, today)
    named = YEAR.findall(text) if not question.periods else []
    for year in [*out, *named]:
        lines.append(_out_of_time(int(year), today))
    return Question(**{**vars(question), "periods": kept}), list(dict.fromkeys(lines))


def no_borough(text: str) -> str | None:
    """That there is no such borough, for a lower-case text that names one as a borough; None when it names none."""
    match = UNKNOWN_BOROUGH.search(text)
    name = (match[1] or match[2]).strip() if match else ""
    return f"I know no London borough called {name.title()}." if name and name not in WORDS_NOT_BOROUGHS else None


def _possible(values: Sequence[str], today: date) -> tuple[tuple[str, ...], list[int]]:
    """Periods that figures can be of, and the years of those that are yet to come or too long ago."""
    kept, out = [], []
    for value in values:
        period = read(value, today)
        if period and not period.open and (period.first > today or period.last.year < OLDEST):
            out.append(period.first.year)
        else:
            kept.append(value)
    return tuple(kept), out


def _out_of_time(year: int, today: date) -> str:
    if year > today.year or (year == today.year):
        return (
            f"I cannot know about {year}: it is not over yet."
            if year == today.year
            else f"{year} is yet to come, and I do not guess."
        )
    return f"My figures do not go back to {year}."
