"""Whether a line is answered now, in London time with England's bank holidays, and how to say it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
from opening_hours import OpeningHours, State

from bot.clock import LONDON
from bot.content.services import Hours

OFFICE_HOURS = range(9, 17)
DAYS_LOOKED_AHEAD = 8
DAY = timedelta(days=1)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class Opening:
    """`open`: None when it is not known. `until`, `next`: when that changes; None where it never does or is not known."""

    open: bool | None
    until: datetime | None = None
    next: datetime | None = None


def at(hours: Hours | None, now: datetime) -> Opening:
    """Whether a line with these hours is open at `now` (London time)."""
    if hours is None or hours.when is None:
        return Opening(None)
    if hours.always:
        return Opening(True)
    if is_bank_holiday(now.date()) and hours.bank_holidays == "unknown":
        return Opening(None, next=_opens_after(hours, now))
    for begins, ends in _open_spans(hours, now.date() - DAY, 2):
        if begins <= now < ends:
            return Opening(True, until=ends)
    return Opening(False, next=_opens_after(hours, now))


def describe(hours: Hours | None, now: datetime) -> str:
    """The opening for people: "open now until 17:00", "opens tomorrow at 9:00"; empty when nothing is known."""
    if hours is None:
        return ""
    if hours.when is None:
        return f"opening hours: {hours.note}" if hours.note else ""
    state = at(hours, now)
    as_of = f" (hours as of {hours.as_of})" if hours.as_of else ""
    if hours.always:
        return f"open day and night{as_of}"
    if state.open and state.until:
        return f"open now until {_until(state.until, now)}{as_of}"
    if state.open is None:
        return f"may be closed today, a bank holiday{_then(state.next, now)}{as_of}"
    return f"closed now{_then(state.next, now)}{as_of}"


def describe_day(hours: Hours | None, day: date) -> str | None:
    """What is known of one day: "open from 9:00 to 17:00", "closed"; None when nothing is."""
    if hours is None or hours.when is None:
        return None
    if hours.always:
        return "open all day and night"
    if is_bank_holiday(day) and hours.bank_holidays == "unknown":
        return None
    spans = [(b, e) for b, e in _open_spans(hours, day, 1) if b.date() == day]
    if not spans:
        return "closed"
    return "open " + " and ".join(f"from {clock_time(b)} to {clock_time(e)}" for b, e in spans)


def clock_time(moment: datetime) -> str:
    """9:00, 17:30, midnight."""
    return "midnight" if moment.time() == time(0) else f"{moment.hour}:{moment:%M}"


def day_name(day: date, today: date) -> str:
    """ "today", "tomorrow", "on Monday", "on 4 January"."""
    ahead = (day - today).days
    if ahead in (0, 1):
        return ("today", "tomorrow")[ahead]
    return f"on {DAYS[day.weekday()]}" if 1 < ahead < 7 else f"on {day.day} {day:%B}"


def in_office_hours(moment: datetime) -> bool:
    """A working day between nine and five: when most lines are open."""
    return moment.weekday() < 5 and moment.hour in OFFICE_HOURS and not is_bank_holiday(moment.date())


def is_bank_holiday(day: date) -> bool:
    return day in _bank_holidays(day.year)


@lru_cache(maxsize=8)
def _bank_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


@lru_cache(maxsize=256)
def _weekly(when: str) -> OpeningHours:
    return OpeningHours(when, timezone=LONDON)


def _open_spans(hours: Hours, first: date, days: int) -> Iterator[tuple[datetime, datetime]]:
    """Every (opens, closes) that begins within `days` days from `first`; none on a bank holiday unless it is open then."""
    begins = datetime.combine(first, time(0), LONDON)
    # days more, so that a line open past midnight, or for days on end, is not cut off there
    for opens, closes, state, _ in _weekly(str(hours.when)).intervals(
        begins, begins + (days + DAYS_LOOKED_AHEAD) * DAY
    ):
        on_holiday = is_bank_holiday(opens.date()) and hours.bank_holidays != "open"
        if state == State.OPEN and not on_holiday and opens < begins + days * DAY:
            yield opens, closes


def _opens_after(hours: Hours, now: datetime) -> datetime | None:
    return next((begins for begins, _ in _open_spans(hours, now.date(), DAYS_LOOKED_AHEAD) if begins > now), None)


def _then(opens: datetime | None, now: datetime) -> str:
    return f", opens {day_name(opens.date(), now.date())} at {clock_time(opens)}" if opens else ""


def _until(closes: datetime, now: datetime) -> str:
    later = closes.date() - now.date()
    if later > DAY or (later == DAY and closes.time() > time(0)):
        return f"{clock_time(closes)} {day_name(closes.date(), now.date())}"
    return clock_time(closes)
