"""Reads a conversation's events: what was answered last, what was asked, how often in a row something failed.

Works on the events of a Rasa tracker in their `as_dict` form, newest first, so that the Rasa server and the action
server share it and a long conversation costs no more than a short one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from bot.dialogue.message import ANSWER

Event = dict[str, Any]
NO_ANSWER = ("question", "followup", "small_talk")
BARRIERS = {"restart", "session_started"}


def _this_session(newest_first: Iterable[Event]) -> Iterator[Event]:
    """Events from the newest, down to the start of this session."""
    for event in newest_first:
        if event.get("event") in BARRIERS or event.get("name") in ("action_session_start", "action_restart"):
            return
        yield event


def answers(newest_first: Iterable[Event]) -> Iterator[dict[str, Any]]:
    """The `answer` parts of the bot's messages of this session, newest first."""
    for event in _this_session(newest_first):
        parts = (event.get("metadata") or {}).get(ANSWER) if event.get("event") == "bot" else None
        if parts:
            yield parts


def last_answer(newest_first: Iterable[Event]) -> dict[str, Any] | None:
    """The last message that answered something: no small talk, no question back, no follow-up on an answer."""
    return next((a for a in answers(newest_first) if not any(a.get(kind) for kind in NO_ANSWER)), None)


def last_that_counts(said: Iterable[dict[str, Any]]) -> dict[str, Any] | None:
    """Of answers, newest first: the last that was more than small talk, a follow-up or "I did not understand".

    A question back counts: what comes next is an answer to it.
    """
    return next((a for a in said if not (a.get("small_talk") or a.get("followup") or is_miss(a))), None)


def is_miss(parts: dict[str, Any]) -> bool:
    """Whether a message said "I did not understand", in any of its ways."""
    return str(parts.get("name") or "").startswith("nlu_fallback")


def last_message(newest_first: Iterable[Event]) -> dict[str, Any] | None:
    """The last thing the bot said, whatever it was."""
    return next(answers(newest_first), None)


def failures_in_a_row(newest_first: Iterable[Event]) -> int:
    """How many of the bot's last messages were "I did not understand"."""
    count = 0
    for parts in answers(newest_first):
        if not is_miss(parts):
            break
        count += 1
    return count
