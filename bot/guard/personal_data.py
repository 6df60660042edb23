"""Takes personal data out of a message before anything is stored: addresses, numbers, whole postcodes.

Names are not taken out: no rule finds them without breaking ordinary sentences, and the chat says so. Of a postcode the
outward part stays ("SE15"), which is enough for a borough.
"""

from __future__ import annotations

import re

import phonenumbers

EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b")
CARD = re.compile(r"\b(?:\d[ -]?){12,18}\d\b")
NATIONAL_INSURANCE = re.compile(
    r"\b[a-ceghj-prstw-z][a-ceghj-nprstw-z]\s?\d{2}\s?\d{2}\s?\d{2}\s?[a-d]\b", re.IGNORECASE
)
POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s?\d[abd-hjlnp-uw-z]{2}\b", re.IGNORECASE)
STREET = re.compile(
    r"\b(?:flat\s+\w{1,4},?\s+)?\d{1,4}[a-z]?,?\s+(?:[a-z][\w'’-]*\s+){1,3}"
    r"(?:street|st|road|rd|avenue|ave|lane|ln|close|drive|gardens|gdns|court|crescent|terrace|place|square|way|walk|mews|grove|hill|park|house)\b",
    re.IGNORECASE,
)
ACCOUNT = re.compile(r"\b\d{2}-\d{2}-\d{2}\b(?:\s+\d{8}\b)?|\b(?:account|acc|a/c)\D{0,12}\d{8}\b", re.IGNORECASE)
BIRTH = re.compile(
    r"\b(?:born(?: on)?|dob|d\.o\.b\.?|date of birth)\W{0,4}(?:is\W)?\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}\b", re.IGNORECASE
)
# "2 weeks in Park" must not look like a street, nor may a figure of crime
NOT_A_STREET = re.compile(
    r"\b\d{1,4},?\s+(?:\w+\s+){0,2}?(?:in|on|of|at|the|near|for|and|to|from|years?|days?|weeks?|months?|people|officers)\b",
    re.IGNORECASE,
)
REMOVED = "(removed)"


def mask(text: str) -> str:
    """The text without personal data; what is taken out is replaced by "(removed)"."""
    text = EMAIL.sub(REMOVED, text)
    text = NATIONAL_INSURANCE.sub(REMOVED, text)
    text = BIRTH.sub(REMOVED, text)
    text = ACCOUNT.sub(REMOVED, text)
    text = CARD.sub(lambda m: REMOVED if _is_card(m.group()) else m.group(), text)
    text = _mask_phones(text)
    text = STREET.sub(lambda m: m.group() if NOT_A_STREET.search(m.group()) else REMOVED, text)
    return POSTCODE.sub(lambda m: m[1], text)


def _is_card(digits: str) -> bool:
    """Luhn's check, so that other long numbers are left to the rule for phone numbers."""
    numbers = [int(c) for c in digits if c.isdigit()][::-1]
    return sum(n if i % 2 == 0 else sum(divmod(2 * n, 10)) for i, n in enumerate(numbers)) % 10 == 0


def _mask_phones(text: str) -> str:
    if sum(c.isdigit() for c in text) < 9:
        return text
    for match in reversed(list(phonenumbers.PhoneNumberMatcher(text, "GB", leniency=phonenumbers.Leniency.POSSIBLE))):
        if sum(c.isdigit() for c in match.raw_string) >= 9:
            text = text[: match.start] + REMOVED + text[match.end :]
    return text
