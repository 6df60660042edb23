"""action_continue_question: a bare detail carries the last question on, or brings a question back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.answer_statistics import TOPIC
from actions.continue_question import ContinueQuestion
from tests.unit.statistics import figures_file

Turn = Callable[..., Tracker]


def _figures(
    *crimes: str, areas: tuple[str, ...] = (), periods: tuple[str, ...] = (), about: str = "crime"
) -> dict[str, Any]:
    """The parts of an answer about figures."""
    asked = {"crimes": list(crimes), "areas": list(areas), "periods": list(periods), "about": about}
    return {"name": TOPIC, "question_asked": asked}


def _support(
    needs: tuple[str, ...] = (), crimes: tuple[str, ...] = (), audiences: tuple[str, ...] = ()
) -> dict[str, Any]:
    """The parts of an answer about support."""
    asked = {"intent": "find_support", "needs": list(needs), "crimes": list(crimes), "audiences": list(audiences)}
    return {"name": "find_support", "question_asked": asked}


async def _answer(turn_of: Turn, last: dict[str, Any] | None, *entities: tuple[str, str]) -> dict[str, Any]:
    return await ContinueQuestion().answer(turn_of("inform", "", entities, (last,) if last else ()))


async def test_area_after_figures(turn_of: Turn) -> None:
    message = await _answer(turn_of, _figures("burglary"), ("area", "Camden"))
    assert f" {figures_file.prose(figures_file.newest('burglary', 'Camden'))} burglaries in Camden." in message["text"]


async def test_new_area_replaces_the_old(turn_of: Turn) -> None:
    message = await _answer(turn_of, _figures("burglary", areas=("Hackney",)), ("area", "Camden"))
    assert message["answer"]["question_asked"]["areas"] == ["Camden"]
    assert "Hackney" not in message["text"]


async def test_year_after_figures_keeps_area_and_crime(turn_of: Turn) -> None:
    message = await _answer(turn_of, _figures("burglary", areas=("Camden",)), ("period", "2024"))
    value = figures_file.prose(figures_file.year("burglary", 2024, "Camden"))
    assert f"In 2024, the Met recorded {value} burglaries in Camden." in message["text"]


async def test_crime_after_figures_keeps_area_and_year(turn_of: Turn) -> None:
    last = _figures("burglary", areas=("Camden",), periods=("2024",))
    message = await _answer(turn_of, last, ("crime_type", "robbery"))
    value = figures_file.prose(figures_file.year("robbery", 2024, "Camden"))
    assert f"In 2024, the Met recorded {value} robberies in Camden." in message["text"]


async def test_year_after_officers_stays_with_officers(turn_of: Turn) -> None:
    message = await _answer(turn_of, _figures(about="officers"), ("period", "2024"))
    assert "police officers" in message["text"]
    assert message["answer"]["question_asked"]["about"] == "officers"


async def test_crime_after_officers_is_about_crime(turn_of: Turn) -> None:
    message = await _answer(turn_of, _figures(about="officers"), ("crime_type", "burglary"))
    assert f" {figures_file.prose(figures_file.newest('burglary'))} burglaries " in message["text"]


async def test_continued_figures_can_be_continued_again(turn_of: Turn) -> None:
    first = await _answer(turn_of, _figures("burglary"), ("area", "Camden"))
    second = await _answer(turn_of, first["answer"], ("period", "2025"))
    value = figures_file.prose(figures_file.year("burglary", 2025, "Camden"))
    assert f"In 2025, the Met recorded {value} burglaries in Camden." in second["text"]


async def test_audience_after_support_keeps_the_need(turn_of: Turn) -> None:
    message = await _answer(turn_of, _support(needs=("domestic-abuse",)), ("audience", "men"))
    assert "mens-advice-line" in [card["id"] for card in message["answer"]["services"]]
    assert message["answer"]["question_asked"]["needs"] == ["domestic-abuse"]


async def test_need_after_support_keeps_the_audience(turn_of: Turn) -> None:
    last = _support(needs=("domestic-abuse",), audiences=("lgbt",))
    message = await _answer(turn_of, last, ("support_need", "hate-crime"))
    assert "galop" in [card["id"] for card in message["answer"]["services"]]
    assert message["answer"]["question_asked"]["audiences"] == ["lgbt"]
    assert message["answer"]["question_asked"]["needs"] == ["hate-crime"]


async def test_only_the_last_answer_counts(turn_of: Turn) -> None:
    tracker = turn_of("inform", "", (("area", "Camden"),), (_support(), _figures("burglary")))
    message = await ContinueQuestion().answer(tracker)
    assert message["answer"]["name"] == TOPIC


async def test_question_back_in_between_is_passed_over(turn_of: Turn) -> None:
    between = {"name": "which_question", "question": True}
    tracker = turn_of("inform", "", (("area", "Camden"),), (_figures("burglary"), between))
    message = await ContinueQuestion().answer(tracker)
    assert message["answer"]["name"] == TOPIC


@pytest.mark.parametrize("last", [None, {"name": "ask_plan_overview"}], ids=["nothing before", "something else before"])
@pytest.mark.parametrize(
    ("entities", "named"),
    [
        ((("area", "Camden"),), "Camden"),
        ((("crime_type", "knife_crime"),), "knife crime"),
        ((("crime_type", "knife_crime"), ("area", "Camden")), "Camden"),
        ((("period", "2024"),), "that"),
        ((), "that"),
    ],
)
async def test_otherwise_asks_what_is_wanted(
    turn_of: Turn, last: dict[str, Any] | None, entities: tuple[tuple[str, str], ...], named: str
) -> None:
    message = await _answer(turn_of, last, *entities)
    assert message["text"].startswith(f"What would you like to know about {named}?")
    assert message["answer"]["question"] is True
    assert [b["payload"] for b in message["buttons"]] == ["/ask_statistics", "/find_support", "/ask_plan_overview"]


async def test_borough_after_support_keeps_the_need(turn_of: Turn) -> None:
    message = await _answer(turn_of, _support(needs=("child-safety",)), ("area", "Camden"))
    assert "child-services-camden" in [card["id"] for card in message["answer"]["services"]]


async def test_postcode_after_a_disclosure_gives_its_borough(turn_of: Turn) -> None:
    last = {**_support(needs=("child-safety",)), "name": "child_at_risk", "safety": True}
    last["question_asked"]["intent"] = "child_at_risk"
    tracker = turn_of("inform", "SE15", (("postcode", "SE15"),), (last,))
    tracker.latest_message["metadata"] = {"place": {"status": "found", "borough": "Hackney"}}
    message = await ContinueQuestion().answer(tracker)
    assert "child-services-hackney" in [card["id"] for card in message["answer"]["services"]]


async def test_postcode_after_nothing_is_about_the_local_police(turn_of: Turn) -> None:
    tracker = turn_of("inform", "BR8", (("postcode", "BR8"),))
    tracker.latest_message["metadata"] = {"place": {"status": "outside", "district": "Sevenoaks"}}
    message = await ContinueQuestion().answer(tracker)
    assert message["answer"]["name"] == "ask_local_police"
    assert "Sevenoaks" in message["text"]


async def test_postcode_after_local_police_is_about_them(turn_of: Turn) -> None:
    last = {"name": "ask_local_police", "question_asked": {"intent": "ask_local_police", "needs": []}}
    tracker = turn_of("inform", "EC2V", (("postcode", "EC2V"),), (last,))
    tracker.latest_message["metadata"] = {"place": {"status": "city", "borough": "City of London"}}
    message = await ContinueQuestion().answer(tracker)
    assert message["answer"]["services"][0]["id"] == "city-of-london-police"


async def test_deaf_after_support_is_a_way_to_get_in_touch(turn_of: Turn) -> None:
    message = await _answer(turn_of, _support(needs=("domestic-abuse",)), ("audience", "deaf"))
    assert message["answer"]["question_asked"]["ways"] == ["deaf"]


async def test_what_was_shown_may_be_shown_again_for_somebody_else(turn_of: Turn) -> None:
    last = _support(needs=("domestic-abuse",))
    last["question_asked"]["shown"] = ["mens-advice-line"]
    message = await _answer(turn_of, last, ("audience", "men"))
    assert "mens-advice-line" in [card["id"] for card in message["answer"]["services"]]


async def test_audience_after_the_question_what_helps_is_kept(turn_of: Turn) -> None:
    asked = {**_support(), "name": "ask_need", "question": True}
    message = await ContinueQuestion().answer(turn_of("inform", "for men", (("audience", "men"),), (asked,)))
    assert message["answer"]["question_asked"]["audiences"] == ["men"]
    assert not message["answer"].get("question")


async def test_crime_and_time_alone_are_a_question_about_figures(turn_of: Turn) -> None:
    message = await _answer(turn_of, None, ("crime_type", "burglary"), ("area", "Camden"), ("period", "2024"))
    assert figures_file.year("burglary", 2024, "Camden") in message["text"]
