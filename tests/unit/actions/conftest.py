"""What tests of actions share: turns as the action server gets them, and the day on which they happen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker

TODAY = "2026-11-22"
NOW = f"{TODAY}T10:00"
"""A Sunday morning."""

Turn = Callable[..., Tracker]


@pytest.fixture(autouse=True)
def _fixed_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_TODAY", NOW)


@pytest.fixture
def turn_of() -> Turn:
    """Makes a turn: the intent, the text, entities as (name, value), the answers given before, the safety signal."""

    def make(
        intent: str,
        text: str = "",
        entities: tuple[tuple[str, str], ...] = (),
        answered: tuple[dict[str, Any], ...] = (),
        safety: dict[str, str] | None = None,
    ) -> Tracker:
        latest = {
            "text": text,
            "intent": {"name": intent, "confidence": 1.0},
            "entities": [{"entity": name, "value": value} for name, value in entities],
            "safety": safety,
        }
        events = [{"event": "bot", "metadata": {"answer": parts}} for parts in answered]
        return Tracker("someone", {}, latest, events, False, None, {}, "action_listen")

    return make
