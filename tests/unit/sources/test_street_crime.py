"""Street-level crime: the counts of a team's area, whole or in parts; a typed error, and nothing kept, when it goes wrong."""

from __future__ import annotations

import json
import sqlite3
import time
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from bot.errors import BadAnswerError, SourceError, SourceRefusedError, SourceUnavailableError
from bot.sources.cache import DAY, Cache
from bot.sources.clients import Sources
from bot.sources.shapes import stored
from bot.sources.street_crime import (
    StreetCounts,
    StreetCrimeClient,
)
from tests.misbehaving import MODES, Misbehaving
from tests.service_answers import BORDER_TEAM, BOUNDARIES, CITY_TEAM, CRIMES, CUT, PECKHAM_TEAM, crimes_of
from tests.unit.sources.conftest import kept

TODAY, NEWEST = date(2026, 11, 22), date(2026, 9, 1)
MET = "metropolitan"
BAD = [m for m in MODES if m != "well" and not m.endswith("_once")]
PATHS = {
    "newest": "/api/crime-last-updated",
    "outline": f"/api/{MET}/{PECKHAM_TEAM}/boundary",
    "crimes": "/api/crimes-street/all-crime",
}
PECKHAM = CRIMES[MET, PECKHAM_TEAM]
EXPECTED = {k: v for k, v in PECKHAM.items() if k != "anti-social-behaviour"}


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_TODAY", TODAY.isoformat())


@pytest.fixture
def street(sources: Sources) -> StreetCrimeClient:
    return sources.street


def names(path: Path) -> list[str]:
    with sqlite3.connect(path) as connection:
        return sorted(name for (name,) in connection.execute("SELECT name FROM answers"))


async def test_counts_of_a_ward(street: StreetCrimeClient, server: Misbehaving) -> None:
    found = await street.counts(MET, PECKHAM_TEAM, date(2026, 9, 17))
    assert found == StreetCounts(
        as_of=TODAY, month=NEWEST, counts=EXPECTED, total=sum(EXPECTED.values()), asb=PECKHAM["anti-social-behaviour"]
    )
    assert server.asked == list(PATHS.values())
    [form] = map(parse_qs, server.posted)
    assert form["date"] == ["2026-09"]
    assert len(form["poly"][0].split(":")) == 10  # eleven points, closed


async def test_what_is_kept_serves(street: StreetCrimeClient, server: Misbehaving, path: Path) -> None:
    first = await street.counts(MET, PECKHAM_TEAM, NEWEST)
    server.mode = "dead"
    assert await street.counts(MET, PECKHAM_TEAM, NEWEST) == first
    assert await street.last_updated() == NEWEST
    assert len(await street.boundary(MET, PECKHAM_TEAM)) == 10
    assert len(server.asked) == 3
    assert names(path) == [
        f"police/boundary/1:/{MET}/{PECKHAM_TEAM}",
        "police/street-updated/1:newest",
        f"police/street/1:/{MET}/{PECKHAM_TEAM}/2026-09/2026-09",
    ]


async def test_nothing_of_locations_is_kept(street: StreetCrimeClient, path: Path) -> None:
    await street.counts(MET, PECKHAM_TEAM, NEWEST)
    with sqlite3.connect(path) as connection:
        [(row,)] = connection.execute("SELECT value FROM answers WHERE name LIKE 'police/street/1:%'").fetchall()
    assert set(json.loads(row)) == {"as_of", "month", "counts", "total", "asb"}
    assert b"Made Up Street" not in row and b"51.4" not in row and b"10000000" not in row


async def test_a_new_month_is_asked_for_anew_and_an_old_one_is_frozen(
    sources: Sources, server: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = [time.time()]
    cache = Cache(sources.database, lambda: moment[0])
    street = StreetCrimeClient(server.police_url, sources.fetcher, cache)
    old, recent = date(2026, 4, 1), date(2026, 6, 1)
    before = [await street.counts(MET, PECKHAM_TEAM, month) for month in (old, recent)]
    assert [c.counts["violent-crime"] for c in before] == [69, 67]
    assert len(server.posted) == 2
    # a month later, with another newest month
    monkeypatch.setenv("PLAN_TODAY", "2026-12-22")
    moment[0] += 1.5 * DAY
    assert (await street.counts(MET, PECKHAM_TEAM, old)) == before[0]
    assert len(server.posted) == 2
    assert (await street.counts(MET, PECKHAM_TEAM, recent)).as_of == date(2026, 12, 22)
    assert len(server.posted) == 3


@pytest.mark.parametrize(("most", "asked"), [(150, 3), (122, 5), (55, 11)])
async def test_an_area_that_is_too_big_is_asked_in_parts(
    street: StreetCrimeClient, server: Misbehaving, most: int, asked: int
) -> None:
    assert (
        sum(c["location"]["latitude"] == f"{CUT:.6f}" for c in crimes_of("2026-09")) > 20
    )  # they come with both halves
    server.most_crimes = most
    found = await street.counts(MET, PECKHAM_TEAM, NEWEST)
    assert (found.counts, found.asb) == (EXPECTED, PECKHAM["anti-social-behaviour"])
    assert len(server.posted) == asked
    sent = [parse_qs(form)["poly"][0] for form in server.posted]
    assert len(set(sent)) == len(sent)
    assert all(len(poly.split(":")) >= 3 for poly in sent)


async def test_parts_are_cut_three_times_at_most(street: StreetCrimeClient, server: Misbehaving, path: Path) -> None:
    server.most_crimes = 0
    with pytest.raises(SourceUnavailableError):
        await street.counts(MET, PECKHAM_TEAM, NEWEST, deadline=8)
    # whole, half, quarter, eighth; the last with its three retries
    assert len(server.posted) == 4 + 3
    assert not any("street/1" in name for name in names(path))


async def test_a_busy_moment_costs_nothing_but_time(street: StreetCrimeClient, server: Misbehaving) -> None:
    for mode in ("busy_once", "down_once"):
        server.mode = "well"
        server.mode_at = {PATHS["crimes"]: mode}
        month = date(2026, 8 if mode == "busy_once" else 7, 1)
        found = await street.counts(MET, PECKHAM_TEAM, month)
        assert found.total == sum(EXPECTED.values()) + NEWEST.month - month.month


@pytest.mark.parametrize("at", PATHS)
@pytest.mark.parametrize("mode", [m for m in BAD if m != "dead"])
async def test_bad_days(street: StreetCrimeClient, server: Misbehaving, path: Path, mode: str, at: str) -> None:
    server.mode_at = {PATHS[at]: mode}
    started = time.monotonic()
    with pytest.raises(SourceError) as failed:
        await street.counts(MET, PECKHAM_TEAM, NEWEST, 2.0)
    assert time.monotonic() - started < 2.8
    assert "51.4" not in str(failed.value)
    # what went well before is kept, and nothing else
    assert kept(path) == list(PATHS).index(at)
    server.mode_at = {}
    assert (await street.counts(MET, PECKHAM_TEAM, NEWEST)).total == sum(EXPECTED.values())


async def test_nobody_listens(street: StreetCrimeClient, server: Misbehaving, path: Path) -> None:
    server.mode = "dead"
    with pytest.raises(SourceUnavailableError):
        await street.counts(MET, PECKHAM_TEAM, NEWEST, 1.0)
    assert kept(path) == 0


async def test_a_cut_area_ends_within_the_deadline(street: StreetCrimeClient, server: Misbehaving, path: Path) -> None:
    await street.boundary(MET, PECKHAM_TEAM)
    server.most_crimes, server.retry_after = 20, None
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError):
        await street.counts(MET, PECKHAM_TEAM, NEWEST, 0.6)  # eight turns a second are not enough for fifteen parts
    assert time.monotonic() - started < 1.2
    assert not any("street/1" in name for name in names(path))


async def test_a_month_that_is_not_published(street: StreetCrimeClient, server: Misbehaving, path: Path) -> None:
    for month in (date(2026, 10, 1), date(2010, 11, 1)):
        with pytest.raises(SourceRefusedError, match="ask for September 2026") as refused:
            await street.counts(MET, PECKHAM_TEAM, month)
        assert refused.value.status == 404
    assert not server.posted
    with pytest.raises(SourceRefusedError) as refused:  # too long ago, as only the service knows
        await street.counts(MET, PECKHAM_TEAM, date(2022, 1, 1))
    assert (refused.value.status, len(server.posted)) == (404, 1)
    assert not any("street/1" in name for name in names(path))


async def test_a_month_without_any_crime_is_missing_and_no_zero(
    street: StreetCrimeClient, monkeypatch: pytest.MonkeyPatch, path: Path
) -> None:
    monkeypatch.setitem(BOUNDARIES, (MET, PECKHAM_TEAM), [(51.60, -0.3), (51.60, -0.29), (51.61, -0.29)])
    with pytest.raises(BadAnswerError, match="missing"):
        await street.counts(MET, PECKHAM_TEAM, NEWEST)
    assert not any("street/1" in name for name in names(path))


async def test_only_a_few_crimes(street: StreetCrimeClient) -> None:
    found = await street.counts(MET, BORDER_TEAM, NEWEST)
    assert (found.counts, found.total, found.asb) == ({"burglary": 4, "vehicle-crime": 2}, 6, 3)


@pytest.mark.parametrize(("force", "team"), [("..", "x"), (MET, "a/b"), (MET, ""), ("", "x"), (MET, "a?b")])
async def test_a_team_that_cannot_be(street: StreetCrimeClient, server: Misbehaving, force: str, team: str) -> None:
    with pytest.raises(BadAnswerError):
        await street.counts(force, team, NEWEST)
    with pytest.raises(BadAnswerError):
        await street.boundary(force, team)
    assert not server.asked


async def test_a_team_without_an_outline(street: StreetCrimeClient, path: Path) -> None:
    for force, team in (("city-of-london", CITY_TEAM), (MET, "E99999999N")):
        with pytest.raises(SourceRefusedError) as refused:
            await street.boundary(force, team)
        assert refused.value.status == 404
    assert kept(path) == 0


async def test_a_damaged_row_counts_as_none(street: StreetCrimeClient, server: Misbehaving, path: Path) -> None:
    good = await street.counts(MET, PECKHAM_TEAM, NEWEST)
    for wrong in ({"total": 0}, {"month": "2026-08-01"}, {"asb": -1}, {"counts": {}, "total": 0, "asb": 0}, {"x": 1}):
        row = json.dumps({**stored(good), **wrong})
        with sqlite3.connect(path) as connection:
            connection.execute("UPDATE answers SET value = ? WHERE name LIKE 'police/street/1:%'", (row,))
        asked = len(server.posted)
        assert await street.counts(MET, PECKHAM_TEAM, NEWEST) == good
        assert len(server.posted) == asked + 1
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE answers SET value = '[[51.5, -0.1]]' WHERE name LIKE 'police/boundary/1:%'")
    assert len(await street.boundary(MET, PECKHAM_TEAM)) == 10
