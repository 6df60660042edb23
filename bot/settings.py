"""Limits and addresses, each with its environment variable; nothing is read at import."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit


def _number(name: str, usual: float) -> float:
    from bot.errors import SetupError

    text = os.environ.get(name, "")
    try:
        value = float(text) if text else usual
    except ValueError as error:
        raise SetupError(f"{name}={text} is not a number: correct it, or unset it.") from error
    if not (math.isfinite(value) and value > 0):
        raise SetupError(f"{name} must be a number above zero.")
    return value


def _address(name: str, usual: str) -> str:
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


def _cache_path() -> Path:
    from bot.paths import ROOT

    return Path(os.environ.get("PLAN_CACHE", "").strip() or ROOT / ".rasa" / "cache.db")


@dataclass(frozen=True)
class GuardSettings:
    """`longest`: characters in a message; `per_minute`, `burst`: messages of one conversation; `waiting`: at once."""

    longest: int = field(default_factory=lambda: math.ceil(_number("PLAN_LONGEST_MESSAGE", 500)))
    per_minute: float = field(default_factory=lambda: _number("PLAN_MESSAGES_PER_MINUTE", 30))
    burst: int = field(default_factory=lambda: math.ceil(_number("PLAN_MESSAGE_BURST", 15)))
    waiting: int = field(default_factory=lambda: math.ceil(_number("PLAN_MESSAGES_WAITING", 3)))


@dataclass(frozen=True)
class SourceSettings:
    """`postcodes_url`, `police_url`, `datastore_url`: where they answer; `cache`: the file that keeps answers for a while."""

    postcodes_url: str = field(default_factory=lambda: _address("POSTCODES_URL", "https://api.postcodes.io"))
    police_url: str = field(default_factory=lambda: _address("POLICE_URL", "https://data.police.uk/api"))
    cache: Path = field(default_factory=_cache_path)
    datastore_url: str = field(default_factory=lambda: _address("DATASTORE_URL", "https://data.london.gov.uk"))
