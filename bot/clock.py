"""The one clock. Every date decision in the project asks it, so that a day or an hour can be rehearsed.

`PLAN_TODAY=2021-12-01` makes it that day everywhere, `PLAN_TODAY=2026-12-25T03:00` also that hour; unset, it is now in London.
"""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.errors import SetupError

LONDON = ZoneInfo("Europe/London")
VARIABLE = "PLAN_TODAY"


def now() -> datetime:
    """The time in London. A day rehearsed without an hour keeps the real hour.

    Raises SetupError when PLAN_TODAY is no date.
    """
    real = datetime.now(LONDON)
    rehearsed = os.environ.get(VARIABLE, "").strip()
    if not rehearsed:
        return real
    try:
        if "T" in rehearsed:
            return datetime.fromisoformat(rehearsed).replace(tzinfo=LONDON)
        return datetime.combine(date.fromisoformat(rehearsed), real.time(), LONDON)
    except ValueError as error:
        raise SetupError(
            f"{VARIABLE}={rehearsed} is not a date: write it as 2021-12-01 (or 2021-12-01T14:30), or unset it."
        ) from error


def today() -> date:
    """Today's date in London, or the date in PLAN_TODAY. Raises SetupError when that is no date."""
    return now().date()


def spell(day: date) -> str:
    """A date as people write it: 21 January 2022."""
    return f"{day.day} {day:%B %Y}"
