"""What became of a message: one word for every answer, the same for the page, the metrics and the logs.

Found here alone, from the parts of the answer. What no rule below knows is UNSORTED, which a test and an alert watch for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any

from bot.dialogue.message import ANSWER


class Status(str, Enum):
    """What became of a message. Of several parts, the one that stands first here counts."""

    SAFETY = "safety"
    """What to do in danger or after harm, which comes before everything else."""
    FAILED = "failed"
    """Something broke, and the person was asked to try again."""
    TIMED_OUT = "timed_out"
    """There was no answer in time, and the person was asked to try again."""
    ACTION_FAILED = "action_failed"
    """The action server, or what it asks, had no answer: an apology, with the last that is known."""
    ERASE_FAILED = "erase_failed"
    """The conversation should be deleted and could not be: the person was asked to ask again."""
    ERASED = "erased"
    """The conversation was deleted, as the person asked."""
    OFF = "off"
    """The service is turned off, and its notice was shown."""
    UNSORTED = "unsorted"
    """An answer that no rule knows: a fault of the program, not of the person."""
    ANSWERED = "answered"
    """A fact, a figure or a service, with its source."""
    FOLLOWED_UP = "followed_up"
    """More of the last answer, its source, or the same again in simpler words."""
    ASKED_BACK = "asked_back"
    """One question back, because the answer depends on it."""
    NO_ANSWER = "no_answer"
    """Understood, and it cannot be answered: another city, one person, a figure that nobody has."""
    NOT_UNDERSTOOD = "not_understood"
    """Not understood: topics by name were offered, or people to contact."""
    OUT_OF_SCOPE = "out_of_scope"
    """About something else than the Plan, crime in London, or help."""
    SMALL_TALK = "small_talk"
    """A greeting, thanks, or words of the assistant about itself: no fact in it, so no source."""
    REFUSED_EMPTY = "refused_empty"
    """There was nothing in the message."""
    REFUSED_NO_WORDS = "refused_no_words"
    """There were signs in it, and no word."""
    REFUSED_TOO_LONG = "refused_too_long"
    """It was longer than is read."""
    REFUSED_TOO_FAST = "refused_too_fast"
    """Too many messages came at once."""


SAID_BY_NAME = {
    "empty": Status.REFUSED_EMPTY,
    "no_words": Status.REFUSED_NO_WORDS,
    "too_long": Status.REFUSED_TOO_LONG,
    "too_fast": Status.REFUSED_TOO_FAST,
    "failed": Status.FAILED,
    "off": Status.OFF,
    "delete_my_data": Status.ERASED,
    "out_of_scope": Status.OUT_OF_SCOPE,
    "nlu_fallback_ask": Status.ASKED_BACK,
    "nlu_fallback_topics": Status.NOT_UNDERSTOOD,
    "nlu_fallback_contacts": Status.NOT_UNDERSTOOD,
    "nlu_fallback": Status.NOT_UNDERSTOOD,
    "none_of_these": Status.NOT_UNDERSTOOD,
    "default": Status.NOT_UNDERSTOOD,
    "which_one": Status.ASKED_BACK,
}
QUESTIONS_BACK = frozenset(
    {"ask_for_one", "ask_need", "confirm_delete", "nothing_said", "which_borough", "which_question"}
)
UNANSWERABLE = frozenset({"no_borough", "no_parts", "no_person", "no_satisfaction", "only_london"})
REFUSED = frozenset({Status.REFUSED_EMPTY, Status.REFUSED_NO_WORDS, Status.REFUSED_TOO_LONG, Status.REFUSED_TOO_FAST})
HELPFUL = frozenset({Status.ANSWERED, Status.FOLLOWED_UP})
"""After these it makes sense to ask whether the answer helped."""
VALUES = frozenset(status.value for status in Status)
FIRST = {status: position for position, status in enumerate(Status)}


def of_parts(parts: Mapping[str, Any]) -> Status:
    """The status of one message, by the parts of its answer (bot/dialogue/message.py); never raises."""
    told = parts.get("status")
    if isinstance(told, str) and told in VALUES:
        return Status(told)
    if parts.get("safety"):
        return Status.SAFETY
    name = parts.get("name")
    if parts.get("followup"):
        return Status.FOLLOWED_UP
    if isinstance(name, str) and name in SAID_BY_NAME:
        return SAID_BY_NAME[name]
    if parts.get("question"):
        return Status.ASKED_BACK if name in QUESTIONS_BACK else _unanswerable(name)
    if parts.get("sources") or parts.get("services"):
        return Status.ANSWERED
    return Status.SMALL_TALK if parts.get("small_talk") else Status.UNSORTED


def _unanswerable(name: Any) -> Status:
    return Status.NO_ANSWER if name in UNANSWERABLE else Status.UNSORTED


def first_of(statuses: Iterable[Status]) -> Status:
    """The status of a whole answer; FAILED for one without parts, because that is silence."""
    return min(statuses, key=FIRST.__getitem__, default=Status.FAILED)


def of_messages(messages: Sequence[Mapping[str, Any]]) -> Status:
    """The status of an answer of one or more messages."""
    return first_of(of_parts(message.get(ANSWER) or {}) for message in messages)


def with_status(message: Mapping[str, Any], status: Status) -> dict[str, Any]:
    """A copy of the message that says its status; the parts themselves are shared with the conversation's events."""
    return {**message, ANSWER: {**(message.get(ANSWER) or {}), "status": status.value}}
