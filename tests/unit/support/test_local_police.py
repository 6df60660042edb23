"""The words about a local police team, and about places without one."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from bot import places
from bot.clock import LONDON
from bot.sources.police_uk import Event, Link, Priority, Team
from bot.support import local_police as words

TODAY = date(2026, 11, 24)
FOUND = {"status": "found", "ward": "Peckham", "borough": "Southwark"}


def team(**fields: Any) -> Team:
    usual = {"name": "Peckham", "contact_details": {"email": "a@met.police.uk", "telephone": "101"}, "links": []}
    none = dict.fromkeys(("url", "description"))
    return Team(**{**usual, **none, "as_of": TODAY, "force": "metropolitan", "id": "x", "locations": [], **fields})


def priority(issue: str, action: str | None = None) -> Priority:
    return Priority(as_of=TODAY, issue=issue, issued=date(2026, 8, 3), action=action, acted=None)


def event(hour: int, month: int = 12) -> Event:
    begins = datetime(2026, month, 1, hour, 30, tzinfo=LONDON)
    return Event(
        as_of=TODAY, title="Ward panel", begins=begins, ends=None, address="Some Hall", description=None, kind=None
    )


@pytest.mark.parametrize(
    "place",
    [
        {"status": places.CITY, "borough": "City of London"},
        {"status": places.OUTSIDE, "district": "Sevenoaks"},
        {"status": places.OUTSIDE},
        {"status": places.UNKNOWN},
        {"status": places.TERMINATED},
        {"status": places.TERMINATED, "year": 2017, "month": 6},
        {"status": places.TERMINATED, "year": 2017, "month": None},
        {"status": places.UNAVAILABLE},
        {"status": places.UNAVAILABLE, "boroughs": ["Southwark", "Lewisham"]},
        {"status": places.UNAVAILABLE, "boroughs": ["Southwark"], "borough": "Southwark"},
        FOUND,
        {"status": places.FOUND, "ward": None, "borough": "Southwark"},
        {"status": words.PART, "boroughs": ["Southwark"], "named": "SE15"},
        {"status": words.PART, "boroughs": ["Camden"], "named": "Camden", "failed": True},
    ],
)
def test_every_place_says_what_to_do_in_danger(place: dict[str, Any]) -> None:
    said = words.describe_place(place)
    assert words.NOT_URGENT in said
    assert "None" not in said
    assert "  " not in said


def test_outside_london_names_the_district() -> None:
    assert "Sevenoaks" in words.describe_place({"status": places.OUTSIDE, "district": "Sevenoaks"})


def test_an_ended_postcode_says_when() -> None:
    assert "June 2017" in words.describe_place({"status": places.TERMINATED, "year": 2017, "month": 6})


def test_at_most_three_boroughs_are_named() -> None:
    said = words.describe_place({"status": places.UNAVAILABLE, "boroughs": ["Barnet", "Enfield", "Camden", "Brent"]})
    assert "Brent" not in said


def test_an_outward_code_is_written_large() -> None:
    assert "SE15 is in" in words.describe_place({"status": words.PART, "boroughs": ["Southwark"], "named": "se15"})


def test_a_borough_is_not_in_itself() -> None:
    assert "is in Camden" not in words.describe_place({"status": words.PART, "boroughs": ["Camden"], "named": "camden"})


def test_an_apostrophe_in_a_name() -> None:
    said = words.describe_place({"status": words.PART, "boroughs": ["Camden"], "named": "king's cross"})
    assert "King's Cross" in said


def test_a_team_with_all() -> None:
    said = words.describe_team(FOUND, team(), [priority("Burglary")], [event(18)], TODAY)
    for part in ("Peckham", "Southwark", "a@met.police.uk", "Burglary.", "3 August 2026", "1 December 2026 at 18:30"):
        assert part in said
    assert words.NOT_URGENT in said


def test_a_team_with_nothing_published() -> None:
    said = words.describe_team(FOUND, team(contact_details=None), [], [], TODAY)
    assert "not published" in said
    assert "No meeting" in said


def test_near_a_border_it_says_so() -> None:
    assert "border" in words.describe_team({**FOUND, "near_border": True}, team(), [], [], TODAY)
    assert "border" not in words.describe_team(FOUND, team(), [], [], TODAY)


def test_the_middle_of_a_district_is_called_so() -> None:
    said = words.describe_team({"status": words.DISTRICT, "named": "peckham"}, team(), [], [], TODAY)
    assert "middle of Peckham" in said


def test_an_apostrophe_in_a_district() -> None:
    said = words.describe_team({"status": words.DISTRICT, "named": "shepherd's bush"}, team(), [], [], TODAY)
    assert "Shepherd's Bush" in said


def test_a_long_priority_is_cut_at_a_word() -> None:
    said = words.describe_team(FOUND, team(), [priority("burglary " * 80)], [], TODAY)
    assert "burglary … " in said
    assert len(said) < 500


def test_more_of_a_team() -> None:
    links = [Link(title="Met", url="https://www.met.police.uk/")]
    said = words.more_of_team(team(links=links), [priority("A", "B")], [event(18), event(19)])
    assert said
    assert all(part in said for part in ("A. What was done: B.", "19:30", "https://www.met.police.uk/"))
    assert "18:30" not in said


def test_nothing_more_is_none() -> None:
    assert words.more_of_team(team(), [], [event(18)]) is None
