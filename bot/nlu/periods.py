"""Finds periods of time and gives them one spelling: `2024-03`, `2024`, `2023/24`, `last_12_months`, `since_2016`.

Relative periods keep relative names ("last_year"): what they mean depends on the day of the answer, not of training.
The years in the name of a Plan ("the 2022-25 Plan") are no period.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from spacy.tokens import Doc

from bot.nlu import spans

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
SHORT = {name[:3]: number for number, name in enumerate(MONTHS, 1)} | {"sept": 9}
NUMBER = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "twelve": 12, "few": 3, "couple of": 2,
}  # fmt: skip
# "may" and "march" are also ordinary words, so alone they need a word before them
PLAIN_MONTH = "|".join(m for m in MONTHS if m not in ("may", "march"))
ANY_MONTH = "|".join((*MONTHS, *sorted(SHORT, key=len, reverse=True)))
YEAR = r"(?:19[89]\d|20[0-3]\d)"
COUNT = "|".join(map(str, NUMBER)) + r"|\d{1,2}"
PLAN = r"(?!\s*(?:police\s+and\s+crime\s+)?plan\b)"
OF_PAST = r"(?:last|past|previous|recent)"
PANDEMIC = r"(?:the\s+)?(?:covid(?:[- ]?19)?|pandemic|lockdowns?|corona(?:virus)?)"

Found = tuple[int, int, str]
Value = Callable[[re.Match], "str | None"]


def month_number(name: str) -> int:
    """1 to 12 for a month's name or its first letters."""
    return SHORT["sept" if name.startswith("sept") else name[:3]]


def _financial_year(match: re.Match) -> str | None:
    first, last = int(match["first"]), match["last"]
    first += 2000 if first < 100 else 0
    if (first + 1) % 100 != int(last) % 100:
        return None  # "2022-25" is a Plan, not a financial year
    return f"{first}/{(first + 1) % 100:02d}"


def _iso_month(match: re.Match) -> str:
    year, month = int(match["year"]), int(match["number"])
    return f"{year}/{month:02d}" if (year + 1) % 100 == month else f"{year}-{month:02d}"


def _month_of_year(match: re.Match) -> str:
    year = int(match["year"])
    return f"{year + 2000 if year < 100 else year}-{month_number(match['month']):02d}"


def _some(unit: str) -> Value:
    def value(match: re.Match) -> str:
        count = NUMBER.get(match["count"]) or int(match["count"])
        return "last_12_months" if (count, unit) == (12, "months") else f"last_{count}_{unit}"

    return value


def _fixed(value: str) -> Value:
    return lambda match: value


# The first rule that takes a stretch keeps it, so the longer and surer ones come first.
RULES: tuple[tuple[re.Pattern, Value], ...] = tuple(
    (re.compile(pattern), value)
    for pattern, value in (
        # the years of a Plan's name: taken out of play
        (rf"\b{YEAR}\s*(?:-|–|/|to)\s*(?:{YEAR}|\d\d)\s+(?:\w+\s+){{0,2}}plan\b", lambda m: None),
        (r"\bplan\s+(?:for\s+)?(?:20)?2[125]\s*(?:-|–|/|to)\s*(?:20)?2[59]\b", lambda m: None),
        (r"\b(?:20)?2[12]\s?(?:-|–|/)\s?(?:20)?25\b|\b(?:20)?25\s?(?:-|–|/)\s?(?:20)?29\b", lambda m: None),
        # "2010-11" is a financial year, "2024-03" a month
        (rf"\b(?P<year>{YEAR})-(?P<number>0[1-9]|1[0-2])\b", _iso_month),
        (rf"\b(?P<first>{YEAR})\s?(?:/|-|–)\s?(?P<last>{YEAR}|\d\d)\b(?!-)", _financial_year),
        (r"\b(?P<first>[12]\d)\s?/\s?(?P<last>[123]\d)\b(?!/)", _financial_year),
        (rf"\b(?P<number>0?[1-9]|1[0-2])/(?P<year>{YEAR})\b", lambda m: f"{m['year']}-{int(m['number']):02d}"),
        (rf"\b(?P<month>{ANY_MONTH})\.?\s+(?:of\s+)?(?P<year>{YEAR})\b", _month_of_year),
        (rf"\b(?P<month>{ANY_MONTH})\s*'(?P<year>[012]\d)\b", _month_of_year),
        (rf"\bsince\s+(?:\w+\s+)?(?P<year>{YEAR})\b", lambda m: f"since_{m['year']}"),
        (rf"\b(?:since|after)\s+{PANDEMIC}", _fixed("since_2020")),
        (
            rf"\b(?P<year>{YEAR})\s+(?:onwards?|to\s+(?:now|today)|till\s+now|until\s+now)\b",
            lambda m: f"since_{m['year']}",
        ),
        (rf"\bfrom\s+(?P<year>{YEAR})\s+(?:on|onwards?|to\s+now|till\s+now)\b", lambda m: f"since_{m['year']}"),
        (
            rf"\b(?:over|across)\s+(?:the\s+)?(?P<count>{COUNT})\s+(?:years|yrs)\b(?!\s+(?:plan|ago))",
            _some("years"),
        ),
        (rf"\b(?P<count>{COUNT})[- ](?:year|yr)\s+(?:picture|trend|view|chart|graph|history)\b", _some("years")),
        # "it lasts three years", "why does it only last three years": how long, not when
        (rf"\b(?:only|it|they|plan|to|would|will|does)\s+last\s+(?:{COUNT})\s+years\b", lambda m: None),
        (rf"\b(?:the\s+)?{OF_PAST}\s+(?P<count>{COUNT})\s+(?:calendar\s+)?(?:years|yrs)\b", _some("years")),
        (rf"\b(?:the\s+)?{OF_PAST}\s+(?P<count>{COUNT})\s+(?:months|mths|mnths)\b", _some("months")),
        (r"\b(?:the\s+)?(?:past|rolling)\s+(?:year|12\s+months)\b", _fixed("last_12_months")),
        (r"\b(?:last|past|rolling|previous)\s+(?:12|twelve)\s*(?:months|mths|mnths|mo)\b", _fixed("last_12_months")),
        (r"\b(?:last|previous)\s+(?:year|yr)(?:'?s)?\b", _fixed("last_year")),
        (
            r"\b(?:this|current)\s+(?:year|yr)(?:'?s)?\b|\byear\s+to\s+date\b|\bso\s+far\s+this\s+year\b",
            _fixed("this_year"),
        ),
        (r"\b(?:last|past|previous)\s+month(?:'?s)?\b", _fixed("last_month")),
        (r"\b(?:this|current)\s+month(?:'?s)?\b", _fixed("this_month")),
        (r"\b(?:last|past|previous)\s+week(?:'?s)?\b", _fixed("last_week")),
        (r"\b(?:this|current)\s+week(?:'?s)?\b", _fixed("this_week")),
        (
            r"\b(?:the\s+)?(?:very\s+)?(?:latest|newest|most\s+recent|most\s+up\s+to\s+date)\b(?!\s+(?:\w+\s+)?plan)",
            _fixed("latest"),
        ),
        (
            rf"\b(?P<year>{YEAR})s?\b(?!\s*[-–]\s*\d)(?!\s+(?:officers|people|crimes|offences|police)\b){PLAN}",
            lambda m: m["year"],
        ),
        (rf"\b(?P<month>{PLAIN_MONTH})(?:'s)?\b", lambda m: m["month"]),
        (
            r"\b(?:in|last|since|for|during|by|this|from|to|until|of|about|and|or|vs|versus|till|every)\s+"
            rf"(?P<month>{ANY_MONTH})\b(?!\s+(?:be|have|need|want|i|we|he|she|they|not)\b)",
            lambda m: MONTHS[month_number(m["month"]) - 1],
        ),
        (rf"^\W*(?P<month>{ANY_MONTH})\W*$", lambda m: MONTHS[month_number(m["month"]) - 1]),
    )
)


def find(text: str) -> Iterator[Found]:
    """Every (begin, end, value) in lower-case text; stretches do not overlap."""
    taken: list[tuple[int, int]] = []
    for pattern, value_of in RULES:
        for match in pattern.finditer(text):
            begin, end = (
                match.span("month")
                if "month" in match.groupdict() and "year" not in match.groupdict()
                else match.span()
            )
            if any(begin < b and a < end for a, b in taken):
                continue
            value = value_of(match)
            if value is None and "first" in match.groupdict() and len(match["first"]) == 4 and "plan" not in text:
                # "2019-2023" outside the name of a Plan: two years
                taken.append((begin, end))
                yield match.start("first"), match.end("first"), match["first"]
                last = match["last"]
                yield match.start("last"), match.end("last"), last if len(last) == 4 else match["first"][:2] + last
                continue
            taken.append((begin, end))
            if value is not None:
                yield begin, end, value


class PeriodFinder:
    """A spaCy pipe that adds the `period` spans."""

    def __call__(self, doc: Doc) -> Doc:
        if len(doc):
            text, starts = spans.corrected(doc)
            spans.add(doc, "period", ((*spans.tokens_of(starts, b, e), value) for b, e, value in find(text)))
        return doc
