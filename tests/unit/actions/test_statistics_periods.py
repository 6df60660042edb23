"""Periods of figures: what an entity means on a day, and how a figure's period is said."""

from __future__ import annotations

from datetime import date

import pytest

from actions.statistics import periods
from actions.statistics.store import Figure

TODAY = date(2026, 11, 22)
JANUARY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("period", "today", "start", "end"),
    [
        ("2024", TODAY, "2024-01-01", "2024-12-31"),
        ("2023/24", TODAY, "2023-04-01", "2024-03-31"),
        ("1999/00", TODAY, "1999-04-01", "2000-03-31"),
        ("2024-02", TODAY, "2024-02-01", "2024-02-29"),
        ("2023-02", TODAY, "2023-02-01", "2023-02-28"),
        ("2024-12", TODAY, "2024-12-01", "2024-12-31"),
        ("last_year", TODAY, "2025-01-01", "2025-12-31"),
        ("this_year", TODAY, "2026-01-01", "2026-12-31"),
        ("last_month", TODAY, "2026-10-01", "2026-10-31"),
        ("this_month", TODAY, "2026-11-01", "2026-11-30"),
        ("last_month", JANUARY, "2025-12-01", "2025-12-31"),
        ("october", TODAY, "2026-10-01", "2026-10-31"),
        ("november", TODAY, "2025-11-01", "2025-11-30"),
        ("december", TODAY, "2025-12-01", "2025-12-31"),
        ("january", JANUARY, "2025-01-01", "2025-01-31"),
        ("february", date(2024, 6, 1), "2024-02-01", "2024-02-29"),
    ],
)
def test_span(period: str, today: date, start: str, end: str) -> None:
    assert periods.span(period, today) == (date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    "period", ["latest", "last_12_months", "since_2016", "last_3_years", "last_week", "2024-13", "2024-00", "", "soon"]
)
def test_no_fixed_span(period: str) -> None:
    assert periods.span(period, TODAY) is None


def _figure(start: str, end: str, kind: str, published: str = "") -> Figure:
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    return Figure("burglary", "", "London", first, last, kind, 1.0, "", "", "", published)


@pytest.mark.parametrize(
    ("start", "end", "kind", "words"),
    [
        ("2025-01-01", "2025-12-31", "calendar_year", "In 2025"),
        ("2024-04-01", "2025-03-31", "financial_year", "In the year from April 2024 to March 2025"),
        ("2025-07-01", "2026-06-30", "rolling_12_months", "In the 12 months to June 2026"),
        ("2026-03-01", "2026-03-31", "month", "In March 2026"),
        ("2026-03-31", "2026-03-31", "snapshot", "In March 2026"),
    ],
)
def test_said(start: str, end: str, kind: str, words: str) -> None:
    assert periods.said(_figure(start, end, kind)) == words


@pytest.mark.parametrize(
    ("period", "words"),
    [
        ("2019", "2019"),
        ("2023/24", "2023/24"),
        ("1999/00", "1999/00"),
        ("2024-03", "March 2024"),
        ("2024-01", "January 2024"),
        ("2024-02", "February 2024"),
        ("last_year", "2025"),
        ("last_month", "October 2026"),
        ("december", "December 2025"),
        ("last_12_months", "last 12 months"),
        ("last_week", "last week"),
    ],
)
def test_asked(period: str, words: str) -> None:
    assert periods.asked(period, TODAY) == words


@pytest.mark.parametrize(("day", "words"), [("2026-08-12", "as at 12 August 2026"), ("", "figures to June 2026")])
def test_published(day: str, words: str) -> None:
    assert periods.published(_figure("2025-07-01", "2026-06-30", "rolling_12_months", day)) == words
