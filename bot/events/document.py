"""What is told of a turn: a document without words, names or ids. docs/analytics.md describes each field.

Whatever a person can influence is put into a closed set or a fixed form here, so that no text can slip through.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from bot.dialogue.message import ANSWER
from bot.keys import Keys
from bot.nlu.safety_intents import SAFETY
from bot.operations import metrics, status
from bot.operations.status import Status

SCHEMA = 1
"""Goes up when a field is removed or means something else; a new field does not change it."""
TURN, FEEDBACK = "turn", "feedback"
NAME = re.compile(r"[a-z][a-z0-9_]{0,79}")
MODEL = re.compile(r"[A-Za-z0-9._-]{1,100}")
CHOSEN, HIGH, MEDIUM, LOW = "chosen", "high", "medium", "low"
SURE, LIKELY = 0.8, 0.5
PSEUDONYM_LENGTH = 16
LISTEN = "action_listen"
Document = dict[str, Any]


def pseudonym(keys: Keys, day: str, conversation: str) -> str:
    """The conversation's number on one day (2026-11-28, UTC): 16 characters that the next day are others."""
    return keys.sign(f"events-{day}", conversation)[:PSEUDONYM_LENGTH]


class TurnReader:
    """Puts the events of a turn, which come one by one in Rasa's `as_dict` form, together as one document.

    Holds nothing of a person between the events but the conversation's id.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._conversation: str | None = None
        self._heard: Document = {}
        self._said: list[Status] = []
        self._answer: str | None = None
        self._is_safety = False

    def add(self, event: Mapping[str, Any]) -> Document | None:
        """A document when the event ends a turn. A turn that has no end is ended by the next one."""
        kind, conversation = event.get("event"), str(event.get("sender_id"))
        ended = None
        if self._conversation is not None and (kind == "user" or conversation != self._conversation):
            ended = self._end()
        if kind == "user":
            self._begin(conversation, event)
        elif self._conversation == conversation and kind == "bot":
            self._hear(event)
        elif self._conversation == conversation and kind == "action" and event.get("name") == LISTEN:
            return self._end()
        return ended

    def _begin(self, conversation: str, event: Mapping[str, Any]) -> None:
        parsed = event.get("parse_data") or {}
        intent = parsed.get("intent") or {}
        # words that were typed never begin so: bot/guard/payloads.py
        is_button = str(event.get("text") or "").startswith("/")
        self._conversation = conversation
        self._is_safety = bool(parsed.get(SAFETY))
        self._heard = {
            **_frame(TURN, self._keys, conversation, float(event.get("timestamp") or 0)),
            "channel": metrics.channels.of(event.get("input_channel")),
            "intent": metrics.intents.of(intent.get("name")),
            "confidence": CHOSEN if is_button else _band(intent.get("confidence")),
        }

    def _hear(self, event: Mapping[str, Any]) -> None:
        parts = (event.get("metadata") or {}).get(ANSWER) or (event.get("data") or {}).get(ANSWER) or {}
        self._said.append(status.of_parts(parts))
        self._answer = self._answer or _name(parts.get("name"))
        self._is_safety = self._is_safety or bool(parts.get("safety"))

    def _end(self) -> Document:
        document = {
            **self._heard, "answer": self._answer, "status": status.first_of(self._said).value,
            "safety": self._is_safety, "model": _model(),
        }  # fmt: skip
        self._conversation, self._heard, self._said, self._answer, self._is_safety = None, {}, [], None, False
        return document


def feedback(keys: Keys, conversation: str, answer: str | None, helpful: bool, at: float) -> Document:
    """Whether an answer helped. `at`: seconds since 1970."""
    told = {"answer": _name(answer), "helpful": bool(helpful), "model": _model()}
    return {**_frame(FEEDBACK, keys, conversation, at), **told}


def _frame(kind: str, keys: Keys, conversation: str, at: float) -> Document:
    moment = datetime.fromtimestamp(at, timezone.utc)
    return {
        "schema": SCHEMA, "id": secrets.token_hex(16), "kind": kind, "minute": f"{moment:%Y-%m-%dT%H:%MZ}",
        "conversation": pseudonym(keys, f"{moment:%Y-%m-%d}", conversation),
    }  # fmt: skip


def _band(confidence: Any) -> str:
    value = float(confidence or 0)
    return HIGH if value >= SURE else MEDIUM if value >= LIKELY else LOW


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and NAME.fullmatch(value) else None


def _model() -> str | None:
    name = metrics.model.name
    return name if name and MODEL.fullmatch(name) else None
