"""What a period entity means on a given day, and how a period is said."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta

from actions.statistics.figure import FINANCIAL_YEAR, MONTH, PART, ROLLING, SNAPSHOT, YEAR, Figure
from bot.clock import spell

MONTHS = [name.lower() for name in calendar.month_name]
NEWEST = ("latest", "last_12_months")
WEEKS = ("last_week", "this_week")


@dataclass(frozen=True)
class Period:
    """`first`, `last`: its days. `open`: it runs on to the newest figure ("since 2016", "the last five years")."""

    first: date
    last: date
    open: bool = False

    @property
    def months(self) -> int:
        """How many calendar months it touches."""
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1


def read(value: str, today: date) -> Period | None:
    """The days of a period entity; None for "latest", for what has no days of its own, and for years that no calendar has."""
    try:
        return _read(value, today)
    except (ValueError, OverflowError):
        return None


def _read(value: str, today: date) -> Period | None:
    if match := re.fullmatch(r"(\d{4})-(\d\d)", value):
        return month(int(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d{4})/(\d\d)", value):
        return Period(date(int(match[1]), 4, 1), date(int(match[1]) + 1, 3, 31))
    if re.fullmatch(r"\d{4}", value):
        return Period(date(int(value), 1, 1), date(int(value), 12, 31))
    if match := re.fullmatch(r"since_(\d{4})", value):
        return Period(date(int(match[1]), 1, 1), today, open=True)
    if match := re.fullmatch(r"last_(\d+)_years", value):
        return Period(date(today.year - int(match[1]), 1, 1), today, open=True)
    if match := re.fullmatch(r"last_(\d+)_months", value):
        return None if value in NEWEST else Period(back(today, int(match[1])), today, open=True)
    if value in ("last_year", "this_year"):
        year = today.year - (value == "last_year")
        return Period(date(year, 1, 1), date(year, 12, 31))
    if value in ("last_month", "this_month"):
        day = today if value == "this_month" else today.replace(day=1) - timedelta(days=1)
        return month(day.year, day.month)
    if value in MONTHS[1:]:
        number = MONTHS.index(value)
        return month(today.year - (number >= today.month), number)
    return None


def month(year: int, number: int) -> Period | None:
    """The days of a month; None for one that is none."""
    if not (1 <= number <= 12 and 1 <= year <= 9998):
        return None
    return Period(date(year, number, 1), end_of_month(date(year, number, 1)))


def end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def back(day: date, months: int) -> date:
    """The first day of the month that lies so many months before the day's."""
    total = day.year * 12 + day.month - 1 - months
    return date(max(total // 12, 1), total % 12 + 1, 1)


def type_of(first: date, last: date) -> str:
    """The period type of whole months from the first day to the last."""
    months = Period(first, last).months
    if months == 1:
        return MONTH
    if months == 12:
        return {1: YEAR, 4: FINANCIAL_YEAR}.get(first.month, ROLLING)
    return PART


def in_words(figure: Figure) -> str:
    """The figure's period as it stands in a sentence: "2025", "the 12 months to June 2026", "March 2024"."""
    if figure.period_type == YEAR:
        return str(figure.start.year)
    if figure.period_type == FINANCIAL_YEAR:
        return f"the year from April {figure.start.year} to March {figure.end.year}"
    if figure.period_type == ROLLING:
        return f"the 12 months to {figure.end:%B %Y}"
    if figure.period_type == PART:
        same = figure.start.year == figure.end.year
        return f"{figure.start:%B} to {figure.end:%B %Y}" if same else f"{figure.start:%B %Y} to {figure.end:%B %Y}"
    return f"{figure.end:%B %Y}"


def short(figure: Figure) -> str:
    """The figure's period as a label below a picture: "2025", "2023/24", "Mar 24"."""
    if figure.period_type == YEAR:
        return str(figure.start.year)
    if figure.period_type == FINANCIAL_YEAR:
        return f"{figure.start.year}/{figure.end.year % 100:02d}"
    if figure.period_type == PART:
        return f"{figure.start:%b} to {figure.end:%b %y}"
    return f"Year to {figure.end:%b %y}" if figure.period_type == ROLLING else f"{figure.end:%b %y}"


def asked(value: str, today: date) -> str:
    """A period entity in words, for "I have no figure for …"."""
    found = read(value, today)
    if found is None:
        return value.replace("_", " ")
    if found.open:
        return f"the time since {found.first.year}"
    if found.months == 1:
        return f"{found.first:%B %Y}"
    return str(found.first.year) if found.first.month == 1 else f"{found.first.year}/{found.last.year % 100:02d}"


def published(figure: Figure) -> str:
    """When the source was published or read, in words."""
    return f"as at {spell(figure.published)}" if figure.published else f"figures to {figure.end:%B %Y}"


def is_snapshot(figure: Figure) -> bool:
    return figure.period_type == SNAPSHOT
