"""The one clock. Every date decision in the project asks it, so that a day can be rehearsed.

`PLAN_TODAY=2021-12-01` makes it that day everywhere; unset, it is today in London.
"""

from __future__ import annotations

import os
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.errors import SetupError

LONDON = ZoneInfo("Europe/London")
VARIABLE = "PLAN_TODAY"


def today() -> date:
    """Today's date in London, or the date in PLAN_TODAY.

    Raises SetupError when PLAN_TODAY is not a date.
    """
    rehearsed = os.environ.get(VARIABLE, "").strip()
    if not rehearsed:
        return datetime.now(LONDON).date()
    try:
        return date.fromisoformat(rehearsed)
    except ValueError as error:
        raise SetupError(f"{VARIABLE}={rehearsed} is not a date: write it as 2021-12-01, or unset it.") from error


def spell(day: date) -> str:
    """A date as people write it: 21 January 2022."""
    return f"{day.day} {day:%B %Y}"
