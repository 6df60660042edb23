"""Reads a turn as the action server gets it: the intent, the entities, what was answered before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa_sdk import Tracker

from bot.dialogue import history


def intent(tracker: Tracker) -> str:
    """The intent of the latest message; an empty string when there is none."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def entities(tracker: Tracker, name: str) -> tuple[str, ...]:
    """The different values of an entity in the latest message, in the order typed."""
    found = tracker.latest_message.get("entities") or []
    return tuple(dict.fromkeys(str(e["value"]) for e in found if e.get("entity") == name))


def last_answer(tracker: Tracker) -> dict[str, Any] | None:
    """The parts of the last message that answered something."""
    return history.last_answer(_newest_first(tracker))


def _newest_first(tracker: Tracker) -> Iterator[dict[str, Any]]:
    yield from reversed(tracker.events)
