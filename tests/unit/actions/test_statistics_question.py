"""action_answer_statistics: what a turn asks, and the message that goes back."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_statistics import TOPIC, AnswerStatistics
from actions.continue_question import ContinueQuestion
from actions.statistics.figure import Figure
from actions.statistics.pictured import chart_of
from actions.statistics.question import Question
from actions.statistics.store import Store
from actions.tell_statistics_source import TellStatisticsSource
from bot.errors import FactsMissingError
from tests.unit.statistics import figures_file

Turn = Callable[..., Tracker]


@pytest.fixture(scope="module")
def action() -> AnswerStatistics:
    return AnswerStatistics()


@pytest.mark.parametrize(
    ("intent", "text", "crimes", "about"),
    [
        ("ask_statistics", "how much crime is there", (), "crime"),
        ("ask_statistics", "how many burglaries", ("burglary",), "crime"),
        ("ask_officer_numbers", "how many are there", (), "officers"),
        ("ask_statistics", "How many POLICE officers are there", (), "officers"),
        ("ask_statistics", "how many pcsos", (), "pcsos"),
        ("ask_statistics", "do people trust the police", (), "confidence"),
        ("ask_statistics", "what is public Confidence", (), "confidence"),
        ("ask_statistics", "do they do a good job", (), "confidence"),
        ("ask_statistics", "burglaries, and do people trust you", ("burglary",), "crime"),
        ("ask_statistics", "assaults on officers", ("violence",), "crime"),
    ],
)
def test_subject(
    action: AnswerStatistics, turn_of: Turn, intent: str, text: str, crimes: tuple[str, ...], about: str
) -> None:
    asked = action.question(turn_of(intent, text, tuple(("crime_type", crime) for crime in crimes)))
    assert (asked.crimes, asked.about) == (crimes, about)


def test_entities_in_the_order_typed_and_once(action: AnswerStatistics, turn_of: Turn) -> None:
    entities = (
        ("area", "Hackney"),
        ("crime_type", "burglary"),
        ("area", "Camden"),
        ("area", "Hackney"),
        ("period", "2024"),
        ("format", "post"),
    )
    assert action.question(turn_of("ask_statistics", "", entities)) == Question(
        ("burglary",), ("Hackney", "Camden"), ("2024",), "crime"
    )


async def test_message(action: AnswerStatistics, turn_of: Turn) -> None:
    entities = (("crime_type", "burglary"), ("area", "Camden"))
    message = await action.answer(turn_of("ask_statistics", "burglaries in camden", entities))
    row = figures_file.rows("burglary", "Camden", "rolling_12_months")[-1]
    assert figures_file.written(row) in message["text"]
    assert f"Source: {row['source_title']}, as at " in message["text"]
    assert message["text"].endswith(row["source_url"])
    assert message["answer"]["name"] == TOPIC
    assert [b["payload"] for b in message["buttons"]] == ["/tell_me_more", "/ask_statistics_source"]


async def test_message_remembers_the_question(action: AnswerStatistics, turn_of: Turn) -> None:
    entities = (("crime_type", "burglary"), ("area", "Camden"), ("period", "2024"))
    message = await action.answer(turn_of("ask_statistics", "", entities))
    assert message["answer"]["question_asked"] == {
        "crimes": ["burglary"],
        "areas": ["Camden"],
        "periods": ["2024"],
        "about": "crime",
        "kind": "count",
        "fewest": False,
        "top": 3,
        "by_count": False,
    }


async def test_more_is_offered_only_when_there_is_more(action: AnswerStatistics, turn_of: Turn) -> None:
    message = await action.answer(turn_of("ask_officer_numbers"))
    assert message["answer"]["more"] is None
    assert [b["payload"] for b in message["buttons"]] == ["/ask_statistics_source"]


def test_last_good_is_none_without_facts(turn_of: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(*_: object) -> None:
        raise FactsMissingError("no figure")

    monkeypatch.setattr("actions.answer_statistics.reply", nothing)
    assert AnswerStatistics().last_good(turn_of("ask_statistics")) is None


async def _chat(turn_of: Turn, *said: tuple[str, str, tuple[tuple[str, str], ...]]) -> dict[str, Any]:
    """The last message of a conversation; each turn is (intent, text, entities)."""
    answered: list[dict[str, Any]] = []
    message: dict[str, Any] = {}
    for intent, text, entities in said:
        action = ContinueQuestion() if intent == "inform" else AnswerStatistics()
        message = await action.answer(turn_of(intent, text, entities, tuple(answered)))
        answered.append(message["answer"])
    return message


CAMDEN = (
    "ask_statistics",
    "burglaries in camden in 2025",
    (("crime_type", "burglary"), ("area", "Camden"), ("period", "2025")),
)


async def test_compare_them_after_two_boroughs(turn_of: Turn) -> None:
    message = await _chat(
        turn_of, CAMDEN, ("inform", "and in hackney", (("area", "Hackney"),)), ("inform", "compare them", ())
    )
    for area in ("Camden", "Hackney"):
        assert f"{area} {figures_file.year('burglary', 2025, area)}" in message["text"]
    assert message["answer"]["chart"]["labels"] == ["Camden", "Hackney"]


async def test_and_in_another_borough_is_a_detail_whatever_its_intent(turn_of: Turn) -> None:
    message = await _chat(turn_of, CAMDEN, ("ask_statistics", "and in hackney?", (("area", "Hackney"),)))
    assert figures_file.year("burglary", 2025, "Hackney") in message["text"]


async def test_new_question_does_not_inherit(turn_of: Turn) -> None:
    message = await _chat(
        turn_of, CAMDEN, ("ask_statistics", "how many robberies are there", (("crime_type", "robbery"),))
    )
    assert "Camden" not in message["text"]


async def test_as_a_picture_and_in_numbers(turn_of: Turn) -> None:
    london = ("ask_statistics", "burglaries", (("crime_type", "burglary"),))
    picture = await _chat(turn_of, london, ("inform", "as a picture", ()))
    chart = picture["answer"]["chart"]
    assert picture["text"].startswith(chart["alt"])
    numbers = await _chat(turn_of, london, ("inform", "in numbers", ()))
    for label, value in zip(chart["labels"], chart["values"], strict=True):
        assert f"{label}: {value:,.0f}" in numbers["text"]


async def test_address_of_the_picture_gives_the_same_chart(turn_of: Turn) -> None:
    message = await _chat(turn_of, ("ask_statistics", "burglaries", (("crime_type", "burglary"),)))
    token = message["answer"]["picture"].removeprefix("/pictures/").removesuffix(".png")
    assert chart_of(token).as_dict() == message["answer"]["chart"]


@pytest.mark.parametrize("broken", ["gone", "garbage"])
async def test_store_that_fails_gives_an_apology_and_the_last_good_figure(
    turn_of: Turn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, broken: str
) -> None:
    path = tmp_path / "figures.db"
    path.write_bytes(b"no database " * 500)
    dead = Store("postgresql://nobody@127.0.0.1:9/none" if broken == "gone" else f"sqlite:///{path}")
    monkeypatch.setattr("actions.answer_statistics.store", lambda: dead)
    dispatcher = CollectingDispatcher()
    turn = turn_of("ask_statistics", "burglaries in camden", (("crime_type", "burglary"), ("area", "Camden")))
    began = time.monotonic()
    await AnswerStatistics().run(dispatcher, turn, {})
    assert time.monotonic() - began < 8
    (message,) = dispatcher.messages
    assert "I am sorry" in message["text"]
    assert figures_file.newest("burglary", "Camden") in message["text"]
    assert "as at 12 August 2026" in message["text"]
    assert "https://data.london.gov.uk" in message["text"]


async def test_store_that_hangs_is_left_alone(turn_of: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Store):
        def of(self, measure: str, area: str) -> list[Figure]:
            time.sleep(3)
            return []

    monkeypatch.setattr("actions.answer_statistics.store", lambda: Slow())
    action, dispatcher = AnswerStatistics(), CollectingDispatcher()
    action.budget = 0.2
    began = time.monotonic()
    await action.run(dispatcher, turn_of("ask_statistics", "burglaries", (("crime_type", "burglary"),)), {})
    assert time.monotonic() - began < 2
    assert figures_file.newest("burglary") in dispatcher.messages[0]["text"]


async def test_fresh_to_which_month(turn_of: Turn) -> None:
    message = await TellStatisticsSource().answer(turn_of("ask_statistics_source", "how fresh"))
    assert message["text"].startswith("My crime figures go up to June 2026.")
    assert "London Datastore" in message["text"]


async def test_source_is_told_without_the_store(turn_of: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("actions.tell_statistics_source.store", lambda: Store("postgresql://nobody@127.0.0.1:9/none"))
    message = await TellStatisticsSource().answer(turn_of("ask_statistics_source", "how fresh"))
    assert message["text"].startswith("Most figures come from")


async def test_follow_up_without_the_store_has_its_last_good_figure(
    turn_of: Turn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.answer_statistics.store", lambda: Store("postgresql://nobody@127.0.0.1:9/none"))
    last = {"name": TOPIC, "question_asked": Question(("burglary",), ("Camden",), ("2025",)).as_dict()}
    dispatcher = CollectingDispatcher()
    await ContinueQuestion().run(dispatcher, turn_of("inform", "and in hackney", (("area", "Hackney"),), (last,)), {})
    assert "I am sorry" in dispatcher.messages[0]["text"]
    assert figures_file.year("burglary", 2025, "Hackney") in dispatcher.messages[0]["text"]
