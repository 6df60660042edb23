"""The answers that come first: danger now, harm, a child at risk, despair. Made in the Rasa server, from content/ alone."""

from __future__ import annotations

from typing import Any

from bot import clock
from bot.content.store import Content
from bot.dialogue.message import ANSWER, Parts, buttons, compose, sources
from bot.dialogue.services import cards, list_services
from bot.nlu.safety_intents import CHILD_AT_RISK, DISCLOSE_HARM, DOUBT, EMERGENCY, SAFETY, WELLBEING_CRISIS

NEED = {CHILD_AT_RISK: "child-safety", WELLBEING_CRISIS: "wellbeing-crisis", DISCLOSE_HARM: "victim-support"}


def answer(intent: str, content: Content, need: str | None = None) -> dict[str, Any]:
    """The message for a safety intent; `need` chooses better services than the intent's own."""
    written = content.answer(intent, clock.today())
    chosen = [] if intent == EMERGENCY else content.help.services_for(need or NEED[intent])
    listed = sources(written.sources)
    text = written.text
    if chosen:
        text = f"{text}\n\n{list_services(chosen, content)}"
        if content.help.needs_safe_device(need or NEED[intent]):
            text = f"{text}\n\n{content.answer('safe_device', clock.today()).text}"
    parts: Parts = {
        "name": intent,
        "more": written.more,
        "simple": written.simple,
        "sources": listed,
        "safety": True,
        "services": cards(chosen, content),
    }
    return compose(text, parts, buttons(written.next, content.labels))


def line_when_in_doubt(parsed: dict[str, Any], content: Content) -> str | None:
    """One line on what to do in danger, when the signal is possible but not sure."""
    signal = parsed.get(SAFETY)
    if not signal or signal.get("level") != DOUBT:
        return None
    return content.answer("safety_line", clock.today()).text


def prepend(message: dict[str, Any], line: str | None) -> dict[str, Any]:
    """The message with the line of safety above it."""
    if not line:
        return message
    return {**message, "text": f"{line}\n\n{message['text']}", ANSWER: message[ANSWER]}
