"""action_answer_statistics: what a turn asks, and the message that goes back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from rasa_sdk import Tracker

from actions.answer_statistics import TOPIC, AnswerStatistics
from actions.statistics.answers import Question
from bot.errors import FactsMissingError
from tests.unit.actions import figures_file

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
        ("ask_statistics", "how many pcsos", (), "officers"),
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
