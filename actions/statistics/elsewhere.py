"""Places outside London that people ask about: a question about Glasgow must not get London's figure."""

from __future__ import annotations

import re

PLACES = (
    "aberdeen", "bath", "belfast", "birmingham", "blackpool", "bolton", "bournemouth", "bradford", "brighton", "bristol",
    "cambridge", "cardiff", "coventry", "derby", "dublin", "dundee", "edinburgh", "essex", "exeter", "glasgow", "hertfordshire",
    "hull", "ipswich", "kent", "leeds", "leicester", "liverpool", "luton", "manchester", "middlesbrough", "milton keynes",
    "new york", "newcastle", "norwich", "nottingham", "oxford", "paris", "plymouth", "portsmouth", "reading", "scotland",
    "sheffield", "slough", "southampton", "stoke on trent", "sunderland", "surrey", "swansea", "swindon", "wales", "watford",
    "wolverhampton", "york", "chicago", "los angeles", "berlin", "madrid", "rome", "amsterdam",
)  # fmt: skip
# "reading", "bath" and "kent" are words and streets too, so a place counts only after a word of place
NAMED = re.compile(
    rf"\b(?:in|for|of|around|near|across|vs|versus|than|and|or) ({'|'.join(PLACES)})\b(?! (?:road|street|lane|avenue))"
)


def only_london(place: str) -> str:
    """What is said of another place."""
    return f"I only have figures for London, so I cannot say how it is in {place}. The police there publish their own."


def named(text: str) -> str | None:
    """The place outside London that a lower-case text names, as it is written; None when there is none."""
    found = NAMED.search(text)
    return found[1].title() if found else None
