"""From a postcode to a place: whatever the services do, in time, without a fault, and the postcode goes no further."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot import places
from bot.errors import BadAnswerError
from bot.places import Places, Point, boroughs_named, boroughs_of, offline
from bot.settings import SourceSettings
from bot.sources.clients import Sources, open_sources
from bot.sources.http import Waits
from tests import misbehaving
from tests.misbehaving import MODES, Misbehaving
from tests.service_answers import BORDER, CITY, ENDED, ENDED_SILENTLY, KENT, PECKHAM, POSTCODES

BUDGET = 0.4
LEEWAY = 2.0
"""Seconds: the slow ones would take an hour."""
BAD = [mode for mode in MODES if mode not in ("well", "busy_once", "down_once")]
BAD_POLICE = ["slow_headers", "slow_body", "reset", "busy", "down", "gone", "garbage", "html", "half", "huge", "empty"]
NOT_THERE = "SE15 9ZX"


@pytest.fixture
def small_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "BUDGET_SECONDS", BUDGET)


@pytest.fixture
async def sources(server: Misbehaving, tmp_path: Path) -> AsyncIterator[Sources]:
    waits = Waits(first=0.01, longest=0.05, jitter=0.01, longest_told=2.0)
    opened = open_sources(SourceSettings(server.postcodes_url, server.police_url, tmp_path / "cache.db"), waits)
    yield opened
    await opened.close()


def nowhere(postcode: str, place: object, caplog: pytest.LogCaptureFixture) -> None:
    """The postcode stands neither in the place nor in what was logged."""
    for text in (json.dumps(place), caplog.text):
        bare = text.replace(" ", "").upper()
        assert postcode.replace(" ", "").upper() not in bare
        assert postcode.split()[1] not in text


@pytest.mark.parametrize("text", ["", "no postcode here", "SE15", None, 7, ["SE15 9ZZ"], "SE15 9", "hello SE1 and E14"])
async def test_without_a_whole_postcode_nothing_is_asked(server: Misbehaving, sources: Sources, text: object) -> None:
    assert await Places(sources).of(text) is None
    assert server.asked == []


@pytest.mark.parametrize("typed", ["SE15 9ZZ", "se159zz", "I live at SE15-9ZZ, help", "postcode: Se15 9zZ."])
async def test_a_postcode_of_the_met(sources: Sources, typed: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    place = await Places(sources).of(typed)
    assert place
    assert (place["status"], place["ward"], place["borough"]) == ("found", "Peckham", "Southwark")
    assert (place["force"], place["team"]) == ("metropolitan", "E05011110N")
    nowhere(PECKHAM, place, caplog)


@pytest.mark.parametrize(
    ("postcode", "expected"),
    [
        (CITY, {"status": "city", "borough": "City of London"}),
        (KENT, {"status": "outside", "district": "Sevenoaks"}),
        (BORDER, {"status": "found", "borough": "Barnet", "near_border": True}),
        (NOT_THERE, {"status": "unknown"}),
        (ENDED, {"status": "terminated", "year": 2017, "month": 6}),
        (ENDED_SILENTLY, {"status": "terminated", "year": 2009, "month": 12}),
    ],
)
async def test_other_postcodes(
    sources: Sources, postcode: str, expected: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    place = await Places(sources).of(f"my postcode is {postcode}")
    assert place is not None
    assert place.items() >= expected.items()
    nowhere(postcode, place, caplog)


@pytest.mark.parametrize("postcode", [CITY, KENT])
async def test_no_team_is_asked_for_where_the_met_is_not(server: Misbehaving, sources: Sources, postcode: str) -> None:
    place = await Places(sources).of(postcode)
    assert place
    assert "team" not in place
    assert not [path for path in server.asked if path.startswith("/api/")]


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("mode", BAD)
async def test_when_both_misbehave_the_stored_borough_is_given_in_time(
    server: Misbehaving, sources: Sources, caplog: pytest.LogCaptureFixture, mode: str
) -> None:
    caplog.set_level(logging.INFO)
    server.mode = mode
    place = await asyncio.wait_for(Places(sources).of(f"the team of {PECKHAM} please"), BUDGET + LEEWAY)
    assert place == offline("SE15")
    nowhere(PECKHAM, place, caplog)


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("mode", ["dead", "down", "gone", "garbage", "half", "away", "round"])
async def test_not_even_at_debug_is_the_postcode_logged(
    server: Misbehaving, sources: Sources, caplog: pytest.LogCaptureFixture, mode: str
) -> None:
    caplog.set_level(logging.DEBUG)
    server.mode = mode
    nowhere(PECKHAM, await Places(sources).of(PECKHAM), caplog)


@pytest.mark.parametrize("mode", BAD_POLICE)
async def test_when_only_the_police_misbehave_the_ward_is_given_in_time(
    server: Misbehaving,
    sources: Sources,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    mode: str,
) -> None:
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(places, "BUDGET_SECONDS", 2 * BUDGET)
    server.police_mode = mode
    place = await asyncio.wait_for(Places(sources).of(PECKHAM), 2 * BUDGET + LEEWAY)
    assert place
    assert (place["status"], place["ward"]) == ("found", "Peckham")
    assert "team" not in place
    nowhere(PECKHAM, place, caplog)


@pytest.mark.parametrize("mode", ["busy_once", "down_once"])
async def test_one_failure_is_got_over(server: Misbehaving, sources: Sources, mode: str) -> None:
    server.mode = mode
    place = await Places(sources).of(PECKHAM)
    assert place
    assert place["status"] == "found"


@pytest.mark.parametrize("fault", [ValueError, OSError, RuntimeError, KeyError, asyncio.TimeoutError])
async def test_a_fault_inside_costs_nobody_the_answer(
    sources: Sources, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: type[Exception]
) -> None:
    async def fail(postcode: str, *_: object) -> None:
        raise fault(postcode)

    monkeypatch.setattr(sources.postcodes, "lookup", fail)
    place = await Places(sources).of(PECKHAM)
    assert place == offline("SE15")
    nowhere(PECKHAM, place, caplog)


async def test_a_fault_of_the_police_client_costs_nobody_the_answer(
    sources: Sources, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError(PECKHAM)

    monkeypatch.setattr(sources.police, "locate", fail)
    assert await Places(sources).of(PECKHAM)
    assert "9ZZ" not in caplog.text


async def test_a_wrong_setting_costs_nobody_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTCODES_URL", "nonsense")
    assert await Places().of(PECKHAM) == offline("SE15")


async def test_the_first_of_two_postcodes_counts(sources: Sources) -> None:
    place = await Places(sources).of(f"from {CITY} to {PECKHAM}")
    assert place
    assert place["status"] == "city"


async def test_many_at_once(sources: Sources) -> None:
    found = await asyncio.gather(*(Places(sources).of(p) for p in (PECKHAM, CITY, KENT, BORDER, PECKHAM)))
    assert [p and p["status"] for p in found] == ["found", "city", "outside", "found", "found"]


@pytest.mark.parametrize("written", ["SE15", "se15", " Se15 "])
def test_boroughs_of_an_outward_code(written: str) -> None:
    found = boroughs_of(written)
    assert found[0][0] == "Southwark"
    assert [share for _, share in found] == sorted((share for _, share in found), reverse=True)


@pytest.mark.parametrize("written", ["", "ZZ99", "M1", "SE15 9ZZ", "'; --"])
def test_codes_that_london_has_not(written: str) -> None:
    assert boroughs_of(written) == []
    assert offline(written) == {"status": "unavailable"}


@pytest.mark.parametrize(
    ("parsed", "boroughs"),
    [
        ({}, ()),
        ({"entities": None, "metadata": None}, ()),
        ({"entities": [{"entity": "area", "value": "Camden"}]}, ("Camden",)),
        ({"entities": [{"entity": "area", "value": "London"}]}, ()),
        ({"entities": [{"entity": "area", "value": "Camden"}] * 2}, ("Camden",)),
        ({"entities": [{"entity": "postcode", "value": "ZZ99"}]}, ()),
        ({"entities": [{"entity": "postcode", "value": ""}]}, ()),
        ({"metadata": {"place": {"status": "found", "borough": "Barnet"}}}, ("Barnet",)),
        ({"metadata": {"place": {"status": "outside", "district": "Sevenoaks"}},
          "entities": [{"entity": "postcode", "value": "BR8"}]}, ()),
    ],
)  # fmt: skip
def test_boroughs_of_a_message(parsed: dict[str, Any], boroughs: tuple[str, ...]) -> None:
    assert boroughs_named(parsed) == boroughs


def test_an_outward_code_in_one_borough_counts() -> None:
    sure = next(code for code, found in places._outward_codes().items() if found[0][1] >= places.MOSTLY)
    unsure = next(code for code, found in places._outward_codes().items() if found[0][1] < 0.6 and len(found) > 1)
    assert boroughs_named({"entities": [{"entity": "postcode", "value": sure}]}) == (boroughs_of(sure)[0][0],)
    assert boroughs_named({"entities": [{"entity": "postcode", "value": unsure}]}) == ()


# a point that a phone has sent

HERE = {postcode: Point(POSTCODES[key]["latitude"], POSTCODES[key]["longitude"])
        for postcode, key in ((PECKHAM, "SE159ZZ"), (CITY, "EC2V9ZZ"), (KENT, "BR89ZZ"))}  # fmt: skip
SEA = Point(51.5012, 2.5034)


@pytest.fixture
def around(server: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> Misbehaving:
    """The services, asked for points that they know to about ten metres."""
    usual, near = misbehaving.answer, {f"lat={p.latitude:.4f}&lon={p.longitude:.4f}": k for k, p in HERE.items()}

    def answer(path: str, form: str = "") -> tuple[int, Any]:
        if not path.startswith("/postcodes?"):
            return usual(path, form)
        found = [k for point, k in near.items() if point in path]
        return 200, {
            "status": 200,
            "result": [{**POSTCODES[k.replace(" ", "")], "distance": 9.1} for k in found] or None,
        }

    monkeypatch.setattr(misbehaving, "answer", answer)
    return server


def unseen(point: Point, place: object, caplog: pytest.LogCaptureFixture) -> None:
    """The point stands neither in the place nor in what was logged."""
    for text in (json.dumps(place), caplog.text):
        for degrees in point:
            assert f"{abs(degrees):.3f}" not in text


@pytest.mark.parametrize(
    ("point", "expected"),
    [
        (HERE[PECKHAM], {"status": "found", "ward": "Peckham", "borough": "Southwark", "force": "metropolitan",
                         "team": "E05011110N"}),
        (HERE[CITY], {"status": "city", "ward": "Cheap", "borough": "City of London"}),
        (HERE[KENT], {"status": "outside", "district": "Sevenoaks"}),
        (SEA, {"status": "outside", "district": None}),
        (Point(float("nan"), 7.0), {"status": "outside", "district": None}),
        (Point(1e9, -1e9), {"status": "outside", "district": None}),
    ],
)  # fmt: skip
async def test_the_place_of_a_point(
    around: Misbehaving, sources: Sources, caplog: pytest.LogCaptureFixture, point: Point, expected: dict[str, Any]
) -> None:
    caplog.set_level(logging.DEBUG)
    place = await Places(sources).at(point)
    place.pop("as_of", None)
    assert place == {**expected, "sent": True}
    unseen(point, place, caplog)
    assert bool([path for path in around.asked if path.startswith("/api/")]) is ("team" in expected)


@pytest.mark.usefixtures("small_budget")
@pytest.mark.parametrize("mode", BAD)
async def test_a_point_that_cannot_be_looked_up(
    around: Misbehaving, sources: Sources, caplog: pytest.LogCaptureFixture, mode: str
) -> None:
    caplog.set_level(logging.DEBUG)
    around.mode = mode
    place = await asyncio.wait_for(Places(sources).at(HERE[PECKHAM]), BUDGET + LEEWAY)
    assert place == {"status": "unavailable", "sent": True}
    unseen(HERE[PECKHAM], place, caplog)


@pytest.mark.parametrize("mode", ["down", "gone", "garbage", "reset"])
async def test_a_point_without_its_team(around: Misbehaving, sources: Sources, mode: str) -> None:
    around.police_mode = mode
    place = await Places(sources).at(HERE[PECKHAM])
    assert (place["status"], place["ward"]) == ("found", "Peckham")
    assert "team" not in place


@pytest.mark.parametrize("fault", [ValueError, OSError, RuntimeError, asyncio.TimeoutError, BadAnswerError])
async def test_a_fault_with_a_point_costs_nobody_the_answer(
    sources: Sources, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: type[Exception]
) -> None:
    async def fail(*point: object) -> None:
        raise fault(str(point))

    monkeypatch.setattr(sources.postcodes, "nearest", fail)
    place = await Places(sources).at(HERE[PECKHAM])
    assert place == {"status": "unavailable", "sent": True}
    unseen(HERE[PECKHAM], place, caplog)
