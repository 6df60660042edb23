"""Where the Plan stands on each day, above all on the first and last of each phase."""

from __future__ import annotations

from datetime import date

import pytest

from bot.content.editions import edition, fill, phase, placeholders
from bot.content.schema import EditionsFile, Phase

ADDRESS = "https://example.com/consultation"
PLANS = EditionsFile.parse_obj(
    {
        "subject": "a",
        "editions": [
            {
                "id": "a", "name": "Plan A", "successor": "b", "published": "2022-03-24", "sources": [],
                "consultation": {"opens": "2021-11-16", "closes": "2022-01-21", "url": ADDRESS},
            },
            {
                "id": "b", "name": "Plan B", "published": "2025-03-28", "sources": [],
                "consultation": {"opens": "2024-12-18", "closes": "2025-02-12", "url": ADDRESS},
            },
        ],
    }
)  # fmt: skip


def changed(index: int, **values: object) -> EditionsFile:
    plans = PLANS.copy(deep=True)
    for name, value in values.items():
        setattr(plans.editions[index], name, value)
    return plans


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2000, 1, 1), Phase.COMING),
        (date(2021, 11, 15), Phase.COMING),
        (date(2021, 11, 16), Phase.OPEN),
        (date(2022, 1, 14), Phase.OPEN),
        (date(2022, 1, 15), Phase.CLOSING),
        (date(2022, 1, 21), Phase.CLOSING),
        (date(2022, 1, 22), Phase.CLOSED),
        (date(2022, 3, 23), Phase.CLOSED),
        (date(2022, 3, 24), Phase.IN_FORCE),
        (date(2024, 12, 18), Phase.IN_FORCE),
        (date(2025, 3, 27), Phase.IN_FORCE),
        (date(2025, 3, 28), Phase.SUPERSEDED),
        (date(2030, 1, 1), Phase.SUPERSEDED),
    ],
)
def test_phase(day: date, expected: Phase) -> None:
    assert phase(PLANS, day) is expected


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        (changed(0, published=None), Phase.CLOSED),
        (changed(0, successor=None), Phase.IN_FORCE),
        (changed(1, published=None), Phase.IN_FORCE),
    ],
)
def test_phase_while_a_day_is_not_known(plans: EditionsFile, expected: Phase) -> None:
    assert phase(plans, date(2030, 1, 1)) is expected


@pytest.mark.parametrize(
    ("day", "left"),
    [
        (date(2022, 1, 21), "today is the last day"),
        (date(2022, 1, 20), "1 day left"),
        (date(2022, 1, 15), "6 days left"),
    ],
)
def test_days_left(day: date, left: str) -> None:
    assert placeholders(PLANS, day)["days_left"] == left


def test_placeholders() -> None:
    words = placeholders(PLANS, date(2022, 1, 1))
    assert {k: v for k, v in words.items() if k != "days_left"} == {
        "opens": "16 November 2021",
        "closes": "21 January 2022",
        "published": "24 March 2022",
        "consultation_url": ADDRESS,
        "successor": "Plan B",
        "successor_published": "28 March 2025",
    }


def test_days_not_yet_known_are_said_so() -> None:
    assert placeholders(changed(0, published=None), date(2022, 1, 1))["published"] == "a date not yet known"
    assert placeholders(changed(1, published=None), date(2022, 1, 1))["successor_published"] == "a date not yet known"
    assert "successor" not in placeholders(changed(0, successor=None), date(2022, 1, 1))


@pytest.mark.parametrize(
    ("text", "expected"), [("[a] and [a]", "1 and 1"), ("[b]", "[b]"), ("a", "a"), ("", ""), ("[[a]]", "[1]")]
)
def test_fill(text: str, expected: str) -> None:
    assert fill(text, {"a": "1"}) == expected


def test_an_unknown_edition() -> None:
    assert edition(PLANS, "b").name == "Plan B"
    with pytest.raises(KeyError):
        edition(PLANS, "c")
