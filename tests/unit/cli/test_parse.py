"""`planbot parse`: what is reported for one message."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bot.cli.parse import SHOWN_IN_RANKING, report

RANKING = [{"name": name, "confidence": 0.5 / number} for number, name in enumerate("abcdefgh", 1)]


def _parsed(status: str = "clear", intent: str = "a", **more: Any) -> dict[str, Any]:
    return {
        "intent": {"name": intent, "confidence": 0.5},
        "intent_ranking": RANKING,
        "understanding": {"status": status, "danger": 0.0},
        **more,
    }


def _signal(level: str, intent: str = "emergency") -> dict[str, str]:
    return {"intent": intent, "level": level, "by": "pattern"}


def test_nothing_parsed() -> None:
    assert report("", {}) == {
        "text": "",
        "intent": None,
        "confidence": 0.0,
        "ranking": [],
        "entities": [],
        "safety": None,
        "safety_in_doubt": None,
        "status": None,
    }


@pytest.mark.parametrize(
    ("status", "intent", "reported"),
    [
        ("clear", "a", "a"),
        ("unclear", "nlu_fallback", "nlu_fallback"),
        ("ambiguous", "nlu_fallback", "a"),
    ],
)
def test_intent_by_status(status: str, intent: str, reported: str) -> None:
    found = report("hello", _parsed(status, intent))
    assert (found["intent"], found["status"]) == (reported, status)


def test_close_call_without_ranking_keeps_the_intent() -> None:
    assert report("hello", {**_parsed("ambiguous", "nlu_fallback"), "intent_ranking": []})["intent"] == "nlu_fallback"


def test_sure_signal_goes_before_a_close_call() -> None:
    found = report("help", _parsed("ambiguous", "emergency", safety=_signal("sure")))
    assert (found["intent"], found["safety"], found["safety_in_doubt"]) == ("emergency", "emergency", None)


def test_doubtful_signal_leaves_the_intent() -> None:
    found = report("help", _parsed(safety=_signal("doubt", "disclose_harm")))
    assert (found["intent"], found["safety"], found["safety_in_doubt"]) == ("a", None, "disclose_harm")


def test_doubtful_signal_leaves_the_close_call() -> None:
    assert report("help", _parsed("ambiguous", "nlu_fallback", safety=_signal("doubt")))["intent"] == "a"


def test_no_signal() -> None:
    found = report("hello", _parsed(safety=None))
    assert (found["safety"], found["safety_in_doubt"]) == (None, None)


def test_ranking_is_cut_in_order() -> None:
    names = [row["name"] for row in report("hello", _parsed())["ranking"]]
    assert names == list("abcdefgh")[:SHOWN_IN_RANKING]


def test_confidences_are_rounded() -> None:
    found = report("hello", {**_parsed(), "intent": {"name": "a", "confidence": 0.123456}})
    assert found["confidence"] == 0.1235
    assert found["ranking"][2]["confidence"] == 0.1667


def test_entities_without_machinery() -> None:
    entity = {"entity": "area", "value": "Camden", "start": 3, "end": 9, "extractor": "any", "confidence": None}
    found = report("in Camden", _parsed(entities=[entity]))
    assert found["entities"] == [{"entity": "area", "value": "Camden", "start": 3, "end": 9}]


def test_can_be_written_as_json() -> None:
    found = report("¿qué? 👮", _parsed(safety=_signal("sure")))
    assert json.loads(json.dumps(found, ensure_ascii=False)) == found
