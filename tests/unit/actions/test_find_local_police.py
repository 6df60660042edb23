"""action_find_local_police: the team of a place, and what is still said when the services fail."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions import find_local_police
from actions.find_local_police import FindLocalPolice
from bot.settings import SourceSettings
from bot.sources.clients import Sources, open_sources
from bot.sources.http import Waits
from tests.misbehaving import Misbehaving

Turn = Callable[..., Tracker]
FOUND = {"status": "found", "ward": "Peckham", "borough": "Southwark", "as_of": "2026-11-22",
         "force": "metropolitan", "team": "E05011110N"}  # fmt: skip
BAD = ["dead", "slow_headers", "busy", "down", "gone", "garbage", "html", "half", "huge", "empty"]


@pytest.fixture
async def action(server: Misbehaving, tmp_path: Path) -> AsyncIterator[FindLocalPolice]:
    waits = Waits(first=0.01, longest=0.05, jitter=0.01, longest_told=2.0)
    sources: Sources = open_sources(SourceSettings(server.postcodes_url, server.police_url, tmp_path / "c.db"), waits)
    yield FindLocalPolice(sources)
    await sources.close()


def turn(turn_of: Turn, text: str = "", place: dict[str, Any] | None = None, **entity: str) -> Tracker:
    tracker = turn_of("ask_local_police", text, tuple(entity.items()))
    for found in tracker.latest_message["entities"]:
        found["start"] = 0
        found["end"] = len(text)
    tracker.latest_message["metadata"] = {"place": place} if place else None
    return tracker


async def test_the_team_of_a_postcode(action: FindLocalPolice, turn_of: Turn) -> None:
    message = await action.answer(turn(turn_of, "SE15", FOUND))
    for part in ("Peckham", "Southwark", "Peckham.SNT@met.police.uk", "020 7946 0123", "999", "101", "Street briefing"):
        assert part in message["text"]
    assert message["answer"]["sources"][0]["title"] == "data.police.uk"
    assert "Ward panel" in message["answer"]["more"]


async def test_a_team_with_little_published(action: FindLocalPolice, turn_of: Turn) -> None:
    place = {**FOUND, "ward": "Barnet Vale", "borough": "Barnet", "team": "E05013628N", "near_border": True}
    text = (await action.answer(turn(turn_of, "EN4", place)))["text"]
    assert "not published" in text
    assert "border" in text


@pytest.mark.parametrize("mode", BAD)
async def test_when_the_police_misbehave_ward_and_link_are_still_given(
    server: Misbehaving, action: FindLocalPolice, turn_of: Turn, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    server.mode = mode
    monkeypatch.setattr(find_local_police, "REMOTE_SECONDS", 0.4)
    message = await action.answer(turn(turn_of, "SE15", FOUND))
    assert "Peckham ward, Southwark" in message["text"]
    assert [s["id"] for s in message["answer"]["services"]] == ["safer-neighbourhood-team"]
    assert "999" in message["text"]


@pytest.mark.parametrize(
    ("place", "service"),
    [
        ({"status": "city", "borough": "City of London"}, "city-of-london-police"),
        ({"status": "outside", "district": "Sevenoaks"}, "police-101"),
        ({"status": "unknown"}, "safer-neighbourhood-team"),
        ({"status": "terminated", "year": 2017, "month": 6}, "safer-neighbourhood-team"),
        ({"status": "unavailable"}, "safer-neighbourhood-team"),
        ({"status": "unavailable", "boroughs": ["Southwark", "Lewisham"]}, "safer-neighbourhood-team"),
    ],
)
async def test_other_places(
    server: Misbehaving, action: FindLocalPolice, turn_of: Turn, place: dict[str, Any], service: str
) -> None:
    message = await action.answer(turn(turn_of, "SE15", place))
    assert [s["id"] for s in message["answer"]["services"]] == [service]
    assert server.asked == []


async def test_without_a_place_it_asks_where(action: FindLocalPolice, turn_of: Turn) -> None:
    message = await action.answer(turn(turn_of, "who are my local police"))
    assert "postcode" in message["text"]
    assert message["answer"]["question_asked"]["intent"] == "ask_local_police"


async def test_london_is_no_place(action: FindLocalPolice, turn_of: Turn) -> None:
    assert "Tell me your postcode" in (await action.answer(turn(turn_of, "London", area="London")))["text"]


async def test_an_outward_code_is_not_looked_up(server: Misbehaving, action: FindLocalPolice, turn_of: Turn) -> None:
    message = await action.answer(turn(turn_of, "SE15", postcode="SE15"))
    assert "Southwark" in message["text"]
    assert "whole postcode" in message["text"]
    assert server.asked == []


async def test_a_borough_is_not_looked_up(server: Misbehaving, action: FindLocalPolice, turn_of: Turn) -> None:
    assert "several teams" in (await action.answer(turn(turn_of, "Southwark", area="Southwark")))["text"]
    assert server.asked == []


async def test_a_district_has_the_team_of_its_middle(action: FindLocalPolice, turn_of: Turn) -> None:
    text = (await action.answer(turn(turn_of, "peckham", area="Southwark")))["text"]
    assert "the middle of Peckham" in text
    assert "whole postcode" in text


@pytest.mark.parametrize("mode", ["dead", "slow_headers", "busy", "html"])
async def test_a_district_when_the_services_misbehave(
    server: Misbehaving, action: FindLocalPolice, turn_of: Turn, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    server.mode = mode
    monkeypatch.setattr(find_local_police, "REMOTE_SECONDS", 0.4)
    text = (await action.answer(turn(turn_of, "peckham", area="Southwark")))["text"]
    assert "Southwark" in text
    assert "could not look up" in text


@pytest.mark.parametrize("text", ["where is the police station", "front counter near me", "is there a front desk"])
async def test_a_station_is_no_team(server: Misbehaving, action: FindLocalPolice, turn_of: Turn, text: str) -> None:
    message = await action.answer(turn(turn_of, text))
    assert "met-front-counters" in [s["id"] for s in message["answer"]["services"]]
    assert server.asked == []
