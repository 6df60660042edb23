"""Where somebody is: whole postcodes, which are cut to their outward part, house and street, coordinates."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard.personal_data.writing import Span, folded, lowered, rule, spans

POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)[\s-]?\d[abd-hjlnp-uw-z]{2}\b", re.IGNORECASE)
# written in any odd way: "SE 15 4AB", "SE15, 4 AB", "S E 1 5 4 A B", a letter O for the nought
ODD_POSTCODE = re.compile(
    r"\b(?P<out>(?P<area>[a-z]\s?[a-z]?)\s?\d(?:\s?[a-z\d])?)(?P<gap>[\s,./_-]{0,3})(?P<inward>[\do]\s?[abd-hjlnp-uw-z]\s?[abd-hjlnp-uw-z])\b",
    re.ASCII,
)
WITH_A_GAP = re.compile(r"[a-z]{1,2}\s?\d[a-z\d]?(?:[\s,./_-]{0,3}\d\s?[a-z]{2}|\s?o[a-z]{2})")
SPELT = re.compile(r"[a-z](?:\s[a-z])?(?:\s\d){1,2}(?:\s[a-z])?\s\d\s[a-z]\s[a-z]")
AREAS = frozenset({
    "e", "ec", "n", "nw", "se", "sw", "w", "wc", "br", "cr", "da", "en", "ha", "ig", "kt", "rm", "sm", "tn", "tw", "ub", "wd",
})  # fmt: skip
"""In London; elsewhere a postcode is known as it is written."""
NO_INWARD = re.compile(
    r"\d\s?(?:st|nd|rd|th|yr|hr|ft|lb|pp)|\d\s(?:an|as|at|be|by|he|up|us|we|ur)|"
    r"o(?:ne|ut|ur|ld|ff|wn|dd|at|pt|rs|ar|re|wl|ft|de|le|af|rb|ps|ze)"
)
"""What follows a district more often than the rest of its postcode: "N1, 5th", "SE1 old"."""
SURE_STREET = (
    r"(?:street|str|st|road|rd|avenues?|ave|lane|ln|close|drive|gardens|gdns?|crescent|cres|terrace|mews|grove|boulevard|"
    r"blvd)\b"
)
PERHAPS_STREET = (
    r"(?:court|ct|place|pl|square|sq|way|walk|hill|park|house|row|rise|yard|wharf|quay|parade|villas?|path|passage|vale|view|green|"
    r"towers?|mansions|buildings?|lodge|heights|point|estate|common|broadway|circus)\b"
)
FLAT = r"\b(?:flat|flt|apartment|apt|unit|room)\s+"
NUMBER = rf"(?:{FLAT}\w{{1,4}},?\s+)?(?!(?:19|20)\d\d\b)\d{{1,4}}[a-z]?,?\s+"
NO_NAME = r"(?!(?:in|on|of|at|near|for|and|to|from|per|mph|crimes?|offences|years?|days?|weeks?|months?|people|officers|knife)\b)"
NAME = rf"{NO_NAME}[^\W\d_][\w'.-]{{0,30}}\s+"
NAMES = rf"(?:{NAME}){{1,3}}"
LIVES = (
    r"\b(?:lives?|lived|living|stay|stays|staying|home|address|adress|moved|house|flat|we are|i am|i'm|im|he'?s|come)\b"
)
TOLD = r"[\s:,]{1,3}(?:(?:is|was|at|in|to|near|on|number|no)\b[\s:.,]{0,2}){0,3}"
STREETS = (
    rule(rf"\b{NUMBER}(?:{NAMES}{SURE_STREET}|the\s+(?:{SURE_STREET}|{PERHAPS_STREET}))"),
    # "50 crimes Notting Hill" is a place and "1 in 3 women walk" is none: these need somebody to say that it is an address
    rule(rf"(?:(?<=\bat\s){NUMBER}|{FLAT}\w{{1,4}},?\s+\d{{1,4}}[a-z]?,?\s+|\b\d{{1,4}}[a-z]?,\s+){NAMES}{PERHAPS_STREET}"),
    rule(rf"{LIVES}{TOLD}({NUMBER}{NAMES}{PERHAPS_STREET})", group=1),
    # a block has a name instead of a number
    rule(rf"{FLAT}\d{{1,4}}[a-z]?,?\s+{NAMES}(?:{PERHAPS_STREET}|{SURE_STREET})", "flat", "flt", "ap", "unit", "room"),
    # the name of a street need not say that it is one, when somebody else does
    rule(
        rf"\b(?:(?:my|his|her|our|their)\s+add?ress\b|add?ress\s?(?:is|was|:)){TOLD}({NUMBER}{NO_NAME}[^\W\d_][\w'-]{{2,30}}\b)",
        "ress", group=1,
    ),
)  # fmt: skip
# as it is said in other languages: the number last
NUMBER_LAST = re.compile(
    rf"\b(?:{SURE_STREET}|{PERHAPS_STREET})\s+(?:(?:number|no\.?|nr\.?)\s*\d{{1,4}}[a-z]?|\d{{1,4}}[a-d])\b"
)
NAMES_BEFORE = re.compile(rf"\b(?:{NAME}){{1,2}}$")
LONGEST_NAMES = 70
COORDINATES = rule(r"(?<![\d.])-?\d{1,2}\.\d{4,12}\s?[,;\s]\s?-?\d{1,3}\.\d{4,12}(?!\d)")


def find(text: str) -> Iterator[Span]:
    """Where addresses stand; for postcodes see `outward_only`."""
    yield from spans(STREETS, text)
    for match in NUMBER_LAST.finditer(text):
        if names := NAMES_BEFORE.search(text, max(0, match.start() - LONGEST_NAMES), match.start()):
            yield names.start(), match.end()
    if text.count(".") > 1:
        yield from spans([COORDINATES], text)


def outward_only(text: str) -> str:
    """Whole postcodes cut to their outward part, again until none is left ("E1 6AN 6AN")."""
    while (shorter := _cut(text)) != text:
        text = shorter
    return text


def _cut(text: str) -> str:
    low, parts, done, position = lowered(folded(text)), [], 0, 0
    while match := ODD_POSTCODE.search(low, position):
        if _is_postcode(match):
            parts += [text[done : match.start()], re.sub(r"\s", "", text[slice(*match.span("out"))])]
            done = position = match.end()
        else:
            # another one may begin within it: "a n16 8bn"
            position = match.start() + 1
    return "".join([*parts, text[done:]])


def _is_postcode(match: re.Match[str]) -> bool:
    if POSTCODE.fullmatch(match.group()):
        return True
    if re.sub(r"\s", "", match["area"]) not in AREAS or NO_INWARD.fullmatch(match["inward"]):
        return False
    return bool(WITH_A_GAP.fullmatch(match.group()) or SPELT.fullmatch(match.group()))
