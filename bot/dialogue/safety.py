"""The answers that come first: danger now, harm, a child at risk, despair. Made in the Rasa server, from content/ alone."""

from __future__ import annotations

from typing import Any

from bot import clock
from bot.content.store import Content
from bot.dialogue.message import ANSWER, Parts, buttons, compose, sources
from bot.dialogue.services import cards, list_services
from bot.nlu.safety_intents import CHILD_AT_RISK, DISCLOSE_HARM, DOUBT, EMERGENCY, SAFETY, WELLBEING_CRISIS

# what a disclosure may be about, the most particular first; a need outside this list never decides
PARTICULAR = (
    "sexual-violence", "forced-marriage", "honour-based-abuse", "domestic-abuse", "stalking", "exploitation-modern-slavery",
    "gangs-county-lines", "hate-crime", "online-harm", "fraud", "bereaved",
)  # fmt: skip
NEED = {CHILD_AT_RISK: "child-safety", WELLBEING_CRISIS: "wellbeing-crisis", DISCLOSE_HARM: "victim-support"}


def answer(intent: str, content: Content, parsed: dict[str, Any]) -> dict[str, Any]:
    """The message for a safety intent; what the person named in `parsed` chooses the services for a disclosure."""
    written = content.answer(intent, clock.today())
    need = _need(intent, content, parsed)
    audiences = tuple(_values(parsed, "audience"))
    chosen = content.help.services_for(need, audiences) if need else []
    listed = sources(written.sources)
    text = written.text
    if chosen:
        text = f"{text}\n\n{list_services(chosen, content)}"
        if content.help.needs_safe_device(need):
            text = f"{text}\n\n{content.answer('safe_device', clock.today()).text}"
    parts: Parts = {
        "name": intent,
        "more": written.more,
        "simple": written.simple,
        "sources": listed,
        "safety": True,
        "services": cards(chosen, content),
    }
    if need:
        # so that "for men" or "in Polish" afterwards goes on from here
        asked = {"intent": "find_support", "needs": [need], "crimes": [], "audiences": list(audiences)}
        parts["question_asked"] = asked
    # who must call 999 needs every word to be about that
    return compose(text, parts, buttons(written.next, content.labels), show_source=intent != EMERGENCY)


def _need(intent: str, content: Content, parsed: dict[str, Any]) -> str | None:
    """What help is for; None when 999 is the only answer."""
    if intent != DISCLOSE_HARM:
        return NEED.get(intent)
    crimes = [content.help.crimes.get(crime) for crime in _values(parsed, "crime_type")]
    named = {*_values(parsed, "support_need"), *crimes}
    return next((need for need in PARTICULAR if need in named), NEED[DISCLOSE_HARM])


def _values(parsed: dict[str, Any], entity: str) -> list[str]:
    return [str(e["value"]) for e in parsed.get("entities") or [] if e.get("entity") == entity]


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
