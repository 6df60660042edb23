"""The one clock: today in London, or the day that is rehearsed."""

from __future__ import annotations

from datetime import date, datetime, timezone, tzinfo

import pytest

from bot import clock
from bot.errors import SetupError


@pytest.mark.parametrize("written", ["2021-12-01", " 2021-12-01 "])
def test_a_rehearsed_day(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv(clock.VARIABLE, written)
    assert clock.today() == date(2021, 12, 1)


@pytest.mark.parametrize(
    "written", ["tomorrow", "01/12/2021", "2021-13-01", "2022-02-29", "2021-12-01T25:00", "2021-12-01T", "1"]
)
def test_a_wrong_day_says_what_to_do(monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    monkeypatch.setenv(clock.VARIABLE, written)
    with pytest.raises(SetupError, match=clock.VARIABLE) as caught:
        clock.today()
    assert written in str(caught.value)
    assert "2021-12-01" in str(caught.value)


def test_a_rehearsed_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, "2026-12-25T03:00")
    assert clock.now() == datetime(2026, 12, 25, 3, 0, tzinfo=clock.LONDON)
    assert clock.today() == date(2026, 12, 25)


def test_a_rehearsed_day_keeps_the_real_hour(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime(2022, 1, 21, 14, 30, tzinfo=timezone.utc).astimezone(tz)

    monkeypatch.setenv(clock.VARIABLE, "2026-08-31")
    monkeypatch.setattr(clock, "datetime", Stopped)
    assert clock.now() == datetime(2026, 8, 31, 14, 30, tzinfo=clock.LONDON)


@pytest.mark.parametrize("unset", [None, "", "  "])
@pytest.mark.parametrize(
    ("utc", "london"),
    [
        (datetime(2022, 1, 21, 23, 30, tzinfo=timezone.utc), date(2022, 1, 21)),
        (datetime(2022, 6, 30, 22, 59, tzinfo=timezone.utc), date(2022, 6, 30)),
        (datetime(2022, 6, 30, 23, 30, tzinfo=timezone.utc), date(2022, 7, 1)),
    ],
)
def test_today_is_the_day_in_london(
    monkeypatch: pytest.MonkeyPatch, unset: str | None, utc: datetime, london: date
) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return utc.astimezone(tz)

    monkeypatch.delenv(clock.VARIABLE, raising=False)
    if unset is not None:
        monkeypatch.setenv(clock.VARIABLE, unset)
    monkeypatch.setattr(clock, "datetime", Stopped)
    assert clock.today() == london


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2022, 1, 21), "21 January 2022"),
        (date(2021, 12, 1), "1 December 2021"),
        (date(2024, 2, 29), "29 February 2024"),
    ],
)
def test_spell(day: date, words: str) -> None:
    assert clock.spell(day) == words
