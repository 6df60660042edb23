"""Whether a line is answered: bank holidays, midnight, the days when the clocks change, and what is not known."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import LONDON
from bot.content.services import Hours
from bot.content.store import Content
from bot.support import opening

OFFICE, LATE, WEEKDAYS_NO_WORD = "Mo-Su 09:00-17:00", "Mo-Su 18:00-02:00", "Mo-Fr 09:00-17:00"


def london(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=LONDON, fold=fold)  # type: ignore[misc, arg-type]


def hours(when: str | None = OFFICE, bank_holidays: str = "unknown", **more: str) -> Hours:
    return Hours(when=when, bank_holidays=bank_holidays, **more)


@pytest.mark.parametrize(
    ("clock", "is_open"), [((8, 59), False), ((9, 0), True), ((16, 59), True), ((17, 0), False), ((0, 0), False)]
)
def test_opens_at_the_minute_and_closes_at_the_minute(clock: tuple[int, int], is_open: bool) -> None:
    assert opening.at(hours(), london(2026, 11, 24, *clock)).open is is_open


@pytest.mark.parametrize("unknown", [None, hours(None), hours(None, note="Office hours")])
def test_unknown_hours_are_neither_open_nor_closed(unknown: Hours | None) -> None:
    assert opening.at(unknown, london(2026, 11, 24, 10)) == opening.Opening(None)
    assert opening.describe_day(unknown, date(2026, 11, 24)) is None


def test_unknown_hours_say_their_note_or_nothing() -> None:
    now = london(2026, 11, 24, 10)
    assert opening.describe(None, now) == opening.describe(hours(None), now) == ""
    assert "Office hours" in opening.describe(hours(None, note="Office hours"), now)


@pytest.mark.parametrize(
    "now", [london(2026, 12, 25, 3), london(2026, 10, 25, 1, 30, fold=1), london(2027, 3, 28, 2), london(2026, 8, 31)]
)
def test_day_and_night_is_open_at_any_moment(now: datetime) -> None:
    always = hours("24/7", "unknown")
    assert opening.at(always, now) == opening.Opening(True)
    assert opening.describe(always, now) == "open day and night"
    assert opening.describe_day(always, now.date()) == "open all day and night"


@pytest.mark.parametrize("day", [date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28), date(2027, 1, 1)])
def test_bank_holidays_of_england(day: date) -> None:
    assert opening.is_bank_holiday(day)


@pytest.mark.parametrize("day", [date(2026, 8, 3), date(2026, 11, 30), date(2027, 1, 4), date(2026, 12, 24)])
def test_holidays_of_elsewhere_are_none(day: date) -> None:
    """3 August and 30 November are Scotland's."""
    assert not opening.is_bank_holiday(day)


@pytest.mark.parametrize("day", [date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28)])
@pytest.mark.parametrize(("on_holidays", "is_open"), [("open", True), ("closed", False), ("unknown", None)])
def test_a_bank_holiday(day: date, on_holidays: str, is_open: bool | None) -> None:
    at_ten = datetime(day.year, day.month, day.day, 10, tzinfo=LONDON)
    assert opening.at(hours(bank_holidays=on_holidays), at_ten).open is is_open


def test_unknown_on_a_bank_holiday_is_said_so() -> None:
    said = opening.describe(hours(), london(2026, 8, 31, 10))
    assert "may be closed" in said
    assert "bank holiday" in said
    assert "tomorrow at 9:00" in said


def test_christmas_2026_opens_after_its_three_holidays() -> None:
    for now in (london(2026, 12, 24, 18), london(2026, 12, 25, 10), london(2026, 12, 28, 23, 59)):
        assert opening.at(hours(WEEKDAYS_NO_WORD), now).next == london(2026, 12, 29, 9)


def test_a_bank_holiday_on_a_closed_day_changes_nothing_for_who_is_open_on_holidays() -> None:
    """26 December 2026 is a Saturday."""
    assert opening.at(hours(WEEKDAYS_NO_WORD, "open"), london(2026, 12, 26, 10)).open is False


@pytest.mark.parametrize(
    ("now", "is_open"),
    [
        (london(2026, 11, 24, 17, 59), False),
        (london(2026, 11, 24, 23, 59), True),
        (london(2026, 11, 25, 0, 0), True),
        (london(2026, 11, 25, 1, 59), True),
        (london(2026, 11, 25, 2, 0), False),
    ],
)
def test_hours_past_midnight(now: datetime, is_open: bool) -> None:
    assert opening.at(hours(LATE), now).open is is_open


def test_hours_past_midnight_say_the_day_of_closing() -> None:
    assert opening.describe(hours(LATE), london(2026, 11, 24, 23)) == "open now until 2:00 tomorrow"
    assert opening.describe(hours(LATE), london(2026, 11, 25, 1)) == "open now until 2:00"
    assert opening.describe_day(hours(LATE), date(2026, 11, 24)).endswith("from 18:00 to 2:00")


def test_what_began_before_a_holiday_goes_on_past_midnight() -> None:
    assert opening.at(hours(LATE, "closed"), london(2026, 12, 25, 1)).open is True
    assert opening.at(hours(LATE, "closed"), london(2026, 12, 25, 18)).open is False


def test_until_midnight_is_called_midnight() -> None:
    assert opening.describe(hours("Mo-Su 17:00-24:00", "open"), london(2026, 11, 24, 20)) == "open now until midnight"


def test_a_break_at_noon() -> None:
    split = hours("Mo-Fr 09:00-12:00,13:00-17:00")
    assert opening.describe(split, london(2026, 11, 24, 12, 30)) == "closed now, opens today at 13:00"
    assert opening.describe_day(split, date(2026, 11, 24)) == "open from 9:00 to 12:00 and from 13:00 to 17:00"


@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28)])
@pytest.mark.parametrize(("hour", "is_open"), [(8, False), (9, True), (16, True), (17, False)])
def test_on_the_days_when_the_clocks_change_the_wall_clock_counts(day: date, hour: int, is_open: bool) -> None:
    now = datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)
    assert opening.at(hours(), now).open is is_open


@pytest.mark.parametrize("evening", [london(2026, 10, 24, 23), london(2027, 3, 27, 23)])
def test_the_evening_before_the_clocks_change(evening: datetime) -> None:
    assert opening.describe(hours(), evening) == "closed now, opens tomorrow at 9:00"


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice(fold: int) -> None:
    assert opening.at(hours("Mo-Su 00:30-03:00"), london(2026, 10, 25, 1, 30, fold=fold)).open is True


def test_old_evidence_is_said_so() -> None:
    assert "2019" in opening.describe(hours(as_of="2019"), london(2026, 11, 24, 10))


def test_a_line_that_never_closes_on_weekdays() -> None:
    said = opening.describe(hours("Mo-Fr 00:00-24:00", "open"), london(2026, 11, 24, 1))
    assert said == "open now until midnight on Saturday"


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 11, 24), "today"),
        (date(2026, 11, 25), "tomorrow"),
        (date(2026, 11, 30), "on Monday"),
        (date(2026, 12, 1), "on 1 December"),
    ],
)
def test_day_name(day: date, name: str) -> None:
    assert opening.day_name(day, date(2026, 11, 24)) == name


@pytest.mark.parametrize(
    ("now", "name"), [((9, 0), "9:00"), ((17, 30), "17:30"), ((0, 0), "midnight"), ((0, 5), "0:05"), ((12, 0), "12:00")]
)
def test_clock_time(now: tuple[int, int], name: str) -> None:
    assert opening.clock_time(london(2026, 11, 24, *now)) == name


@given(minutes=st.integers(0, 60 * 24 * 400), pick=st.integers(0, 10_000))
def test_any_service_at_any_minute_has_a_sensible_opening(content: Content, minutes: int, pick: int) -> None:
    now = london(2026, 6, 1) + timedelta(minutes=minutes)
    service = list(content.services.values())[pick % len(content.services)]
    state = opening.at(service.hours, now)
    said = opening.describe(service.hours, now)
    assert "None" not in said
    assert not (state.open and state.until and state.until <= now)
    assert not (state.next and state.next <= now)
