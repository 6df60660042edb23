"""data.police.uk: teams, priorities and events, made plain; only typed errors, and nothing wrong kept."""

from __future__ import annotations

import asyncio
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadAnswerError, SourceError, SourceRefusedError
from bot.sources.clients import Sources
from bot.sources.police_uk import (
    MOST,
    parse_events,
    parse_located,
    parse_priorities,
    parse_team,
    upcoming,
)
from tests.misbehaving import MODES, Misbehaving
from tests.service_answers import BORDER_TEAM, PECKHAM_TEAM
from tests.unit.sources.conftest import EXAMPLES, kept
from tests.unit.sources.test_text import JSON

DAY = date(2026, 11, 22)
BAD = [m for m in MODES if m != "well" and not m.endswith("_once")]
MET = "metropolitan"
examples = pytest.mark.skipif(
    not EXAMPLES.exists(), reason="the example answers (../shared/data/api-examples) are not here"
)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_TODAY", DAY.isoformat())


async def test_locate(sources: Sources, server: Misbehaving) -> None:
    for _ in range(2):
        assert await sources.police.locate(51.474191, -0.069136) == (MET, PECKHAM_TEAM)
    assert len(server.asked) == 1
    with pytest.raises(SourceRefusedError) as refused:
        await sources.police.locate(50, 0)
    assert refused.value.status == 404


async def test_team(sources: Sources, server: Misbehaving) -> None:
    team = await sources.police.team(MET, PECKHAM_TEAM)
    assert (team.force, team.id, team.name, team.as_of) == (MET, PECKHAM_TEAM, "Peckham", DAY)
    assert team.description == "The team covers Peckham & its parks."
    assert team.contact_details == {
        "email": "Peckham.SNT@met.police.uk",
        "telephone": "020 7946 0123",
        "twitter": "https://twitter.com/MPSPeckham",
    }
    assert [(x.title, x.url) for x in team.links] == [("Metropolitan Police", "https://www.met.police.uk/")]
    assert [(x.name, x.address, x.latitude) for x in team.locations] == [
        ("Peckham Police Station", "1 Made Up Street, London", None)
    ]
    assert await sources.police.team(MET, PECKHAM_TEAM) == team
    assert server.asked == [f"/api/metropolitan/{PECKHAM_TEAM}"]


async def test_not_published(sources: Sources) -> None:
    team = await sources.police.team(MET, BORDER_TEAM)
    assert (team.contact_details, team.url, team.description, team.locations, team.links) == (None, None, None, [], [])
    assert await sources.police.priorities(MET, BORDER_TEAM) == []
    assert await sources.police.events(MET, BORDER_TEAM) == []


async def test_priorities(sources: Sources) -> None:
    found = await sources.police.priorities(MET, PECKHAM_TEAM)
    assert [(p.issue, p.issued, p.action, p.acted) for p in found] == [
        ("Robbery near the station.", date(2026, 8, 3), "Patrols at night.", date(2026, 9, 1)),
        ("Burglary in the side streets.", date(2026, 2, 2), None, None),
    ]
    assert await sources.police.priorities(MET, PECKHAM_TEAM) == found


async def test_events(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    found = await sources.police.events(MET, PECKHAM_TEAM)
    assert [(e.title, e.begins.date(), e.begins.hour) for e in found] == [
        ("Street briefing", date(2026, 11, 29), 18),
        ("Ward panel", date(2026, 12, 13), 18),
    ]
    # kept yesterday, over today
    monkeypatch.setenv("PLAN_TODAY", "2026-11-30")
    assert [e.title for e in await sources.police.events(MET, PECKHAM_TEAM)] == ["Ward panel"]


@pytest.mark.parametrize("mode", BAD)
async def test_bad_days(sources: Sources, server: Misbehaving, path: Path, mode: str) -> None:
    server.police_mode = mode if mode != "dead" else None
    if mode == "dead":
        server.mode = mode
    police = sources.police
    errors = await asyncio.gather(
        police.locate(51.474191, -0.069136, 0.5),
        police.team(MET, PECKHAM_TEAM, 0.5),
        police.priorities(MET, PECKHAM_TEAM, 0.5),
        police.events(MET, PECKHAM_TEAM, 0.5),
        return_exceptions=True,
    )
    assert all(isinstance(error, SourceError) for error in errors), errors
    assert "51.47" not in str(errors)
    assert kept(path) == 0


@pytest.mark.parametrize(("force", "team"), [("..", "x"), (MET, ".."), (MET, "a/b"), (MET, ""), ("", "x"), (MET, "a?b"), (MET, "é")])  # fmt: skip
async def test_a_team_that_cannot_be(sources: Sources, server: Misbehaving, force: str, team: str) -> None:
    with pytest.raises(BadAnswerError):
        await sources.police.team(force, team)
    with pytest.raises(BadAnswerError):
        parse_located({"force": force, "neighbourhood": team})
    assert not server.asked


async def test_unknown_team(sources: Sources, path: Path) -> None:
    with pytest.raises(SourceRefusedError):
        await sources.police.team(MET, "E99999999N")
    assert kept(path) == 0


def test_events_need_a_title_and_a_date() -> None:
    good = {"title": "t", "start_date": "2026-11-22T09:00:00", "end_date": "2026-11-22T08:00:00"}
    wrong = [{**good, "title": None}, {**good, "start_date": "soon"}, {**good, "start_date": None}, 7, None, [good], {}]
    found = parse_events([*wrong, good])
    assert [(e.title, e.ends) for e in found] == [("t", None)]
    # it began before today, and is not over
    assert len(parse_events([{**good, "start_date": "2026-11-01", "end_date": "2026-11-22"}])) == 1
    assert upcoming([]) == []


def test_lists_are_bounded() -> None:
    assert len(parse_priorities([{"issue": "x"}] * 1000)) == MOST
    assert len(parse_events([{"title": "x", "start_date": "2027-01-01"}] * 1000)) == MOST
    team = parse_team({"name": "x", "links": [{"title": "x", "url": "https://police.uk/"}] * 1000}, MET, "a")
    assert len(team.links) == MOST


def test_no_names_of_officers() -> None:
    people = [{"name": "Jo Bloggs", "rank": "PC", "bio": "x", "contact_details": {}}]
    team = parse_team(
        {"name": "x", "people": people, "team": people, "contact_details": {"name": "Jo Bloggs"}}, MET, "a"
    )
    assert "Bloggs" not in team.json()


RECORD = st.fixed_dictionaries(
    {},
    optional={
        k: JSON | st.sampled_from(["2026-12-01T10:00:00", "2030-01-01T00:00:00+05:00", "9999-12-31", "0001-01-01", "text"])
        for k in ("name", "title", "start_date", "end_date", "issue", "issue-date", "action", "contact_details", "links",
                  "locations", "description", "url_force", "address", "force", "neighbourhood", "type")
    },
)  # fmt: skip


@given(JSON | RECORD | st.lists(RECORD, max_size=4))
def test_any_json_gives_an_answer_or_a_typed_error(answer: Any) -> None:
    for parse in (parse_located, parse_priorities, parse_events, lambda a: parse_team(a, MET, "a")):
        try:
            parse(answer)
        except SourceError:
            continue


@examples
def test_real_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(name: str) -> Any:
        return json.loads((EXAMPLES / "police" / name).read_text(encoding="utf-8"))

    assert parse_located(read("docs-samples/locate-neighbourhood_westminster.json")) == (MET, "00BKX6")
    captured = parse_team(read("captured/neighbourhood_leicestershire_NC04.json"), "leicestershire", "NC04")
    assert captured.name == "City Centre" and captured.contact_details is None and captured.locations == []
    assert captured.description and captured.description.startswith("The Castle neighbourhood is a diverse")
    assert captured.links == []  # a council's page, not the police's
    sample = parse_team(read("docs-samples/neighbourhood_leicestershire_NC04.json"), "leicestershire", "NC04")
    assert sample.contact_details and set(sample.contact_details) == {"email", "telephone", "twitter", "facebook"}
    assert sample.locations[0].address == "74 Belgrave Gate, Leicester"
    [priority] = parse_priorities(read("docs-samples/neighbourhood-priorities_leicestershire_NC04.json"))
    assert priority.issued == date(2016, 4, 14) and priority.issue.startswith("To reduce")
    assert parse_events(read("docs-samples/neighbourhood-events_leicestershire_NC04.json")) == []
    monkeypatch.setenv("PLAN_TODAY", "2016-09-17")
    assert len(parse_events(read("docs-samples/neighbourhood-events_leicestershire_NC04.json"))) == 1
