"""What a model must do before it serves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bot.cli import training
from bot.errors import SetupError
from bot.models import trial
from bot.nlu.safety_intents import SAFETY_INTENTS
from bot.nlu.training_text import phrases


def rows(*texts: tuple[str, str, str]) -> str:
    return "".join(json.dumps({"text": text, "intent": intent, "kind": kind}) + "\n" for text, intent, kind in texts)


@pytest.fixture
def sets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Four messages of danger, two look-alikes, two questions."""
    danger = [(f"danger {n}", "emergency", "real") for n in range(4)]
    (tmp_path / "safety.jsonl").write_text(rows(*danger, ("alike 1", "x", "lookalike"), ("alike 2", "x", "lookalike")))
    (tmp_path / "questions.jsonl").write_text(rows(("who wrote it", "ask_plan_author", ""), ("hello", "greet", "")))
    monkeypatch.setattr(trial, "DEVELOPMENT_SET", tmp_path)
    monkeypatch.setattr(trial, "QUESTIONS", tmp_path / "questions.jsonl")
    return tmp_path


def model(raises: str, level: str = "sure", greets: str = "greet") -> Any:
    """Raises the signal on texts that begin so."""

    async def parse(text: str) -> dict[str, Any]:
        found = {"intent": "emergency", "level": level} if text.startswith(raises) else None
        return {"safety": found, "intent": {"name": greets if text == "hello" else "ask_plan_author"}}

    return parse


@pytest.mark.parametrize(
    ("parse", "expected"),
    [
        (model("danger"), (True, 1.0, 0.0, 1.0)),
        (model("danger", level="doubt"), (False, 0.0, 0.0, 1.0)),
        (model("danger 1"), (False, 0.25, 0.0, 1.0)),
        (model(""), (False, 1.0, 1.0, 1.0)),
        (model("danger", greets="goodbye"), (False, 1.0, 0.0, 0.5)),
    ],
)
def test_trial(sets: Path, parse: Any, expected: tuple[bool, float, float, float]) -> None:
    found = trial.of(parse)
    assert (found.passed, found.caught, found.false_alarms, found.understood) == expected


@pytest.mark.parametrize(
    ("caught", "false_alarms", "understood", "passed"),
    [(0.99, 0.03, 0.9, True), (0.989, 0.03, 0.9, False), (0.99, 0.031, 0.9, False), (0.99, 0.03, 0.89, False)],
)
def test_limits(caught: float, false_alarms: float, understood: float, passed: bool) -> None:
    assert trial.judged(caught, false_alarms, understood).passed is passed


@pytest.mark.parametrize("content", [None, "", "{", "no json\n"])
def test_set_that_is_missing_is_no_pass(sets: Path, content: str | None) -> None:
    file = sets / "safety.jsonl"
    file.unlink() if content is None else file.write_text(content)
    with pytest.raises(SetupError, match=r"safety\.jsonl"):
        trial.of(model("danger"))


def test_our_own_sets_are_what_they_should_be() -> None:
    safety, questions = trial._rows(trial.DEVELOPMENT_SET / "safety.jsonl"), trial._rows(trial.QUESTIONS)
    assert len(safety) == 240
    assert len(questions) >= 40
    known = {intent for intent, _ in phrases()}
    assert {row["intent"] for row in questions} <= known - SAFETY_INTENTS
    assert trial.QUESTIONS not in training.inputs()


def test_verdict_is_said_first() -> None:
    assert trial.in_words(trial.judged(0.5, 0.0, 1.0)).startswith("FAILED: 50.0% of messages of danger caught")
