"""Periods of time: every wording to its one spelling, and what only looks like a period."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from spacy.language import Language

from bot.nlu import periods

Found = Callable[[str, str], list[str]]

WORDINGS = [
    # years
    ("burglaries in 2024", ["2024"]),
    ("1995", ["1995"]),
    ("crime in the 1990s", ["1990"]),
    ("2021's figures", ["2021"]),
    ("2016 onwards", ["since_2016"]),
    ("crime in 2021 vs 2022", ["2021", "2022"]),
    ("burglaries 2019-2023", ["2019", "2023"]),
    ("burglaries 2019 to 2023", ["2019", "2023"]),
    ("summer 2024", ["2024"]),
    # financial years
    ("financial year 2023-24", ["2023/24"]),
    ("in 2023/24", ["2023/24"]),
    ("2023-2024", ["2023/24"]),
    ("2023–24", ["2023/24"]),
    ("fy 23/24", ["2023/24"]),
    ("1999/00", ["1999/00"]),
    ("in 2022/23 and 2023/24", ["2022/23", "2023/24"]),
    # months of a year
    ("december 2024", ["2024-12"]),
    ("in may 2023", ["2023-05"]),
    ("march of 2024", ["2024-03"]),
    ("sept 2023", ["2023-09"]),
    ("Sep. 2023", ["2023-09"]),
    ("dec '24", ["2024-12"]),
    ("03/2024", ["2024-03"]),
    ("9/2023", ["2023-09"]),
    ("on 12/05/2023", ["2023-05"]),
    ("2024-10-01", ["2024-10"]),
    ("between jan 2023 and feb 2024", ["2023-01", "2024-02"]),
    ("since march 2020", ["2020-03"]),
    # misspelt
    ("marhc 2024", ["2024-03"]),
    ("febuary 2024", ["2024-02"]),
    ("septmber 2023", ["2023-09"]),
    ("last yaer", ["last_year"]),
    ("lst year", ["last_year"]),
    # months alone
    ("august", ["august"]),
    ("december's figures", ["december"]),
    ("every december", ["december"]),
    ("from june to august", ["june", "august"]),
    ("back in nov", ["november"]),
    ("since march", ["march"]),
    ("in may", ["may"]),
    ("this march", ["march"]),
    ("may", ["may"]),
    ("March?", ["march"]),
    # relative
    ("last year", ["last_year"]),
    ("previous year", ["last_year"]),
    ("last year's figures", ["last_year"]),
    ("this year", ["this_year"]),
    ("this yr", ["this_year"]),
    ("current year", ["this_year"]),
    ("year to date", ["this_year"]),
    ("so far this year", ["this_year"]),
    ("last month", ["last_month"]),
    ("this month", ["this_month"]),
    ("last week", ["last_week"]),
    ("this week", ["this_week"]),
    ("past year", ["last_12_months"]),
    ("rolling 12 months", ["last_12_months"]),
    ("last twelve months", ["last_12_months"]),
    ("in the last 12 months", ["last_12_months"]),
    ("last 24 months", ["last_24_months"]),
    ("past six months", ["last_6_months"]),
    ("over the last three years", ["last_3_years"]),
    ("past few years", ["last_3_years"]),
    ("in the last couple of years", ["last_2_years"]),
    ("the last 10 years", ["last_10_years"]),
    # since
    ("since 2016", ["since_2016"]),
    ("from 2019 on", ["since_2019"]),
    ("over the last five years", ["last_5_years"]),
    ("over five years", ["last_5_years"]),
    ("five-year picture please", ["last_5_years"]),
    ("in five years' time", []),
    ("since early 2019", ["since_2019"]),
    ("since covid", ["since_2020"]),
    ("since the pandemic", ["since_2020"]),
    ("since lockdown", ["since_2020"]),
    # newest
    ("the latest figures", ["latest"]),
    ("most recent", ["latest"]),
    ("the most up to date numbers", ["latest"]),
]

NO_PERIODS = [
    "the 2022-25 plan",
    "the 2022 to 2025 plan",
    "plan 2025-29",
    "2021 plan",
    "2021 police and crime plan",
    "is the latest plan out",
    "it lasts three years",
    "why does it only last three years",
    "you may be right",
    "i may want to report",
    "we march on",
    "2040",
    "1979",
    "call 101",
    "at the last minute",
    "is the plan good",
    "",
]


@pytest.mark.parametrize(("message", "values"), WORDINGS)
def test_wording(found: Found, message: str, values: list[str]) -> None:
    assert found("period", message) == values


@pytest.mark.parametrize("message", NO_PERIODS)
def test_no_period(found: Found, message: str) -> None:
    assert found("period", message) == []


@pytest.mark.parametrize(
    ("message", "typed"),
    [
        ("Burglaries in MARHC 2024, please", "MARHC 2024"),
        ("figures for 2023/24?", "2023/24"),
        ("since march", "march"),
        ("over the last three years.", "the last three years"),
    ],
)
def test_span_covers_what_was_typed(pipes: Language, message: str, typed: str) -> None:
    doc = pipes(message)
    assert [span.text for span in doc.spans["period"]] == [typed]


@pytest.mark.parametrize("message", [message for message, _ in WORDINGS])
def test_stretches_do_not_overlap(message: str) -> None:
    stretches = sorted((begin, end) for begin, end, _ in periods.find(message.lower()))
    assert all(end <= begin for (_, end), (begin, _) in zip(stretches, stretches[1:], strict=False))
    assert all(0 <= begin < end <= len(message) for begin, end in stretches)


@pytest.mark.parametrize("number", range(1, 13))
def test_month_number(number: int) -> None:
    name = periods.MONTHS[number - 1]
    assert periods.month_number(name) == number
    assert periods.month_number(name[:3]) == number


def test_month_number_of_sept() -> None:
    assert periods.month_number("sept") == 9
