"""The safe base of every action: a time budget, an apology, and the last good answer; never silence.

An action class says its `name` and how to `answer`. Whatever goes wrong inside, the person hears something true.
"""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions import metrics
from bot.content.store import ContentStore, shared
from bot.dialogue import safety
from bot.dialogue.message import ANSWER, Parts, buttons, compose
from bot.errors import ActionError, OutOfTimeError
from bot.operations.status import Status

log = logging.getLogger(__name__)
BUDGET_SECONDS = 8.0
SORRY = (
    "I am sorry, I could not get that answer just now. Please try again in a minute. If you are in danger, call 999."
)


class SafeAction(Action, ABC):
    """Base of all actions; one instance serves every conversation, so it keeps nothing about any of them."""

    action_name = ""
    budget = BUDGET_SECONDS

    def name(self) -> str:
        return self.action_name

    @property
    def store(self) -> ContentStore:
        """The content, read at the first answer and not at import."""
        return shared()

    @abstractmethod
    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        """The message (see bot/dialogue/message.py). Raises ActionError when there is none."""

    def last_good(self, tracker: Tracker) -> str | None:
        """What is still true when `answer` failed: a figure with its date and source, or None."""
        return None

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        """Answers within the budget, whatever happens."""
        started = time.perf_counter()
        status = "answered"
        try:
            message = await asyncio.wait_for(self.answer(tracker), self.budget)
        except (asyncio.TimeoutError, OutOfTimeError):
            status, message = "out_of_time", self._apology(tracker)
            log.error("%s did not answer within %.0f s", self.action_name, self.budget)
        except ActionError as error:
            status, message = "no_answer", self._apology(tracker)
            log.warning("%s has no answer: %s", self.action_name, error)
        except Exception:
            status, message = "failed", self._apology(tracker)
            log.exception("%s failed", self.action_name)
        try:
            line = safety.line_when_in_doubt(tracker.latest_message, self.store.current())
            message = safety.prepend(message, line)
        except Exception:
            log.exception("the line of safety could not be added")
        dispatcher.utter_message(text=message["text"], buttons=message["buttons"], **{ANSWER: message[ANSWER]})
        self._observed(status, time.perf_counter() - started)
        return []

    def _observed(self, status: str, seconds: float) -> None:
        """Counts and logs what became of it; a figure that cannot be kept costs nobody the answer."""
        try:
            metrics.observe(self.action_name, status, seconds)
        except Exception:
            log.exception("an answer could not be counted")
        fields = {"action": self.action_name, "status": status, "ms": round(seconds * 1000, 1)}
        log.info("action", extra={"fields": fields})

    def _apology(self, tracker: Tracker) -> dict[str, Any]:
        """An apology with what is still known; needs nothing that may have failed."""
        text, offered = SORRY, []
        try:
            if known := self.last_good(tracker):
                text = f"{SORRY} The last I know: {known}"
            offered = buttons(["ask_statistics_source", "find_support", "ask_human"], self.store.current().labels)
        except Exception:
            log.exception("%s has nothing to fall back on", self.action_name)
        parts: Parts = {"name": f"{self.action_name}_failed", "question": True, "status": Status.ACTION_FAILED.value}
        return compose(text, parts, offered)
