"""After the answer for danger: whoever writes on ("hurry", "are u coming", "12 high street") is taken to be in danger still.

Read alone, such a message is like anything: small talk, a goodbye, a detail, the years of a plan. Read after "call 999", it
is somebody who believes that help is on its way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

from bot.dialogue import history
from bot.nlu.safety_intents import DOUBT, EMERGENCY, SAFETY, SAFETY_INTENTS, SURE, WELLBEING_CRISIS

AGAIN = "emergency_again"
"""The name of the answer in content/: that nobody is sent from here."""
HISTORY = "history"
"""What a signal of this module says it was found by."""

LEAVES = frozenset({"delete_my_data", "stop"})
"""Somebody who must hide the chat at once is not kept from it."""
ON_THE_ANSWER = frozenset({"thank_you", "tell_me_more", "repeat", "ask_source", "ask_privacy"})
"""Intents that go on from the answer itself; that on privacy says that nobody is told."""
HANGS_ON = frozenset(
    {
        "greet", "goodbye", "affirm", "deny", "inform", "ask_service_detail", "ask_human", "ask_if_bot", "ask_capabilities",
        "chitchat", "insult", "feedback_positive", "feedback_negative", "start_over", "ask_language", "out_of_scope",
    }
)  # fmt: skip
"""Intents that ask about nothing in particular."""
PLAN = re.compile(
    r"\b(?:plans?|mayors?|mopac|consultations?|surveys?|(?:my|our|a) say|respond|figures?|statistics|stats|council tax|"
    r"budgets?|easy read|"
    r"how many officers (?:are there|do|does|has|have))\b",
    re.IGNORECASE,
)
HELP = re.compile(
    r"\b(?:crimes?|report\w*|complain\w*|who can|helplines?|charit\w+|support|talk to|refuges?|compensation|victims?)\b",
    re.IGNORECASE,
)
"""Words without one of which, here or above, nothing that leads away from danger would be asked."""
RESCUE = re.compile(
    r"\b(?:coming|come|(?:on|in) (?:the|their|there|ur|your|its) way|get here|arriv\w+|"
    r"how long|send|sent|sending|hurry|quick\w*|asap)\b",
    re.IGNORECASE,
)
"""Words of somebody who waits."""
PLACE = "/ask_local_police"
"""What a place that somebody shares comes as: the answer for danger has no such button, so here it means "come to me"."""
GOES_ON = re.compile(r"^\W*(?:and|what about|how about|same for)\b", re.IGNORECASE)
"""What goes on with figures that were asked for before: "and in Brent"."""
SURE_HARM = 0.8
"""Confidence from which other words of harm are believed to be no part of the danger."""

DESPAIR_HOLDS = 4
"""Answers for which words of despair are remembered."""
DONE = re.compile(
    r"\b(?:took|taken|swallowed|drank)\b.{0,20}\b(?:them|it|all|pills?|tablets?|meds|bleach|everything|lots|too many)\b|"
    r"\b(?:done|did) it\b|"
    r"\bcut (?:too deep|my wrists?)\b|\bbleeding\b|\boverdos\w+|\bod'?e?d\b|\b(?:its|it's|it is) too late\b(?! (?:to|for|at)\b)|"
    r"\b(?:got|have|holding|with) (?:the |my |a |some |loads of )?(?:pills|tablets|knife|rope|blade|razor|noose)\b|"
    r"\b(?:im|i'm|i am|standing|sitting) (?:\w+ )?(?:on|at) (?:the|a) (?:\w+ )?(?:bridge|roof|ledge|platform|tracks)\b",
    re.IGNORECASE,
)
"""Said after words of despair, it says that the life is in danger now."""
NOT_DONE = re.compile(
    r"\b(?:not|never|no|havent|haven't|didnt|didn't|dont|don't|wont|won't|without|run out|"
    r"used to|sometimes|last (?:night|week|year)|years ago|"
    r"advice)\b",
    re.IGNORECASE,
)


def read_on(parsed: dict[str, Any], newest_first: Iterable[history.Event]) -> dict[str, Any]:
    """The parse data of a message, as it is to be read after what was answered before it.

    `newest_first`: the events before the message, in their `as_dict` form. What follows words of despair is read on too, as far
    as it says that it is being done.
    """
    text = str(parsed.get("text") or "")
    said = list(islice(history.answers(newest_first), DESPAIR_HOLDS + 1))
    was_despair = any(parts.get("name") == WELLBEING_CRISIS for parts in said[:DESPAIR_HOLDS])
    if was_despair and DONE.search(text) and not NOT_DONE.search(text):
        return _as_emergency(parsed)
    if (history.last_that_counts(said) or {}).get("name") != EMERGENCY:
        return parsed
    if text.startswith("/"):
        return _as_emergency(parsed) if text == PLACE else parsed
    intent = str((parsed.get("intent") or {}).get("name") or "")
    if intent in LEAVES:
        return parsed
    if intent in SAFETY_INTENTS:
        return parsed if intent != EMERGENCY and _is_other_harm(parsed) else _as_emergency(parsed)
    goes_on = intent == "inform" and parsed.get("entities") and GOES_ON.search(text)
    if goes_on or intent in ON_THE_ANSWER or (intent not in HANGS_ON and _asks(parsed, text)):
        return (
            parsed if parsed.get(SAFETY) else {**parsed, SAFETY: {"intent": EMERGENCY, "level": DOUBT, "by": HISTORY}}
        )
    return _as_emergency(parsed)


def is_again(parsed: Mapping[str, Any]) -> bool:
    """Whether danger was answered just before this message."""
    return bool((parsed.get(SAFETY) or {}).get("again"))


def names_subject(parsed: Mapping[str, Any]) -> bool:
    """Whether a message names a crime, or has a word of the Plan, its figures, or of help."""
    names_crime = any(entity.get("entity") == "crime_type" for entity in parsed.get("entities") or [])
    return names_crime or names_plan(parsed) or bool(HELP.search(str(parsed.get("text") or "")))


def names_plan(parsed: Mapping[str, Any]) -> bool:
    """Whether a message has a word of the Plan, its consultation or its figures."""
    return bool(PLAN.search(str(parsed.get("text") or "")))


def _is_clear(parsed: Mapping[str, Any]) -> bool:
    return (parsed.get("understanding") or {}).get("status") == "clear"


def _is_other_harm(parsed: Mapping[str, Any]) -> bool:
    """Whether it is surely about other harm: "i cant call" is like despair, and "i dont understand" like a child's words."""
    if (parsed.get(SAFETY) or {}).get("by") == "pattern":
        return True
    sure = float((parsed.get("intent") or {}).get("confidence") or 0.0) >= SURE_HARM
    return _is_clear(parsed) and sure and (parsed.get("intent") or {}).get("name") != WELLBEING_CRISIS


def _asks(parsed: Mapping[str, Any], text: str) -> bool:
    """Whether it is a question that leads away from the danger, and surely so."""
    if not _is_clear(parsed) or RESCUE.search(text):
        return False
    return names_subject(parsed)


def _as_emergency(parsed: dict[str, Any]) -> dict[str, Any]:
    found = parsed.get(SAFETY) or {}
    by = found.get("by") if found.get("intent") == EMERGENCY and found.get("level") == SURE else HISTORY
    confidence = float((parsed.get("intent") or {}).get("confidence") or 0.0) if by != HISTORY else 1.0
    return {
        **parsed,
        "intent": {"name": EMERGENCY, "confidence": confidence},
        SAFETY: {"intent": EMERGENCY, "level": SURE, "by": by, "again": True},
    }
