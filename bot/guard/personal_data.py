"""Takes personal data out of a message before anything is stored: addresses, numbers, whole postcodes.

Names are not taken out: no rule finds them without breaking ordinary sentences, and the chat says so. Of a postcode the
outward part stays ("SE15"), which is enough for a borough.
"""

from __future__ import annotations

import re

import phonenumbers

EMAIL = re.compile(r"[\w.+'’-]+@[\w-]+(?:\.[\w-]+)+\b")
CARD = re.compile(r"\b(?:\d[ -]?){12,18}\d\b")
NATIONAL_INSURANCE = re.compile(
    r"\b[a-ceghj-prstw-z][a-ceghj-nprstw-z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[a-d]\b", re.IGNORECASE
)
POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)[\s-]?\d[abd-hjlnp-uw-z]{2}\b", re.IGNORECASE)
SURE_STREET = r"street|st|road|rd|avenue|ave|lane|ln|close|drive|gardens|gdns|crescent|terrace|mews|grove"
PERHAPS_STREET = r"court|place|square|way|walk|hill|park|house|row|rise"
NUMBER = r"(?:flat\s+\w{1,4},?\s+)?(?!(?:19|20)\d\d\b)\d{1,4}[a-z]?,?\s+"
NO_STREET_NAME = (
    r"in|on|of|at|near|for|and|to|from|per|mph|crimes?|offences|years?|days?|weeks?|months?|people|officers|knife"
)
WORDS = rf"(?:(?!(?:{NO_STREET_NAME})\b)[a-z][\w'’-]*\s+){{1,3}}"
STREET = re.compile(rf"\b{NUMBER}{WORDS}(?:{SURE_STREET})\b", re.IGNORECASE)
# "50 crimes Notting Hill" is a place and "1 in 3 women walk" is none: these need somebody to say that it is an address
TOLD_STREET = re.compile(
    rf"(?:(?<=\bat\s){NUMBER}|\bflat\s+\w{{1,4}},?\s+{NUMBER}|\b\d{{1,4}}[a-z]?,\s+){WORDS}(?:{PERHAPS_STREET})\b",
    re.IGNORECASE,
)
THE_STREET = re.compile(rf"\b{NUMBER}the\s+(?:{SURE_STREET}|{PERHAPS_STREET})\b", re.IGNORECASE)
ACCOUNT = re.compile(
    r"\bsort\s*code\W{0,4}(?:is\W{1,2})?\d{2}[- ]?\d{2}[- ]?\d{2}\b|\b\d{2}-\d{2}-\d{2}\s+\d{8}\b|"
    r"\b(?:account|acc|a/c)\D{0,12}\d{8}\b",
    re.IGNORECASE,
)
BIRTH = re.compile(
    r"\b(?:born(?: on)?|dob|d\.o\.b\.?|date of birth|birthday)\W{0,4}(?:is\W)?"
    r"(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}|\d{4}-\d{2}-\d{2}|\d{1,2}(?:st|nd|rd|th)?\s+(?:of\s+)?[a-z]{3,9}\s+\d{4})\b",
    re.IGNORECASE,
)
MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)44[\s.-]?(?:\(0\))?|0)7\d{3}[\s.-]?\d{3}[\s.-]?\d{3}(?!\d)")
REMOVED = "(removed)"


def mask(text: str) -> str:
    """The text without personal data; what is taken out is replaced by "(removed)"."""
    text = EMAIL.sub(REMOVED, text)
    text = NATIONAL_INSURANCE.sub(REMOVED, text)
    text = BIRTH.sub(REMOVED, text)
    text = ACCOUNT.sub(REMOVED, text)
    text = CARD.sub(lambda m: REMOVED if _is_card(m.group()) else m.group(), text)
    text = _mask_phones(MOBILE.sub(REMOVED, text))
    for street in (STREET, TOLD_STREET, THE_STREET):
        text = street.sub(REMOVED, text)
    return _outward_only(text)


def _outward_only(text: str) -> str:
    """Whole postcodes cut to their outward part, again until none is left ("E1 6AN 6AN")."""
    while (shorter := POSTCODE.sub(lambda m: m[1], text)) != text:
        text = shorter
    return text


def _is_card(digits: str) -> bool:
    """Luhn's check, so that other long numbers are left to the rule for phone numbers."""
    numbers = [int(c) for c in digits if c.isdigit()][::-1]
    return sum(n if i % 2 == 0 else sum(divmod(2 * n, 10)) for i, n in enumerate(numbers)) % 10 == 0


def _mask_phones(text: str) -> str:
    if sum(c.isdigit() for c in text) < 9:
        return text
    for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, "GB", leniency=phonenumbers.Leniency.VALID))):
        if sum(c.isdigit() for c in match.raw_string) >= 9:
            text = text[: match.start] + REMOVED + text[match.end :]
    return text
