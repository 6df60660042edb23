"""`:today`: makes it another day, for the dialogue and the actions alike, or the real one again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from bot import clock
from bot.errors import SetupError

EARLIEST, LATEST = 2000, 2099
"""Years for which calendars, opening hours and figures make sense."""
HALF_A_DAY = 12
HOW = "Write it as :today 2021-12-01, or :today 2026-12-25T03:00 with the hour, or :today now."


def set_day(wanted: str) -> str:
    """Sets PLAN_TODAY ("now" unsets it); returns the line to say. Raises SetupError, and changes nothing, for no date."""
    before = os.environ.get(clock.VARIABLE)
    if wanted.casefold() == "now":
        os.environ.pop(clock.VARIABLE, None)
        return f"The clock is right again. {describe_day()}"
    try:
        # a zero byte cannot be set at all
        os.environ[clock.VARIABLE] = wanted.upper()
        if not EARLIEST <= clock.now().year <= LATEST:
            raise SetupError("the year")
    except (SetupError, ValueError, OverflowError) as error:
        _restore(before)
        raise SetupError(f'"{wanted[:40]}" is not a day from {EARLIEST} to {LATEST}. {HOW}') from error
    return describe_day()


def describe_day() -> str:
    """Which day it is, and whether that is a rehearsal."""
    rehearsed = os.environ.get(clock.VARIABLE, "").strip()
    now = clock.now()
    hour = f", {now:%H:%M}" if "T" in rehearsed or not rehearsed else ""
    return f"It is {clock.spell(now.date())}{hour}{' (rehearsed)' if rehearsed else ''}."


@contextmanager
def rehearsed(day: str) -> Iterator[None]:
    """Makes it the day of a PLAN_TODAY, or the real one when that is empty, for as long as the context lasts."""
    before = os.environ.get(clock.VARIABLE)
    try:
        _restore(day or None)
        yield
    finally:
        _restore(before)


def another_hour(day: str) -> str:
    """The PLAN_TODAY of the same day at another time, half a day away; the same one when its hour is part of it."""
    if "T" in day:
        return day
    hour = (clock.now().hour + HALF_A_DAY) % (2 * HALF_A_DAY)
    return f"{day or clock.today().isoformat()}T{hour:02d}:00"


def _restore(before: str | None) -> None:
    if before is None:
        os.environ.pop(clock.VARIABLE, None)
    else:
        os.environ[clock.VARIABLE] = before
