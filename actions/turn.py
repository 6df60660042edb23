"""Reads a turn as the action server gets it: the intent, the entities, what was answered before."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rasa_sdk import Tracker

from bot.content.store import Content
from bot.dialogue import history
from bot.nlu.about_labels import ABOUT, SURE
from bot.support.message import ASK_NEED
from bot.support.request import Request
from bot.support.understood import request_of, values


def intent(tracker: Tracker) -> str:
    """The intent of the latest message; an empty string when there is none."""
    return str((tracker.latest_message.get("intent") or {}).get("name") or "")


def text(tracker: Tracker) -> str:
    """What was typed, or the payload of a button."""
    return str(tracker.latest_message.get("text") or "")


def entities(tracker: Tracker, name: str) -> tuple[str, ...]:
    """The different values of an entity in the latest message, in the order typed."""
    return values(tracker.latest_message, name)


def request(tracker: Tracker, content: Content) -> Request:
    """What the latest message alone asks help for."""
    return request_of(tracker.latest_message, intent(tracker), content)


def about(tracker: Tracker) -> str | None:
    """What the latest message is surely about; None when that is not sure."""
    said = tracker.latest_message.get(ABOUT) or {}
    return str(said.get("label")) if said.get("level") == SURE else None


def last_request(tracker: Tracker) -> Request | None:
    """The request that help was last shown for, or that was asked back about; None when something else was answered since."""
    last = history.last_message(_newest_first(tracker)) or {}
    asked = last.get("question_asked") if last.get("name") == ASK_NEED else last_asked(tracker, about_people=True)
    return Request.from_dict(asked) if asked and "needs" in asked else None


def was_asked_what_helps(tracker: Tracker) -> bool:
    """Whether the assistant has just asked what help is for: it never asks that twice in a row."""
    return (history.last_message(_newest_first(tracker)) or {}).get("name") == ASK_NEED


def last_services(tracker: Tracker) -> list[str]:
    """Ids of the services that were shown last in this session."""
    shown = (parts["services"] for parts in history.answers(_newest_first(tracker)) if parts.get("services"))
    return [str(service["id"]) for service in next(shown, [])]


def last_answer(tracker: Tracker) -> dict[str, Any] | None:
    """The parts of the last answer, for "tell me more"."""
    return history.last_answer(_newest_first(tracker))


WHICH_BOROUGH = "which_borough"
"""The question back about figures that a borough, or a postcode, answers."""


def last_asked(tracker: Tracker, *, about_people: bool) -> dict[str, Any] | None:
    """The question that a bare detail carries on, or None when something else was answered since.

    Small talk, questions back and a safety answer in between do not end it; with `about_people` (a need or an audience) the
    safety answer is itself what goes on.
    """
    for parts in history.answers(_newest_first(tracker)):
        asked = parts.get("question_asked")
        if parts.get("name") == WHICH_BOROUGH:
            return asked
        if any(parts.get(kind) for kind in history.NO_ANSWER) or (parts.get("safety") and not (about_people and asked)):
            continue
        return asked
    return None


def offered_details(tracker: Tracker) -> dict[str, Any] | None:
    """The detail ("Croydon") that the last message asked what to do with; None when it asked nothing of the kind."""
    return (history.last_message(_newest_first(tracker)) or {}).get("details")


def _newest_first(tracker: Tracker) -> Iterator[dict[str, Any]]:
    yield from reversed(tracker.events)
