"""Local police in whole conversations, with postcodes.io and data.police.uk of this machine: from well-behaved to hostile.

Whatever they do, there is an answer in time, nothing wrong is kept, and the whole postcode is nowhere but in the question.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from actions import find_local_police
from actions.find_local_police import FindLocalPolice
from bot import places
from bot.places import Places
from bot.settings import SourceSettings
from bot.sources.clients import Sources, open_sources
from bot.sources.http import Waits
from tests.assistant import Assistant
from tests.misbehaving import MODES, Misbehaving
from tests.service_answers import BORDER, CITY, ENDED, ENDED_SILENTLY, KENT, PECKHAM

LONGEST_WAIT = 8.0
TRIES = 3
SLOW = ("slow_headers", "slow_body")
QUICK_BUDGET = 0.4
BAD = [mode for mode in MODES if mode not in ("well", "busy_once", "down_once")]
BAD_POLICE = ["slow_headers", "reset", "down", "gone", "garbage", "half", "wrong_type", "empty"]
NOT_THERE = "SE15 9ZX"
ASK = "who is my local police team"
TEAM, CITY_POLICE, NOT_EMERGENCY = "safer-neighbourhood-team", "city-of-london-police", "police-101"


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache.db"


@pytest.fixture
def chat(
    assistant: Assistant, server: Misbehaving, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    """The assistant with clients of its own for each test, in the channel and in every action."""
    monkeypatch.setenv("POSTCODES_URL", server.postcodes_url)
    monkeypatch.setenv("POLICE_URL", server.police_url)
    monkeypatch.setenv("PLAN_CACHE", str(cache))
    sources: Sources = open_sources(SourceSettings(), Waits(first=0.01, longest=0.05, jitter=0.01))
    channel = assistant.new_channel()
    channel._places = Places(sources)
    monkeypatch.setattr(assistant, "conversations", channel)
    # actions keep the clients that they made first, for another test's services
    monkeypatch.setattr(FindLocalPolice, "sources", property(lambda _: sources))
    said_before = len(assistant.transcript)
    yield assistant
    # the numbers of made-up teams are not in the directory: see test_numbers_shown.py
    del assistant.transcript[said_before:]
    assistant.run(sources.close())


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small budgets, for services that never answer."""
    monkeypatch.setattr(places, "BUDGET_SECONDS", QUICK_BUDGET)
    monkeypatch.setattr(find_local_police, "REMOTE_SECONDS", QUICK_BUDGET)


def ask(chat: Assistant, *said: str) -> tuple[str, dict[str, Any], str]:
    """The text and the parts of the answer to the last message, and the conversation."""
    conversation = chat.new_conversation()
    messages: list[dict[str, Any]] = []
    for text in said:
        messages = chat.say(conversation, text)
    assert messages
    return "\n".join(m["text"] for m in messages), messages[-1].get("answer") or {}, conversation


def shown(answer: dict[str, Any]) -> list[str]:
    return [service["id"] for service in answer.get("services") or []]


def kept(chat: Assistant, conversation: str, cache: Path) -> str:
    """Everything that is stored of a conversation and of the services, in capitals, spaces taken out."""
    events = [event.as_dict() for event in chat.tracker(conversation).events]
    stored = [json.dumps(events, ensure_ascii=False, default=str)]
    stored += [f.read_bytes().decode("latin-1") for f in cache.parent.iterdir() if f.is_file()]
    return "".join("".join(stored).upper().split()).replace("%20", "")


def nothing_of(postcode: str, chat: Assistant, conversation: str, cache: Path) -> None:
    everything = kept(chat, conversation, cache)
    bare = postcode.replace(" ", "").upper()
    assert bare not in everything
    events = json.dumps([event.as_dict() for event in chat.tracker(conversation).events], default=str).upper()
    assert postcode.split()[1] not in events, "the second half is in the tracker"
    assert "51.474191" not in everything, "the point tells the postcode"


# --- the services behave ---


@pytest.mark.parametrize("said", [(ASK, PECKHAM), (ASK, "se159zz"), (f"{ASK}, I live at {PECKHAM}",), (PECKHAM,)])
def test_the_team_of_a_postcode(chat: Assistant, cache: Path, said: tuple[str, ...]) -> None:
    text, answer, conversation = ask(chat, *said)
    for part in ("Peckham, Southwark", "Peckham.SNT@met.police.uk", "020 7946 0123", "Street briefing", "999", "101"):
        assert part in text
    assert answer["name"] == "ask_local_police"
    assert answer["sources"][0]["title"] == "data.police.uk"
    assert "alert(1)" not in json.dumps(answer)
    nothing_of(PECKHAM, chat, conversation, cache)


def test_more_of_the_team(chat: Assistant) -> None:
    text, _, _ = ask(chat, ASK, PECKHAM, "tell me more")
    assert "Ward panel" in text
    assert "javascript" not in text


@pytest.mark.parametrize(
    ("postcode", "words", "services"),
    [
        (CITY, ["City of London", "its own police", "999"], [CITY_POLICE]),
        (KENT, ["outside Greater London", "Sevenoaks", "999", "101"], [NOT_EMERGENCY]),
        (ENDED, ["no longer in use", "June 2017", "borough"], [TEAM]),
        (ENDED_SILENTLY, ["no longer in use", "December 2009"], [TEAM]),
        (NOT_THERE, ["cannot find that postcode", "borough", "999"], [TEAM]),
    ],
)
def test_other_postcodes(chat: Assistant, cache: Path, postcode: str, words: list[str], services: list[str]) -> None:
    text, answer, conversation = ask(chat, ASK, postcode)
    assert [w for w in words if w not in text] == []
    assert shown(answer) == services
    assert "Peckham" not in text
    nothing_of(postcode, chat, conversation, cache)


def test_near_a_border_it_says_that_it_may_be_wrong(chat: Assistant, cache: Path) -> None:
    text, _, conversation = ask(chat, ASK, BORDER)
    assert "Barnet Vale" in text
    assert "border" in text
    nothing_of(BORDER, chat, conversation, cache)


def test_half_a_postcode_asks_for_the_other_half(chat: Assistant, server: Misbehaving) -> None:
    for half in ("SE15", "SE15 9"):
        text, answer, _ = ask(chat, ASK, half)
        assert "Southwark or Lewisham" in text
        assert "whole postcode" in text
        assert shown(answer) == [TEAM]
    assert server.asked == []


def test_a_district_has_the_team_of_its_middle(chat: Assistant) -> None:
    text, answer, _ = ask(chat, ASK, "Peckham")
    assert "the middle of Peckham" in text
    assert "A whole postcode is surer" in text
    assert answer["sources"][0]["title"] == "data.police.uk"


def test_a_borough_has_several_teams(chat: Assistant, server: Misbehaving) -> None:
    text, answer, _ = ask(chat, ASK, "Southwark")
    assert "several teams" in text
    assert shown(answer) == [TEAM]
    assert server.asked == []


def test_the_city_by_name(chat: Assistant, server: Misbehaving) -> None:
    text, answer, _ = ask(chat, ASK, "City of London")
    assert "its own police" in text
    assert shown(answer) == [CITY_POLICE]
    assert server.asked == []


@pytest.mark.parametrize("place", ["75001 Paris", "in the borough of Narnia", "Manchester"])
def test_no_team_is_made_up_for_a_place_that_is_not_here(chat: Assistant, server: Misbehaving, place: str) -> None:
    text, answer, _ = ask(chat, ASK, place)
    assert "The police team for" not in text
    assert "999" in text
    assert answer.get("name") != "failed"
    assert server.asked == []


def test_a_postcode_with_sql_is_only_a_postcode(chat: Assistant, server: Misbehaving, cache: Path) -> None:
    text, _, conversation = ask(chat, f"{ASK} SW1A 1AA; drop table")
    assert "cannot find that postcode" in text
    assert "drop" not in text.lower()
    assert not [path for path in server.asked if "drop" in path.lower() or ";" in path]
    nothing_of("SW1A 1AA", chat, conversation, cache)


def test_two_postcodes_in_a_row_are_two_answers(chat: Assistant) -> None:
    text, _, _ = ask(chat, ASK, PECKHAM, CITY)
    assert "its own police" in text
    assert "Peckham" not in text


def test_a_postcode_on_the_way_to_help_names_the_borough_only(
    chat: Assistant, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAN_TODAY", "2026-11-24T14:30")
    said = f"i think a child at {PECKHAM} is being beaten by his dad"
    text, answer, conversation = ask(chat, said)
    assert "Southwark Council" in text
    assert answer["safety"]
    nothing_of(PECKHAM, chat, conversation, cache)


# --- the services misbehave ---


@pytest.mark.usefixtures("quick")
def test_without_the_services_the_city_still_has_its_own_police(chat: Assistant, server: Misbehaving) -> None:
    server.mode = "dead"
    text, answer, _ = ask(chat, ASK, CITY)
    assert shown(answer) == [CITY_POLICE]
    assert "Met's website" not in text


@pytest.mark.usefixtures("quick")
@pytest.mark.xfail(strict=True, reason="the stored table has London's part of BR8 only, and is believed")
def test_without_the_services_a_kent_postcode_is_not_put_into_london(chat: Assistant, server: Misbehaving) -> None:
    server.mode = "dead"
    assert "is in Bromley" not in ask(chat, ASK, KENT)[0]


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("mode", BAD)
def test_when_both_misbehave_the_borough_and_the_link_are_given(
    chat: Assistant, server: Misbehaving, cache: Path, mode: str
) -> None:
    server.mode = mode
    started = time.perf_counter()
    text, answer, conversation = ask(chat, f"{ASK}, I live at {PECKHAM}")
    assert time.perf_counter() - started < LONGEST_WAIT
    assert "could not look up" in text
    assert "Southwark" in text
    assert "The police team for" not in text
    assert "999" in text
    assert shown(answer) == [TEAM]
    nothing_of(PECKHAM, chat, conversation, cache)
    # nothing of what they said was kept: well again, they are believed again
    server.mode = "well"
    if mode not in SLOW:
        # a server that is played in this process may still be busy with what it began before
        said = (ask(chat, f"{ASK}, I live at {PECKHAM}")[0] for _ in range(TRIES))
        assert any("Peckham, Southwark" in text for text in said)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("mode", BAD_POLICE)
def test_when_only_the_police_misbehave_the_ward_is_given(
    chat: Assistant, server: Misbehaving, cache: Path, mode: str
) -> None:
    server.police_mode = mode
    started = time.perf_counter()
    text, answer, conversation = ask(chat, f"{ASK}, I live at {PECKHAM}")
    assert time.perf_counter() - started < LONGEST_WAIT
    assert "Peckham ward, Southwark" in text
    assert "could not look up" in text
    assert shown(answer) == [TEAM]
    nothing_of(PECKHAM, chat, conversation, cache)


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("mode", ["slow_headers", "dead", "html", "empty", "huge"])
def test_when_they_misbehave_a_district_still_has_its_borough(chat: Assistant, server: Misbehaving, mode: str) -> None:
    server.mode = mode
    started = time.perf_counter()
    text, answer, _ = ask(chat, ASK, "Peckham")
    assert time.perf_counter() - started < LONGEST_WAIT
    assert "Southwark" in text
    assert "The police team for" not in text
    assert shown(answer) == [TEAM]


@pytest.mark.parametrize("mode", ["busy_once", "down_once"])
def test_one_failure_is_got_over(chat: Assistant, server: Misbehaving, mode: str) -> None:
    server.mode = mode
    text, _, _ = ask(chat, f"{ASK}, I live at {PECKHAM}")
    assert "Peckham.SNT@met.police.uk" in text


def test_what_is_known_outlives_a_service_that_fails(chat: Assistant, server: Misbehaving) -> None:
    ask(chat, ASK, PECKHAM)
    server.mode = "dead"
    text, _, _ = ask(chat, ASK, PECKHAM)
    assert "Peckham.SNT@met.police.uk" in text


def test_the_budgets_leave_a_person_waiting_less_than_that() -> None:
    """The two that are patched above; a district takes two of the second, each half as long, and then one."""
    assert places.BUDGET_SECONDS + 0.5 + find_local_police.REMOTE_SECONDS < LONGEST_WAIT
    assert 2 * find_local_police.REMOTE_SECONDS < LONGEST_WAIT
