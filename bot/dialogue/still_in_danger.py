"""After the answer for danger: whoever writes on ("hurry", "are u coming", "12 high street") is taken to be in danger still.

Read alone, such a message is like anything: small talk, a goodbye, a detail, the years of a plan. Read after "call 999", it
is somebody who believes that help is on its way.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.content.services import Need
from bot.nlu.safety_intents import DOUBT, EMERGENCY, SAFETY, SAFETY_INTENTS, SURE, WELLBEING_CRISIS

AGAIN = "emergency_again"
"""The name of the answer in content/: that nobody is sent from here."""
HISTORY = "history"
"""What a signal of this module says it was found by."""

LEAVES = frozenset({"delete_my_data", "stop"})
"""Somebody who must hide the chat at once is not kept from it."""
HELPS = frozenset(
    {
        "find_support", "report_crime", "report_anonymously", "report_terrorism_concern", "ask_local_police",
        "complain_about_police", "ask_victim_rights", "ask_compensation", "thank_you", "tell_me_more", "repeat", "ask_source",
    }
)  # fmt: skip
"""Intents that go on from the answer itself, or lead to people."""
HANGS_ON = frozenset(
    {
        "greet", "goodbye", "affirm", "deny", "inform", "ask_service_detail", "ask_human", "ask_if_bot", "ask_capabilities",
        "chitchat", "insult", "feedback_positive", "feedback_negative", "start_over", "ask_language", "ask_privacy",
        "out_of_scope",
    }
)  # fmt: skip
"""Intents that ask about nothing in particular."""
SUBJECT = re.compile(
    r"\b(?:plans?|mayors?|mopac|consultations?|surveys?|figures?|statistics|stats|numbers|crimes?|london|the met|met police|"
    r"police officers|council tax|budgets?|boroughs?)\b",
    re.IGNORECASE,
)
"""Words without which a question about the Plan or its figures would not be asked here."""
PLACE = "/ask_local_police"
"""What a place that somebody shares comes as: the answer for danger has no such button, so here it means "come to me"."""

GOES_ON = re.compile(r"^\W*(?:and|what about|how about|same for)\b", re.IGNORECASE)
"""What goes on with figures that were asked for before: "and in Brent"."""
SURE_QUESTION = 0.7
"""Confidence from which a question without such a word is believed: "am I too late to have my say"."""
DONE = re.compile(
    r"\b(?:i|ive|i've|i have|just|already)\b.{0,20}\b(?:took|taken|swallowed|drank|done it|did it)\b|"
    r"\bcut (?:too deep|my wrists?|myself)\b|"
    r"\b(?:its|it's|it is) too late\b|\bbleeding\b|\boverdos\w+|"
    r"\b(?:got|have|holding|with) (?:\w+ ){0,3}(?:pills|tablets|meds|knife|rope|blade|razor|noose)\b|"
    r"\b(?:on|at) (?:the|a) (?:\w+ )?(?:bridge|roof|ledge|platform|tracks)\b",
    re.IGNORECASE,
)
"""Said after words of despair, it says that the life is in danger now."""


def read_on(parsed: dict[str, Any], last: Mapping[str, Any] | None) -> dict[str, Any]:
    """The parse data of a message, as it is to be read after the bot's last one (its parts, see bot/dialogue/message.py).

    What was told in despair is read on too, as far as it says that it is being done.
    """
    text = str(parsed.get("text") or "")
    if _was_despair(last) and DONE.search(text):
        return _as_emergency(parsed)
    if (last or {}).get("name") != EMERGENCY:
        return parsed
    if text.startswith("/"):
        return _as_emergency(parsed) if text == PLACE else parsed
    intent = str((parsed.get("intent") or {}).get("name") or "")
    found = parsed.get(SAFETY) or {}
    if intent in LEAVES:
        return parsed
    if intent in SAFETY_INTENTS:
        # "i cant call" is like despair; words that only despair has are believed
        is_despair = intent != EMERGENCY and (found.get("by") == "pattern" or intent != WELLBEING_CRISIS)
        return parsed if is_despair else _as_emergency(parsed)
    goes_on = intent == "inform" and bool(parsed.get("entities")) and GOES_ON.search(text)
    if goes_on or intent in HELPS or (intent not in HANGS_ON and _asks(parsed, text)):
        return parsed if found else {**parsed, SAFETY: {"intent": EMERGENCY, "level": DOUBT, "by": HISTORY}}
    return _as_emergency(parsed)


def _was_despair(last: Mapping[str, Any] | None) -> bool:
    said = last or {}
    needs = (said.get("question_asked") or {}).get("needs") or ()
    return bool(said.get("safety")) and (said.get("name") == WELLBEING_CRISIS or Need.WELLBEING_CRISIS.value in needs)


def is_again(parsed: Mapping[str, Any]) -> bool:
    """Whether danger was answered just before this message."""
    return bool((parsed.get(SAFETY) or {}).get("again"))


def _asks(parsed: Mapping[str, Any], text: str) -> bool:
    """Whether it is a question about the Plan or its figures, and surely so."""
    if (parsed.get("understanding") or {}).get("status") != "clear":
        return False
    names_crime = any(entity.get("entity") == "crime_type" for entity in parsed.get("entities") or [])
    sure = float((parsed.get("intent") or {}).get("confidence") or 0.0) >= SURE_QUESTION
    return names_crime or sure or bool(SUBJECT.search(text))


def _as_emergency(parsed: dict[str, Any]) -> dict[str, Any]:
    found = parsed.get(SAFETY) or {}
    by = found.get("by") if found.get("intent") == EMERGENCY and found.get("level") == SURE else HISTORY
    confidence = float((parsed.get("intent") or {}).get("confidence") or 0.0) if by != HISTORY else 1.0
    return {
        **parsed,
        "intent": {"name": EMERGENCY, "confidence": confidence},
        SAFETY: {"intent": EMERGENCY, "level": SURE, "by": by, "again": True},
    }
