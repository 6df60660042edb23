"""Periods: what an entity means on a day, and how a figure's period is said."""

from __future__ import annotations

from datetime import date

import pytest

from actions.statistics import periods
from actions.statistics.figure import Figure

TODAY = date(2026, 11, 22)
JANUARY = date(2026, 1, 5)


@pytest.mark.parametrize(
    ("value", "today", "first", "last"),
    [
        ("2024", TODAY, "2024-01-01", "2024-12-31"),
        ("2023/24", TODAY, "2023-04-01", "2024-03-31"),
        ("1999/00", TODAY, "1999-04-01", "2000-03-31"),
        ("2024-02", TODAY, "2024-02-01", "2024-02-29"),
        ("2024-12", TODAY, "2024-12-01", "2024-12-31"),
        ("last_year", TODAY, "2025-01-01", "2025-12-31"),
        ("this_year", TODAY, "2026-01-01", "2026-12-31"),
        ("last_month", JANUARY, "2025-12-01", "2025-12-31"),
        ("october", TODAY, "2026-10-01", "2026-10-31"),
        ("december", TODAY, "2025-12-01", "2025-12-31"),
        ("february", date(2024, 6, 1), "2024-02-01", "2024-02-29"),
        ("since_2016", TODAY, "2016-01-01", "2026-11-22"),
        ("last_5_years", TODAY, "2021-01-01", "2026-11-22"),
        ("last_6_months", TODAY, "2026-05-01", "2026-11-22"),
    ],
)
def test_days(value: str, today: date, first: str, last: str) -> None:
    found = periods.read(value, today)
    assert found and (found.first, found.last) == (date.fromisoformat(first), date.fromisoformat(last))
    assert found.open == value.startswith(("since_", "last_5", "last_6"))


@pytest.mark.parametrize(
    "value", ["latest", "last_12_months", "last_week", "2024-13", "2024-00", "", "someday", "last_0x_years"]
)
def test_no_days_of_its_own(value: str) -> None:
    assert periods.read(value, TODAY) is None


@pytest.mark.parametrize(
    ("first", "last", "kind", "words", "label"),
    [
        ("2025-01-01", "2025-12-31", "calendar_year", "2025", "2025"),
        ("2024-04-01", "2025-03-31", "financial_year", "the year from April 2024 to March 2025", "2024/25"),
        ("2025-07-01", "2026-06-30", "rolling_12_months", "the 12 months to June 2026", "Year to Jun 26"),
        ("2024-03-01", "2024-03-31", "month", "March 2024", "Mar 24"),
        ("2026-01-01", "2026-06-30", "part", "January to June 2026", "Jan to Jun 26"),
        ("2025-11-01", "2026-01-31", "part", "November 2025 to January 2026", "Nov to Jan 26"),
        ("2026-03-31", "2026-03-31", "snapshot", "March 2026", "Mar 26"),
    ],
)
def test_words(first: str, last: str, kind: str, words: str, label: str) -> None:
    figure = Figure(
        "m",
        "London",
        date.fromisoformat(first),
        date.fromisoformat(last),
        kind,
        1.0,
        "offences",
        "A",
        "https://example.org",
    )
    assert (periods.in_words(figure), periods.short(figure)) == (words, label)
    if kind != "snapshot":
        assert periods.type_of(figure.start, figure.end) == kind


@pytest.mark.parametrize(("day", "months", "found"), [("2026-01-15", 1, "2025-12-01"), ("2026-03-31", 12, "2025-03-01"), ("2026-03-31", 0, "2026-03-01")])  # fmt: skip
def test_back(day: str, months: int, found: str) -> None:
    assert periods.back(date.fromisoformat(day), months) == date.fromisoformat(found)
