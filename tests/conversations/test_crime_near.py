"""Crime near a postcode in whole conversations: the ward's counts, small numbers unsaid, the borough's figure when the service fails."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from actions.statistics import crime_near
from actions.statistics.crime_near import CrimeNear
from bot.places import Places
from bot.settings import SourceSettings
from bot.sources.clients import Sources, open_sources
from bot.sources.http import Waits
from tests.assistant import Assistant
from tests.misbehaving import Misbehaving
from tests.service_answers import CITY, KENT, PECKHAM

ASK = f"how much crime is there near {PECKHAM}"


@pytest.fixture
def chat(
    assistant: Assistant, server: Misbehaving, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Assistant]:
    """The assistant with clients of its own for each test."""
    monkeypatch.setenv("POSTCODES_URL", server.postcodes_url)
    monkeypatch.setenv("POLICE_URL", server.police_url)
    monkeypatch.setenv("PLAN_CACHE", str(tmp_path / "cache.db"))
    sources: Sources = open_sources(SourceSettings(), Waits(first=0.01, longest=0.05, jitter=0.01))
    channel = assistant.new_channel()
    channel._places = Places(sources)
    monkeypatch.setattr(assistant, "conversations", channel)
    monkeypatch.setattr(CrimeNear, "sources", property(lambda _: sources))
    yield assistant
    assistant.run(sources.close())


def _say(chat: Assistant, *said: str) -> tuple[str, dict, str]:
    conversation = chat.new_conversation()
    messages: list[dict] = []
    for text in said:
        messages = chat.say(conversation, text)
    return messages[-1]["text"], messages[-1]["answer"], conversation


def test_ward_of_a_postcode(chat: Assistant) -> None:
    text, answer, conversation = _say(chat, ASK)
    assert answer["name"] == "crime_near"
    assert "Peckham" in text
    assert "data.police.uk" in text
    assert all(value >= 10 for value in answer["chart"]["values"])
    stored = json.dumps([event.as_dict() for event in chat.tracker(conversation).events])
    assert "9ZZ" not in stored


def test_near_me_asks_where_and_a_postcode_answers_it(chat: Assistant) -> None:
    text, answer, conversation = _say(chat, "how much crime is there near me")
    assert answer["name"] == "which_borough"
    assert "Which borough" in text
    messages = chat.say(conversation, PECKHAM)
    assert messages[-1]["answer"]["name"] == "crime_near"


def test_near_me_and_a_borough(chat: Assistant) -> None:
    text, _, _ = _say(chat, "how much crime is there near me", "Camden")
    assert "offences of all kinds in Camden" in text


@pytest.mark.parametrize("mode", ["down", "slow_headers", "html", "half", "garbage", "dead"])
def test_police_service_that_fails_gives_the_boroughs_figure(
    chat: Assistant, server: Misbehaving, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(crime_near, "SECONDS", 0.5)
    server.mode_at = {"/api/crimes-street": mode, "/api/crime-last-updated": mode} if mode != "dead" else {
        "/api/crimes-street": "reset", "/api/crime-last-updated": "reset",
    }  # fmt: skip
    began = time.monotonic()
    text, answer, _ = _say(chat, ASK)
    assert time.monotonic() - began < 8
    assert answer["name"] == "statistics"
    assert "I am sorry" in text
    assert "offences of all kinds in Southwark" in text


@pytest.mark.parametrize(("postcode", "word"), [(KENT, "London"), (CITY, "City of London")])
def test_outside_the_mets_area(chat: Assistant, postcode: str, word: str) -> None:
    text, answer, _ = _say(chat, f"how much crime is there near {postcode}")
    assert answer["name"] != "crime_near"
    assert word in text
