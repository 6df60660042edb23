"""Limits and addresses, each with its environment variable; nothing is read at import."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


def number(name: str, usual: float) -> float:
    from bot.errors import SetupError

    text = os.environ.get(name, "")
    try:
        value = float(text) if text else usual
    except ValueError as error:
        raise SetupError(f"{name}={text} is not a number: correct it, or unset it.") from error
    if not (math.isfinite(value) and value > 0):
        raise SetupError(f"{name} must be a number above zero.")
    return value


def address(name: str, usual: str) -> str:
    from bot.errors import SetupError

    text = os.environ.get(name, "").strip() or usual
    try:
        parts = urlsplit(text)
        right = parts.scheme in ("http", "https") and bool(parts.hostname) and not (parts.query or parts.fragment)
    except ValueError:
        right = False
    if not right:
        raise SetupError(f"{name}={text} is not an address: write it as {usual}, or unset it.")
    return text.rstrip("/")


def _origins(name: str) -> tuple[str, ...]:
    from bot.errors import SetupError

    named = tuple(part.rstrip("/") for part in os.environ.get(name, "").replace(",", " ").split())
    for text in named:
        try:
            parts = urlsplit(text)
            right = parts.scheme in ("http", "https") and parts.netloc and f"{parts.scheme}://{parts.netloc}" == text
        except ValueError:
            right = False
        if not right or text != text.lower():
            raise SetupError(f"{name}: {text} is not an origin: write it as https://www.example.org, in small letters.")
    return named


def _cache_path() -> Path:
    from bot.paths import ROOT

    return Path(os.environ.get("PLAN_CACHE", "").strip() or ROOT / ".rasa" / "cache.db")


@dataclass(frozen=True)
class GuardSettings:
    """`longest`: characters in a message; `per_minute`, `burst`: messages of one conversation; `waiting`: at once."""

    longest: int = field(default_factory=lambda: math.ceil(number("PLAN_LONGEST_MESSAGE", 500)))
    per_minute: float = field(default_factory=lambda: number("PLAN_MESSAGES_PER_MINUTE", 30))
    burst: int = field(default_factory=lambda: math.ceil(number("PLAN_MESSAGE_BURST", 15)))
    waiting: int = field(default_factory=lambda: math.ceil(number("PLAN_MESSAGES_WAITING", 3)))


@dataclass(frozen=True)
class SourceSettings:
    """`postcodes_url`, `police_url`, `datastore_url`: where they answer; `cache`: the file that keeps answers for a while."""

    postcodes_url: str = field(default_factory=lambda: address("POSTCODES_URL", "https://api.postcodes.io"))
    police_url: str = field(default_factory=lambda: address("POLICE_URL", "https://data.police.uk/api"))
    cache: Path = field(default_factory=_cache_path)
    datastore_url: str = field(default_factory=lambda: address("DATASTORE_URL", "https://data.london.gov.uk"))


KEPT_DAYS = 30
"""How long a conversation is kept. The answers on privacy say so in words: tests/unit/web/test_kept.py compares them."""


@dataclass(frozen=True)
class WebSettings:
    """`origins`: pages that may hold the widget; `hours`: how long a conversation's id is good; the rest are limits.

    A network address may be a school or an office: its limits are those of many people. Each counts in one server.
    """

    origins: tuple[str, ...] = field(default_factory=lambda: _origins("PLAN_ORIGINS"))
    hours: float = field(default_factory=lambda: number("PLAN_CONVERSATION_HOURS", 12))
    address_per_minute: float = field(default_factory=lambda: number("PLAN_ADDRESS_PER_MINUTE", 300))
    address_burst: int = field(default_factory=lambda: math.ceil(number("PLAN_ADDRESS_BURST", 100)))
    conversations_per_minute: float = field(default_factory=lambda: number("PLAN_ADDRESS_CONVERSATIONS_PER_MINUTE", 60))
    conversations_burst: int = field(default_factory=lambda: math.ceil(number("PLAN_ADDRESS_CONVERSATIONS_BURST", 40)))


def trusted_proxies() -> int:
    """PLAN_PROXIES: how many proxies in front of the server name the address of who asks; 0 when nobody does."""
    from bot.errors import SetupError

    text = os.environ.get("PLAN_PROXIES", "").strip() or "0"
    if not text.isdecimal() or int(text) > 10:
        raise SetupError(f"PLAN_PROXIES={text} is not a number of proxies: write 0, 1, 2 ...")
    return int(text)
