"""Numbers of telephones, cards, bank accounts and patients, in digits or in words; and what is too long to be a figure."""

from __future__ import annotations

import re
from collections.abc import Iterator

import phonenumbers

from bot.guard.personal_data import public
from bot.guard.personal_data.writing import Span, are_years, digits_of, has_one, matches, rule, spans

GAP = r"[\s().\/_-]{0,3}"
IN_A_ROW = re.compile(rf"\d(?:{GAP}[\do]){{6}}")
"""What all but security codes have: seven digits close together."""
# "o77oo 9oo123"
LETTER_O = re.compile(r"(?<![a-z])o{1,3}(?=[ .-]?\d)|(?<=\d)o{1,3}(?=[ .-]?\d)")
# a date with its year is no part of any number
DATES = re.compile(
    r"(?<![\d/.-])(?:[0-3]?\d[/.-][01]?\d[/.-](?:19|20)\d\d|(?:19|20)\d\d-[01]\d-[0-3]\d|(?:19|20)\d\d\s?[-/]\s?(?:(?:19|20)\d\d|\d\d))"
    r"(?![\d/]|[.-]\d)"
)
# 03 and 08 are left out: they belong to organisations, never to a person
PHONES = (
    rule(
        rf"(?<![\d£])(?<!\d[.,])\(?0{GAP}"
        rf"(?:[1257](?:{GAP}\d){{9}}|(?:[ -]?\d){{12,14}}|[127](?:{GAP}\d){{10}}|[127](?:{GAP}\d){{8}})(?!\d)"
    ),
    rule(rf"(?<![\d£.,])44{GAP}(?:0{GAP})?[1257](?:{GAP}\d){{9}}(?!\d)"),
    rule(r"(?<![\d£.,])7\d{3}[ .-]?\d{3}[ .-]?\d{3}(?![\d,])"),
    rule(r"(?<![\d£$€.,])(?!0[389]\d{8,9}(?!\d))\d{9,}(?<!000)(?!\d)"),
)
ABROAD = re.compile(rf"(?<![\d.,£])(?:\+|00){GAP}[1-9](?:{GAP}\d){{7,13}}(?!\d)")
MOST_TRIED = 4
OF_ORGANISATIONS = re.compile(r"(?:\+|00)\D{0,3}4\D{0,3}4\D{0,3}(?:0\D{0,3})?[389]")
CARD = re.compile(r"(?<![\d£.,])[2-6](?:[ .-]{0,3}\d){12,18}(?!\d)")
CARD_WORDS = re.compile(r"(?:card|visa|master\s?card|maestro|amex|american express|debit|credit)")
LONGEST_WORDS = 40
SECURITY_CODE = rule(
    r"\b(?:cvv2?|cvc2?|cv2|security code)\b\W{0,3}(?:is\W)?(\d{3,4})\b", "cv", "security code", group=1
)
PATIENT = re.compile(r"(?<!\d)\d{3}[ .-]\d{3}[ .-]\d{4}(?!\d)")
PATIENTS = (
    rule(
        r"\b(?:n\.?h\.?s\.?|health)\s?(?:number|num|no|nr|nbr)?\b[^\d]{0,15}(\d(?:[ .-]?\d){9})(?!\d)",
        "nhs",
        "n.h.s",
        "health",
        group=1,
    ),
    rule(
        r"(?<!\d)(\d{3}[ .-]?\d{3}[ .-]?\d{4})\W{1,3}(?:(?:is|my|his|her|was)\W){0,2}n\.?h\.?s\b",
        "nhs",
        "n.h.s",
        group=1,
    ),
)
SORT = r"\b(?:sort(?:\s?-?code)?|s/?c)\b\W{0,4}(?:(?:is|no|number)\b\W{1,3})?"
SORT_CODE = r"\d\d[ ./-]?\d\d[ ./-]?\d\d"
EIGHT = r"(?:\d{8}|\d{4}[ -]\d{4}|\d{2} \d{2} \d{2} \d{2}|\d{3} \d{3} \d{2})"
BANK = (
    rule(rf"{SORT}({SORT_CODE})(?!\d)", "sort", "s/c", "sc", group=1),
    rule(rf"{SORT}{SORT_CODE}\D{{1,30}}({EIGHT})(?!\d)", "sort", "s/c", "sc", group=1),
    rule(r"(?<!\d)\d\d[ -]?\d\d[ -]?\d\d[\s,/]{1,4}\d{8}(?!\d)"),
    rule(rf"(?<!\d)({SORT_CODE})\W{{1,3}}(?:and\W)?(?:account|acct?|a/c)\b", "ac", "a/c", group=1),
    rule(r"\b(?:accounts?|acct?|a/c)\b\D{0,16}(\d{8})(?!\d)", "ac", "a/c", group=1),
    rule(
        rf"\b(?:account|acct?|a/c|bank)\b\W{{0,3}}(?:(?:number|num|no|nr|is)\b\W{{0,3}}){{1,2}}({EIGHT}|\d{{6,10}})(?!\d)",
        "ac", "a/c", "bank", group=1,
    ),
)  # fmt: skip
IBAN = re.compile(r"\b(?=([a-z]{2}\s?\d\d(?:[ -]?[a-z\d]{4}){2,7}(?:[ -]?[a-z\d]{1,3})?))")
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORD = rf"(?:{'|'.join(NAMES)}|oh|o|nought|nil|double|triple|treble|hundred|thousand)"
SPELT = re.compile(rf"\b(?:(?:{WORD}|\d{{1,2}})[\s,.-]{{1,3}}){{7,}}(?:{WORD}|\d{{1,2}})\b")
SPELT_WORD = re.compile(rf"\b{WORD}\b")
LEAST_SPELT = 3


def spelt(text: str) -> Iterator[Span]:
    """Where a number is said digit by digit, at least some of them in words."""
    if sum(map(text.count, NAMES)) >= LEAST_SPELT:
        yield from (m.span() for m in SPELT.finditer(text) if len(SPELT_WORD.findall(m.group())) >= LEAST_SPELT)


def find(text: str) -> Iterator[Span]:
    """Where such numbers stand in digits."""
    yield from spans([SECURITY_CODE], text)
    if not IN_A_ROW.search(text) and not has_one(("sort", "s/c", "sc ", "acc"), text):
        return
    yield from (span for span, found in matches(BANK, text) if not are_years(found))
    yield from _ibans(text)
    figures = LETTER_O.sub(lambda m: "0" * len(m.group()), DATES.sub(lambda m: "\0" * len(m.group()), text))
    yield from (span for span, found in matches(PHONES, figures) if not public.is_number(found))
    yield from (span for span, found in matches(PATIENTS, figures) if not are_years(found))
    yield from (m.span() for m in PATIENT.finditer(figures) if _is_patient(digits_of(m.group())))
    yield from _abroad(figures)
    yield from _cards(figures)


def _abroad(text: str) -> Iterator[Span]:
    """Numbers with the code of a country: as far as they are valid, else all that looks like one."""
    for match in ABROAD.finditer(text):
        if not OF_ORGANISATIONS.match(match.group()) and not public.is_number(match.group()):
            ends = (end for end in _ends(match, 8)[:MOST_TRIED] if _is_valid(text[match.start() : end]))
            yield match.start(), next(ends, match.end())


def _is_valid(written: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(re.sub(r"^00", "+", written), "GB"))
    except phonenumbers.NumberParseException:
        return False


def _ends(match: re.Match[str], least: int, group: int = 0) -> list[int]:
    """Where a run of at least so many digits may end: behind whole groups, the longest first."""
    text, begin, ends, digits = match[group], match.start(), [], 0
    for position, sign in enumerate(text, 1):
        digits += sign.isdigit()
        if sign.isalnum() and digits >= least and (position == len(text) or not text[position].isalnum()):
            ends.append(begin + position)
    return ends[::-1]


def _cards(text: str) -> Iterator[Span]:
    for match in CARD.finditer(text):
        if are_years(match.group()):
            continue
        ends = (end for end in _ends(match, 13) if _is_card(text[match.start() : end]))
        if (end := next(ends, None)) is not None:
            yield match.start(), end
        elif CARD_WORDS.search(text, max(0, match.start() - LONGEST_WORDS), match.start()):
            yield match.span()


def _is_card(written: str) -> bool:
    """Luhn's check, and the groups of a card: numbers in a row ("500 400 300 200 100") may pass the check by chance."""
    groups = [len(group) for group in re.findall(r"\d+", written)]
    if not (len(groups) <= 2 or groups[:3] == [4, 4, 4] or groups[:2] == [4, 6] or set(groups) == {1}):
        return False
    numbers = [int(c) for c in reversed(digits_of(written))]
    return sum(n if i % 2 == 0 else sum(divmod(2 * n, 10)) for i, n in enumerate(numbers)) % 10 == 0


def _is_patient(number: str) -> bool:
    """The check digit of NHS numbers."""
    return -sum(int(n) * weight for n, weight in zip(number, range(10, 1, -1), strict=False)) % 11 == int(number[9])


def _ibans(text: str) -> Iterator[Span]:
    for match in IBAN.finditer(text):
        for end in _ends(match, 8, 1):
            number = re.sub(r"[\s-]", "", text[match.start() : end])
            is_long = len(number) >= 15 and 2 * len(digits_of(number)) > len(number)
            if is_long and int("".join(str(int(c, 36)) for c in number[4:] + number[:4])) % 97 == 1:
                yield match.start(), end
                break
