"""Gives every `utter_…` its words, inside the Rasa server, from content/ and from what was said before.

Named in endpoints.yml. An edit of content/ shows on the next message, without a new training. Safety answers are made
here too, so that they need no action server.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from typing import Any

from rasa.core.nlg.generator import NaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from bot import clock
from bot.action_answers import check_schema_once
from bot.action_calls import send_recent_only
from bot.content.store import Content, shared
from bot.dialogue import clarify, figures, followups, history, languages, safety, still_in_danger, yes_no
from bot.dialogue.message import from_content
from bot.nlu.safety_intents import SAFETY_INTENTS
from bot.support import last_shown
from bot.support.message import ASK_NEED, show_to_anybody

log = logging.getLogger(__name__)
PREFIX = "utter_"
ERASE = "delete_my_data"
SURE_ENOUGH_TO_ERASE = 0.5
SAYS_LITTLE = frozenset(
    {"out_of_scope", "chitchat", "greet", "feedback_negative", "feedback_positive", "deny", "start_over"}
)
"""Typed right after somebody told of harm, these are most likely still about that."""
ABOUT_THE_CHAT = frozenset({"ask_privacy", "ask_if_bot", "ask_human", "ask_capabilities", "ask_language"})
"""Questions about this chat itself: they name nothing of the Plan, and are answered at any time."""
STOP_ALONE = re.compile(
    r"\W*(?:please |pls |ok )?(?:stop|end|quit|exit|cancel|leave|close)\b(?:\W+\w+){0,3}\W*", re.IGNORECASE
)


class ContentNLG(NaturalLanguageGenerator):
    """Rasa's hook for an in-process generator; see the module's text."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        self.store = shared()
        check_schema_once()
        send_recent_only()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The message of `utter_action`, or None when content/ has none (Rasa then logs it)."""
        content = self.store.current()
        name = utter_action.removeprefix(PREFIX)
        parsed = tracker.latest_message.parse_data if tracker.latest_message else {}
        try:
            return self._message(name, dict(parsed or {}), tracker, content)
        except KeyError:
            log.error("content/answers has no answer named %s", name)
            return None

    def _message(self, name: str, parsed: dict, tracker: DialogueStateTracker, content: Content) -> dict[str, Any]:
        if name == "deny" and (history.last_message(_newest_first(tracker)) or {}).get("name") == ASK_NEED:
            # "I don't want to say": nobody is asked again
            return show_to_anybody(content.answer("find_support", clock.today()), content, clock.now())
        if name in ("affirm", "deny"):
            name = yes_no.meant_by(name == "affirm", history.last_message(_newest_first(tracker))) or name
        if name == ERASE and _unsure(parsed):
            return clarify.confirm("confirm_delete", content.answer("confirm_delete", clock.today()), ERASE, content)
        if name in SAFETY_INTENTS:
            told = history.last_answer(_newest_first(tracker))
            return languages.add_to(safety.answer(name, content, parsed, told), parsed, content)
        if name == languages.INTENT and (written := languages.answer(parsed, content)):
            return written
        if name == followups.MORE:
            return followups.tell_more(history.last_answer(_newest_first(tracker)), content)
        if name == followups.REPEAT:
            typed = tracker.latest_message.text if tracker.latest_message else ""
            return followups.simpler_or_again(history.last_answer(_newest_first(tracker)), typed or "", content)
        if name == followups.SOURCE:
            return followups.give_source(history.last_answer(_newest_first(tracker)), content)
        before = safety.line_when_in_doubt(parsed, content)
        typed = str(parsed.get("text") or "")
        help_ = safety.still_here(history.last_that_counts(history.answers(_newest_first(tracker))), content)
        if name in figures.INTERCEPTED and not help_ and (found := figures.words_alone(typed, content)):
            return safety.prepend(found, before)
        if name == clarify.FALLBACK:
            last = history.last_message(_newest_first(tracker))
            perhaps = last_shown.detail_of(last, typed, content) or safety.likely_help(parsed, content, last)
            if perhaps:
                return safety.prepend(perhaps, before)
        if help_ and _is_still_about_harm(name, parsed):
            return safety.prepend(help_, before)
        if name == clarify.FALLBACK:
            message = clarify.clarify(parsed, history.failures_in_a_row(_newest_first(tracker)), content)
            return safety.prepend(message, before)
        today = clock.today()
        answer = content.answer(name, today)
        return from_content(name, answer, content.labels, note=content.newer_plan_note(today), before=before)


def _unsure(parsed: dict) -> bool:
    """Whether a wish to have everything erased was only guessed: what is gone cannot be brought back."""
    intent = parsed.get("intent") or {}
    return intent.get("name") == ERASE and float(intent.get("confidence") or 0) < SURE_ENOUGH_TO_ERASE


def _is_still_about_harm(name: str, parsed: dict[str, Any]) -> bool:
    """Whether what was typed right after harm was told goes on with it, whatever it sounds like alone: "is it too late"."""
    typed = str(parsed.get("text") or "")
    if typed.startswith("/"):
        return False
    if name == "stop":
        # "i just want it to stop"
        return not STOP_ALONE.fullmatch(typed)
    is_question = name.startswith("ask_") and name not in ABOUT_THE_CHAT
    if name in SAYS_LITTLE or name == clarify.FALLBACK:
        return not still_in_danger.names_plan(parsed)
    return is_question and not still_in_danger.names_subject(parsed)


def _newest_first(tracker: DialogueStateTracker) -> Iterator[dict[str, Any]]:
    for event in reversed(tracker.events):
        yield event.as_dict()
