"""What a period entity means on a given day, and how a figure's period is said."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

from actions.statistics.store import Figure
from bot.clock import spell

Span = tuple[date, date]
MONTHS = [name.lower() for name in calendar.month_name]


def span(period: str, today: date) -> Span | None:
    """First and last day of a period entity; None for "latest" and for what has no fixed span."""
    if match := re.fullmatch(r"(\d{4})-(\d\d)", period):
        return _month(int(match[1]), int(match[2]))
    if match := re.fullmatch(r"(\d{4})/(\d\d)", period):
        return date(int(match[1]), 4, 1), date(int(match[1]) + 1, 3, 31)
    if re.fullmatch(r"\d{4}", period):
        return date(int(period), 1, 1), date(int(period), 12, 31)
    if period in ("last_year", "this_year"):
        year = today.year - (period == "last_year")
        return date(year, 1, 1), date(year, 12, 31)
    if period in ("last_month", "this_month"):
        day = today if period == "this_month" else today.replace(day=1) - timedelta(days=1)
        return _month(day.year, day.month)
    if period in MONTHS[1:]:
        number = MONTHS.index(period)
        return _month(today.year - (number >= today.month), number)
    return None


def _month(year: int, month: int) -> Span | None:
    if not 1 <= month <= 12:
        return None
    return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])


def said(figure: Figure) -> str:
    """The figure's period in a sentence: "In 2025", "In the 12 months to June 2026"."""
    if figure.period_type == "calendar_year":
        return f"In {figure.start.year}"
    if figure.period_type == "financial_year":
        return f"In the year from April {figure.start.year} to March {figure.end.year}"
    if figure.period_type == "rolling_12_months":
        return f"In the 12 months to {figure.end:%B %Y}"
    return f"In {figure.end:%B %Y}"


def asked(period: str, today: date) -> str:
    """A period entity in words, for "I have no figure for …"."""
    found = span(period, today)
    if found is None:
        return period.replace("_", " ")
    start, end = found
    if (end - start).days < 31:
        return f"{start:%B %Y}"
    return str(start.year) if start.month == 1 else f"{start.year}/{end.year % 100:02d}"


def published(figure: Figure) -> str:
    """When the source was published or read, in words."""
    if not figure.published:
        return f"figures to {figure.end:%B %Y}"
    return f"as at {spell(date.fromisoformat(figure.published))}"
