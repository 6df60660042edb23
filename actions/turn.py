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


def last_asked(tracker: Tracker, *, about_people: bool) -> dict[str, Any] | None:
    """The question that a bare detail carries on, or None when something else was answered since.

    Small talk, questions back and a safety answer in between do not end it; with `about_people` (a need or an audience) the
    safety answer is itself what goes on.
    """
    for parts in history.answers(_newest_first(tracker)):
        asked = parts.get("question_asked")
        if any(parts.get(kind) for kind in history.NO_ANSWER) or (parts.get("safety") and not (about_people and asked)):
            continue
        return asked
    return None


def offered_details(tracker: Tracker) -> dict[str, Any] | None:
    """The detail ("Croydon") that the last message asked what to do with; None when it asked nothing of the kind."""
    return (history.last_message(_newest_first(tracker)) or {}).get("details")


def _newest_first(tracker: Tracker) -> Iterator[dict[str, Any]]:
    yield from reversed(tracker.events)
