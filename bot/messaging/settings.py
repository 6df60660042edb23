"""What the messaging channels are told, by environment variables only: credentials never stand in a file of the project."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.errors import SetupError
from bot.settings import address, number

HTTPS = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(?::\d+)?(?:/[\w./-]*)?", re.ASCII)


@dataclass(frozen=True)
class Variable:
    """An environment variable that a channel needs. `what`: where it comes from, for people; `form`: how it is written."""

    name: str
    what: str
    form: re.Pattern[str] = re.compile(r"\S+")
    secret: bool = True

    def value(self) -> str:
        """Its value, or an empty text."""
        return os.environ.get(self.name, "").strip()

    def problem(self) -> str | None:
        """What is wrong with it, as a line that never repeats a secret; None when it is well."""
        if not self.value():
            return f"{self.name} is not set: {self.what}"
        return None if self.form.fullmatch(self.value()) else f"{self.name} is not written as it should be: {self.what}"


PUBLIC_URL = Variable(
    "PLAN_PUBLIC_URL", "the https:// address at which the platforms reach this server, as https://chat.example.org",
    HTTPS, secret=False,
)  # fmt: skip


def problems(variables: Sequence[Variable]) -> list[str]:
    """What stands in the way of a channel that needs these; empty when it can be on."""
    return [line for variable in variables if (line := variable.problem())]


def values(variables: Sequence[Variable]) -> dict[str, str]:
    """Each variable's value. Raises SetupError when one is missing or wrong."""
    if wrong := problems(variables):
        raise SetupError(wrong[0])
    return {variable.name: variable.value() for variable in variables}


@dataclass(frozen=True)
class MessagingSettings:
    """`fragment_seconds`: how long more is waited for, after a message that came right behind another; 0 for never.

    `waiting`: messages that may wait in this server; `a_day`: answers to one person; `sms_countries`: whose texts are
    answered; the addresses are the platforms'.
    """

    fragment_seconds: float = field(default_factory=lambda: _fragment_seconds())
    waiting: int = field(default_factory=lambda: math.ceil(number("PLAN_MESSAGING_WAITING", 1_000)))
    a_day: int = field(default_factory=lambda: math.ceil(number("PLAN_MESSAGING_A_DAY", 300)))
    sms_countries: tuple[str, ...] = field(default_factory=lambda: _countries())
    telegram_url: str = field(default_factory=lambda: _platform("TELEGRAM_URL", "https://api.telegram.org"))
    twilio_url: str = field(default_factory=lambda: _platform("TWILIO_URL", "https://api.twilio.com"))
    messenger_url: str = field(default_factory=lambda: _platform("MESSENGER_URL", "https://graph.facebook.com/v23.0"))
    slack_url: str = field(default_factory=lambda: _platform("SLACK_URL", "https://slack.com/api"))


def _fragment_seconds() -> float:
    """Zero is allowed here, however it is written."""
    is_zero = re.fullmatch(r"\s*0+(?:\.0*)?\s*", os.environ.get("PLAN_FRAGMENT_SECONDS", ""), re.ASCII)
    return 0.0 if is_zero else number("PLAN_FRAGMENT_SECONDS", 0.8)


def _platform(name: str, usual: str) -> str:
    """The address of a platform. A token that was put into the wrong variable is not repeated."""
    try:
        return address(name, usual)
    except SetupError:
        raise SetupError(f"{name} is not an address: write it as {usual}, or unset it.") from None


def _countries() -> tuple[str, ...]:
    """Prefixes of the numbers that text messages are answered to."""
    told = os.environ.get("PLAN_SMS_COUNTRIES", "").replace(",", " ").split() or ["+44"]
    if wrong := [prefix for prefix in told if not re.fullmatch(r"\+\d{1,4}", prefix, re.ASCII)]:
        raise SetupError(f"PLAN_SMS_COUNTRIES: {wrong[0]} is no country's prefix: write +44, or several as +44 +353.")
    return tuple(told)
