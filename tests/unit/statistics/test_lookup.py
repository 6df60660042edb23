"""Figures of a period: ready ones, sums of months, parts, the newest; one source at a time."""

from __future__ import annotations

import calendar
from datetime import date

import pytest

from actions.statistics.figure import Figure
from actions.statistics.lookup import added, newest, within, year_before, years
from actions.statistics.periods import Period


def figure(
    first: date,
    last: date,
    value: float,
    kind: str = "month",
    source: str = "A",
    published: date = date(2026, 8, 1),
    provisional: bool = False,
) -> Figure:
    return Figure(
        "burglary",
        "Camden",
        first,
        last,
        kind,
        value,
        "offences",
        source,
        "https://example.org",
        published,
        provisional,
    )


def months(first_year: int, count: int, **more: object) -> list[Figure]:
    """Months from January on, worth 1, 2, 3 ..."""
    found = []
    for i in range(count):
        year, month = first_year + i // 12, i % 12 + 1
        found.append(
            figure(date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), i + 1, **more)
        )  # type: ignore[arg-type]
    return found


YEAR_2025 = Period(date(2025, 1, 1), date(2025, 12, 31))


def test_months_are_added_to_a_year() -> None:
    found = within(months(2025, 12), YEAR_2025)
    assert found and (found.value, found.period_type, found.start, found.end) == (
        78,
        "calendar_year",
        date(2025, 1, 1),
        date(2025, 12, 31),
    )


def test_financial_year_and_other_twelve_months() -> None:
    rows = months(2024, 24)
    april = within(rows, Period(date(2024, 4, 1), date(2025, 3, 31)))
    july = within(rows, Period(date(2024, 7, 1), date(2025, 6, 30)))
    assert april and july
    assert (april.period_type, july.period_type) == ("financial_year", "rolling_12_months")
    assert (april.value, july.value) == (sum(range(4, 16)), sum(range(7, 19)))


def test_what_is_not_all_there_is_called_a_part() -> None:
    found = within(months(2025, 6), YEAR_2025)
    assert found and (found.period_type, found.end, found.value) == ("part", date(2025, 6, 30), 21)


def test_gap_ends_the_sum() -> None:
    rows = months(2025, 12)
    found = within(rows[:3] + rows[4:], YEAR_2025)
    assert found and (found.period_type, found.value) == ("part", 6)


def test_missing_first_month_is_not_taken_for_zero() -> None:
    assert within(months(2025, 12)[1:], YEAR_2025) is None


def test_months_of_two_sources_are_not_added() -> None:
    rows = months(2025, 6, source="A") + months(2025, 12, source="B")[6:]
    found = within(rows, YEAR_2025)
    assert found and found.end == date(2025, 6, 30)


@pytest.mark.parametrize(("day", "value"), [(date(2026, 7, 1), 78), (date(2026, 8, 1), 99), (date(2026, 9, 1), 99)])
def test_later_published_of_year_and_months_counts(day: date, value: float) -> None:
    rows = [*months(2025, 12), figure(date(2025, 1, 1), date(2025, 12, 31), 99, "calendar_year", published=day)]
    found = within(rows, YEAR_2025)
    assert found and found.value == value


def test_sum_with_a_provisional_month_is_provisional() -> None:
    rows = months(2025, 12)
    assert not within(rows, YEAR_2025).provisional  # type: ignore[union-attr]
    rows[-1] = figure(rows[-1].start, rows[-1].end, 1, provisional=True)
    assert within(rows, YEAR_2025).provisional  # type: ignore[union-attr]


def test_newest_is_the_last_twelve_months() -> None:
    found = newest(months(2024, 18))
    assert found and (found.start, found.end, found.value) == (date(2024, 7, 1), date(2025, 6, 30), sum(range(7, 19)))


def test_newest_without_a_whole_year_is_the_last_month() -> None:
    assert newest(months(2025, 5)).value == 5  # type: ignore[union-attr]
    assert newest([]) is None


def test_year_before_is_of_the_same_source_and_length() -> None:
    rows = months(2024, 24)
    last = newest(rows)
    assert last
    before = year_before(rows, last)
    assert before and (before.start, before.value) == (date(2024, 1, 1), 78)
    assert year_before([figure(f.start, f.end, f.value, source="B") for f in rows], last) is None
    assert year_before(rows[12:], last) is None


def test_years_stop_at_a_gap() -> None:
    rows = [figure(date(y, 1, 1), date(y, 12, 31), y, "calendar_year") for y in (2012, 2014, 2015)]
    assert [f.start.year for f in years(rows)] == [2014, 2015]


def test_years_are_of_the_source_of_the_newest() -> None:
    rows = [
        figure(date(y, 1, 1), date(y, 12, 31), y, "calendar_year", source="A" if y < 2024 else "B")
        for y in range(2020, 2026)
    ]
    assert [f.start.year for f in years(rows)] == [2024, 2025]


def test_february_of_a_leap_year_has_its_year_before() -> None:
    feb = [figure(date(2023, 2, 1), date(2023, 2, 28), 5), figure(date(2024, 2, 1), date(2024, 2, 29), 6)]
    before = year_before(feb, feb[1])
    assert before and before.value == 5


def test_added_of_nothing() -> None:
    assert added([], YEAR_2025) is None
