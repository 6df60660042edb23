"""E-mail addresses, internet addresses, and names on social networks where it shows that they are such."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.guard.personal_data import public
from bot.guard.personal_data.writing import Span, matches, rule, spans

LETTER = r"[^\W_]"
LOCAL = r"[^\s@,;:!?()<>\[\]{}\"/\\]{1,64}"
HOST = r"[^\s@.,;:!?()<>\[\]{}\"/\\]{1,63}"
ENDING = r"(?:com|co|uk|org|net|gov|edu|eu|fr|de|pl|it|es|ie|pt|ro|in|info|me|io|london)\b"
PROVIDERS = (
    "gmail", "googlemail", "hotmail", "outlook", "live", "msn", "yahoo", "ymail", "rocketmail", "icloud", "aol", "btinternet",
    "sky", "virginmedia", "talktalk", "proton", "protonmail", "gmx", "mail",
)  # fmt: skip
AT = r"\s?[(\[{<]\s?at\s?[)\]}>]\s?"
DOT = r"(?:\s?[(\[{<]\s?dot\s?[)\]}>]\s?|\s?\.\s?|\s+dot\s+)"
EMAILS = (
    rule(rf"{LOCAL}@{HOST}(?:\.{HOST}){{0,6}}", "@"),
    # "jane @ gmail . com", "jane@gmail,com"
    rule(rf"{LOCAL}\s?@\s?{HOST}(?:\s?[.,]\s?{HOST}){{0,3}}\s?[.,]\s?{ENDING}", "@"),
    rule(
        rf"{LOCAL}(?:\s+dot\s+{LOCAL}){{0,3}}{AT}{HOST}(?:{DOT}{HOST}){{1,4}}",
        "at)",
        "at]",
        "at}",
        "at>",
        "at )",
        "at ]",
    ),
    # in words alone only at the large providers: "look at london.gov.uk" is no address
    rule(
        rf"{LOCAL}(?:\s+dot\s+{LOCAL}){{0,3}}\s+at\s+(?:{'|'.join(PROVIDERS)})(?:{DOT}{ENDING}){{1,2}}",
        *(f" at {provider}" for provider in PROVIDERS),
    ),
)
OCTET = r"(?:25[0-5]|2[0-4]\d|1?\d?\d)"
IPV4 = rule(rf"(?<![\d.]){OCTET}(?:\.{OCTET}){{3}}(?!\d|\.\d)")
GROUP = r"[0-9a-f]{1,4}"
IPV6 = rule(
    rf"(?<![\w:])(?:(?:{GROUP}:){{7}}{GROUP}|(?=[0-9a-f:]{{0,39}}::)(?:{GROUP}:{{1,2}}){{1,7}}{GROUP})(?![\w:])"
)
NETWORKS = (
    "insta", "instagram", "ig", "snap", "snapchat", "tiktok", "tik tok", "twitter", "telegram", "discord", "facebook", "fb",
    "whatsapp", "signal", "reddit", "twitch", "youtube", "linkedin",
)  # fmt: skip
SHORT = (
    "insta",
    "ig",
    "snap",
    "tik",
    "twit",
    "tele",
    "disc",
    "face",
    "fb",
    "what",
    "signal",
    "reddit",
    "tube",
    "linked",
)
"""One of these is in each of them."""
NETWORK = rf"\b(?:{'|'.join(NETWORKS)}|x)\b"
NAME = r"[\w.]{2,40}(?:#\d{3,5})?"
# a digit, a dot or a low line shows that it is a name: "my instagram is hacked" keeps its words
ODD_NAME = r"(?=[\w.]{0,40}[\d_#]|\w{1,30}\.\w)[\w.]{3,40}(?:#\d{3,5})?"
SITES = ("instagram.com", "facebook.com", "fb.com", "tiktok.com", "twitter.com", "x.com", "t.me", "snapchat.com", "linkedin.com",
         "youtube.com", "wa.me")  # fmt: skip
HANDLES = (
    rule(rf"{NETWORK}[^@\n]{{0,25}}@\s?({NAME})", "@", group=1),
    rule(rf"@\s?({NAME})\W{{1,3}}(?:(?:is|was|on|from|in|his|her|the|my|their)\W+){{0,3}}{NETWORK}", "@", group=1),
    rule(rf"(?<![\w.])@({ODD_NAME})", "@", group=1),
    rule(r"(?<![\w#&])([\w.]{2,32}#\d{4})\b", "#", group=1),
    rule(
        rf"\b(?:{'|'.join(NETWORKS)}|user\s?name|handle|profile)(?:\s+(?:user\s?name|name|user|handle|account|profile|id)){{0,2}}"
        rf"(?:\s+(?:is|was|called)\b|\s?[:=])?\s{{0,2}}@?({ODD_NAME})",
        *SHORT, "user", "handle", "profile", group=1,
    ),
    rule(
        rf"\b(?:{'|'.join(map(re.escape, SITES))})/((?:in/|add/|people/)?[\w.@?=&/-]{{2,80}})", "com/", ".me/", group=1,
    ),
)  # fmt: skip
OF_ALL = re.compile(r"(?:mayor|met_?police|mps|london|city_?police|btp|tfl|transport)\w*")
"""Names of authorities: they may be asked about."""


def find(text: str) -> Iterator[Span]:
    """Where the addresses and names stand."""
    yield from (span for span, found in matches(EMAILS, text) if not public.is_email(found))
    if text.count(".") > 2:
        yield from spans([IPV4], text)
    if text.count(":") > 1:
        yield from spans([IPV6], text)
    yield from (span for span, found in matches(HANDLES, text) if not OF_ALL.fullmatch(found.strip("@/.")))
