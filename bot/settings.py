"""Limits and addresses, each with its environment variable; nothing is read at import."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field


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


@dataclass(frozen=True)
class GuardSettings:
    """`longest`: characters in a message; `per_minute`, `burst`: messages of one conversation; `waiting`: at once."""

    longest: int = field(default_factory=lambda: math.ceil(_number("PLAN_LONGEST_MESSAGE", 500)))
    per_minute: float = field(default_factory=lambda: _number("PLAN_MESSAGES_PER_MINUTE", 30))
    burst: int = field(default_factory=lambda: math.ceil(_number("PLAN_MESSAGE_BURST", 15)))
    waiting: int = field(default_factory=lambda: math.ceil(_number("PLAN_MESSAGES_WAITING", 3)))
