"""action_show_support: the first services for a need, a crime and an audience, with what keeps a person safe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from rasa_sdk import Tracker

from actions.show_support import NEED_OF_INTENT, ShowSupport
from bot.content.store import shared
from bot.paths import CONTENT

Turn = Callable[..., Tracker]

HELP: dict[str, Any] = yaml.safe_load((CONTENT / "first_help.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = yaml.safe_load((CONTENT / "services.yml").read_text(encoding="utf-8"))
SAFE_DEVICE = "device that the other person cannot check"
MOST = 3


def _message(intent: str, needs: str = "", crimes: str = "", audiences: str = "") -> dict[str, Any]:
    return ShowSupport().message(intent, tuple(needs.split()), tuple(crimes.split()), tuple(audiences.split()))


def _shown(message: dict[str, Any]) -> list[str]:
    return [card["id"] for card in message["answer"]["services"]]


@pytest.mark.parametrize("need", sorted(HELP["needs"]))
def test_every_need_shows_its_services(need: str) -> None:
    assert _shown(_message("find_support", needs=need)) == HELP["needs"][need]["services"]


@pytest.mark.parametrize("need", sorted(HELP["needs"]))
def test_safe_device_line_where_somebody_may_be_watched(need: str) -> None:
    text = _message("find_support", needs=need)["text"]
    assert (SAFE_DEVICE in text) is HELP["needs"][need]["safe_device"]


@pytest.mark.parametrize(("crime", "need"), sorted(HELP["crimes"].items()))
def test_crime_brings_its_need(crime: str, need: str) -> None:
    assert _shown(_message("find_support", crimes=crime)) == HELP["needs"][need]["services"]


@pytest.mark.parametrize(
    ("need", "audience"), [(need, audience) for need, by in HELP["audiences"].items() for audience in by]
)
def test_services_for_an_audience_come_first(need: str, audience: str) -> None:
    special = HELP["audiences"][need][audience]
    usual = [s for s in HELP["needs"][need]["services"] if s not in special]
    assert _shown(_message("find_support", needs=need, audiences=audience)) == (special + usual)[:MOST]


def test_nothing_named_shows_the_usual() -> None:
    assert _shown(_message("find_support")) == HELP["default"]["services"]


def test_unknown_need_shows_the_usual() -> None:
    assert _shown(_message("find_support", needs="unicorns")) == HELP["default"]["services"]


def test_named_need_goes_before_the_crime() -> None:
    assert (
        _shown(_message("find_support", needs="stalking", crimes="burglary")) == HELP["needs"]["stalking"]["services"]
    )


def test_audience_without_own_services_changes_nothing() -> None:
    assert _shown(_message("find_support", needs="stalking", audiences="men")) == HELP["needs"]["stalking"]["services"]


def test_two_audiences_are_both_thought_of() -> None:
    shown = _shown(_message("find_support", needs="domestic-abuse", audiences="lgbt men"))
    assert shown == ["galop", "victim-support-supportline", "mens-advice-line"]


@pytest.mark.parametrize(("intent", "need"), sorted(NEED_OF_INTENT.items()))
def test_intent_brings_its_need(intent: str, need: str) -> None:
    assert _shown(_message(intent, needs="stalking")) == HELP["needs"][need]["services"]


@pytest.mark.parametrize("crime", sorted(set(HELP["reporting"]) - {"default"}))
def test_how_to_report_a_crime(crime: str) -> None:
    assert _shown(_message("report_crime", crimes=crime)) == HELP["reporting"][crime]


@pytest.mark.parametrize("crime", ["", "burglary"])
def test_how_to_report_any_other_crime(crime: str) -> None:
    assert _shown(_message("report_crime", crimes=crime)) == HELP["reporting"]["default"]


def test_reporting_domestic_abuse_keeps_the_safe_device_line() -> None:
    assert SAFE_DEVICE in _message("report_crime", crimes="domestic_abuse")["text"]
    assert SAFE_DEVICE not in _message("report_crime", crimes="burglary")["text"]


@pytest.mark.parametrize(("audiences", "said"), [("migrants", True), ("women migrants", True), ("women", False)])
def test_immigration_note(audiences: str, said: bool) -> None:
    note = shared().answer("immigration_note").text
    assert (note in _message("find_support", "domestic-abuse", audiences=audiences)["text"]) is said


def test_text_shows_how_to_reach_each_service() -> None:
    message = _message("find_support", needs="domestic-abuse")
    for service in _shown(message):
        assert SERVICES[service]["name"] in message["text"]
        assert SERVICES[service]["phone"] in message["text"]


def test_cards_have_what_a_channel_draws() -> None:
    for card in _message("find_support", needs="domestic-abuse")["answer"]["services"]:
        assert card["phone"] == SERVICES[card["id"]]["phone"]
        assert set(card) == {"id", "name", "what", "phone", "text", "web", "hours"}


def test_sources_are_those_of_the_answer_and_of_each_service() -> None:
    message = _message("find_support", needs="stalking")
    listed = [source["url"] for source in message["answer"]["sources"]]
    assert {SERVICES[service]["sources"][0]["url"] for service in _shown(message)} <= set(listed)
    assert str(shared().answer("find_support").sources[0].url) == listed[0]


async def test_answer_reads_the_turn(turn_of: Turn) -> None:
    entities = (("support_need", "domestic-abuse"), ("audience", "men"), ("crime_type", "rape"), ("area", "Camden"))
    message = await ShowSupport().answer(turn_of("find_support", "", entities))
    assert _shown(message)[0] == "mens-advice-line"
    assert message["answer"]["name"] == "find_support"
    assert message["answer"]["question_asked"] == {
        "intent": "find_support",
        "needs": ["domestic-abuse"],
        "crimes": ["rape"],
        "audiences": ["men"],
    }
