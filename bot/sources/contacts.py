"""Ways to reach a police team, let through only when they look like what they claim to be."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from bot.sources.text import plain

LONGEST_LINK = 300
LINK = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][A-Za-z0-9._~:/?#@!$&*+,;=%-]*)?")
POLICE = ("police.uk",)
SOCIAL = {
    "twitter": ("twitter.com", "x.com"),
    "facebook": ("facebook.com",),
    "instagram": ("instagram.com",),
    "youtube": ("youtube.com",),
}
HANDLE = re.compile(r"@?([A-Za-z0-9_]{1,15})")
EMAIL = re.compile(r"[a-z0-9][a-z0-9._%+&'-]{0,63}@(?:[a-z0-9-]{1,63}\.){0,4}police\.uk", re.IGNORECASE)
# the police's own number, or a number of the United Kingdom that costs no more than a usual call
PHONE = re.compile(r"101|999|(?:\+44|0)(?:[1238]\d{8,9}|7[1-57-9]\d{8})")


def contact_details(value: Any) -> dict[str, str] | None:
    """The recognised and plausible ones of `contact_details`; None when nothing is published."""
    if not isinstance(value, dict):
        return None
    found = {
        "email": email(value.get("email")),
        "telephone": phone(value.get("telephone")),
        "mobile": phone(value.get("mobile")),
        "web": link(value.get("web"), POLICE),
        **{name: _social(value.get(name), name) for name in SOCIAL},
    }
    return {name: text for name, text in found.items() if text} or None


def email(value: Any) -> str | None:
    """An e-mail address of the police; others are not shown, whatever the source says."""
    text = plain(value, 120)
    return text if text and EMAIL.fullmatch(text) else None


def phone(value: Any) -> str | None:
    """A telephone number, as it is written."""
    text = plain(value, 30)
    return text if text and PHONE.fullmatch(re.sub(r"\(0\)|[\s().-]", "", text)) else None


def link(value: Any, hosts: tuple[str, ...] = POLICE) -> str | None:
    """A web address on one of the hosts or below them."""
    if not isinstance(value, str):
        return None
    text = value.strip()
    if len(text) > LONGEST_LINK or not LINK.fullmatch(text):
        return None
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    plausible = any(host == h or host.endswith(f".{h}") for h in hosts)
    return text if plausible and port in (None, 80, 443) else None


def _social(value: Any, name: str) -> str | None:
    handle = HANDLE.fullmatch(value.strip()) if isinstance(value, str) else None
    if handle and name == "twitter":
        return f"https://twitter.com/{handle[1]}"
    return link(value, SOCIAL[name])
