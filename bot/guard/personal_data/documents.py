"""Numbers of documents and of vehicles: National Insurance, passport, permit, driving licence, registration plate."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard.personal_data.writing import Span, rule, spans

GAP = r"[\s.-]?"
IS = r"(?:\W{1,3}(?:is|was|are)\b)?\W{0,4}"
NUMBER_WORD = r"(?:\s?(?:number|numer|num|no|nr|nbr|id)\b\.?)?"
PREFIX = r"\b(?:[a-ceghj-prstw-z][a-ceghj-nprstw-z]|qq)"
# in one piece or as it is printed: with other gaps, "by 250000 a year" would be one
INSURANCE = (
    rule(
        rf"{PREFIX}(?:\d{{6}}{GAP}[a-d]|{GAP}(?:\d{{6}}[a-d]|\d\d[\s.-]\d\d[\s.-]\d\d{GAP}[a-d]|\d{{3}}[\s.-]\d{{3}}{GAP}[a-d]))\b"
    ),
    rule(
        rf"\b(?:n\.?i\.?|nino|nat\w{{4,9}}\s+ins\w{{5,9}}){NUMBER_WORD}{IS}"
        rf"([a-z]{{2}}{GAP}\d{{2}}{GAP}\d{{2}}{GAP}\d{{2}}(?:{GAP}[a-d]\b)?)",
        "ni", "n.i", "nat", group=1,
    ),
)  # fmt: skip
INSURANCE_IN_CAPITALS = rule(r"\b(?!BY|TO|IN|AT|OF|ON|OR)[A-Z]{2} \d{6} [A-D]\b")
IN_ONE_PIECE = r"(?=[a-z]{0,3}(?:[a-z]?\d){3})[a-z\d]{6,13}\b"
SPACED = r"[a-z]{0,2}\s?\d{2,4}\s\d{3,4}(?:\s\d{2,4})?\b"
PAPERS = (
    rule(
        rf"\b(?:pass?\s?port|brp|biometric(?:\s+\w+)?|residence\s+permit|id\s?card|identity\s+card|visa){NUMBER_WORD}{IS}({IN_ONE_PIECE}|{SPACED})",
        "port", "brp", "biometric", "permit", "card", "visa", group=1,
    ),
    rule(rf"\b[a-z9]{{5}}{GAP}\d{{3}}{GAP}\d{{3}}{GAP}[a-z9]{{2}}{GAP}[a-z\d]{GAP}[a-z]{{2}}(?:\s?\d{{2}})?\b"),
    rule(rf"\blicen[cs]e{NUMBER_WORD}{IS}({IN_ONE_PIECE})", "licen", group=1),
)  # fmt: skip
# the postal districts of London, and financial years, have the form of the first half of a plate
LONDON = r"(?:ec|nw|se|sw|wc|br|cr|da|en|ha|ig|kt|rm|sm|tn|tw|ub|wd|fy)"
SMALL_WORDS = (
    r"(?:and|the|for|are|was|you|has|had|why|how|who|not|but|all|any|can|did|get|got|her|him|his|its|may|new|now|off|old|one|"
    r"our|out|per|pls|plz|she|too|two|way|yes|yet|day|men|man|boy|due|end|far|few|kid|law|lot|map|met|ago|etc|see|say|use|via|"
    r"bus|car|gun|job|key|low|max|min|net|pay|ppl|tax|top|try|war|win|won|age|air|area)"
)
NO_I_OR_Q = r"[a-hj-pr-z]"
PLATES = (
    rule(rf"\b[a-z]{{2}}\d\d[a-z]{{3}}\b|\b(?!{LONDON}\d)[a-z]{{2}}\d\d[\s.-](?!{SMALL_WORDS}\b)[a-z]{{3}}\b"),
    rule(rf"\b(?:{NO_I_OR_Q}\d{{3}}{NO_I_OR_Q}[a-z]{{2}}|[a-z]{{3}}\d{{3}}{NO_I_OR_Q})\b"),
    rule(
        r"\b(?:reg(?:gie)?|registration|plates?|vrn|vrm)(?:\s+(?:number|plate|no|num|mark))?\b(?:\W{1,3}(?:is|was|said|says|on|it|its)\b){0,2}"
        r"\W{1,4}((?=[a-z\d]{0,3}[a-z])(?=[a-z\d .-]{0,7}\d)[a-z\d]{1,4}(?:[ .-][a-z\d]{2,3})?(?:[ .-][a-z]{3})?)\b",
        "reg", "plate", "vr", group=1,
    ),
)  # fmt: skip
# a district in capitals is hardly followed by three more letters without a vowel ("SE15 KTD")
PLATE_IN_CAPITALS = rule(r"\b[A-Z]{2}\d\d [B-DF-HJ-NP-TV-Z]{3}\b")


def find(text: str, as_written: str) -> Iterator[Span]:
    """Where the numbers stand. `as_written`: with its capitals."""
    yield from spans(PAPERS, text)
    yield from spans(PLATES, text)
    yield from spans((PLATE_IN_CAPITALS, INSURANCE_IN_CAPITALS), as_written)
    if len(re.findall(r"\d", text)) > 5:
        yield from spans(INSURANCE, text)
