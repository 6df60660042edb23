"""The answers that come first: danger now, harm, a child at risk, despair. Made in the Rasa server, from content/ alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot import clock
from bot.content.services import Audience, Need
from bot.content.store import Content
from bot.dialogue import still_in_danger
from bot.dialogue.message import ANSWER, Parts, buttons, compose, sources
from bot.nlu import safety_patterns
from bot.nlu.about_labels import ABOUT
from bot.nlu.safety_intents import (
    CHILD_AT_RISK,
    DISCLOSE_HARM,
    DOUBT,
    EMERGENCY,
    SAFETY,
    SAFETY_INTENTS,
    WELLBEING_CRISIS,
)
from bot.support.message import show, show_again, show_named
from bot.support.request import FIND, Request
from bot.support.selection import MOST_SHOWN, choose
from bot.support.understood import is_told_by_the_child, request_of
from bot.support.wording import cards

NEED = {CHILD_AT_RISK: Need.CHILD_SAFETY, WELLBEING_CRISIS: Need.WELLBEING_CRISIS}
# what a disclosure may be about; a need outside these never decides
PARTICULAR = frozenset(
    {
        Need.SEXUAL_VIOLENCE, Need.FORCED_MARRIAGE, Need.HONOUR_BASED_ABUSE, Need.DOMESTIC_ABUSE, Need.STALKING,
        Need.EXPLOITATION, Need.GANGS_COUNTY_LINES, Need.HATE_CRIME, Need.ONLINE_HARM, Need.FRAUD, Need.BEREAVED,
    }
)  # fmt: skip
ASKS_FOR_HELP = SAFETY_INTENTS | {"find_support", "report_crime", "report_anonymously"}
CHILD_AT_RISK_NEED = (Need.CHILD_SAFETY.value,)
SHORT = 3
HEARD = 0.15
"""Confidence below which a message may be mere noise."""
OLDER, FAMILIES = Audience.OLDER_PEOPLE.value, Audience.FAMILIES.value
IN_DANGER = ("emergency-999", "silent-999-55", "bsl-999")


def answer(
    intent: str, content: Content, parsed: dict[str, Any], last: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """The message for a safety intent; what the person named in `parsed` chooses the services.

    `last`: the parts of the answer before it. Who a child was when it told of one thing is a child when it tells of the next.
    """
    if (
        intent == CHILD_AT_RISK
        and OLDER in (older := request_of(parsed, intent, content).audiences)
        and FAMILIES not in older
    ):
        # somebody old who is hurt by others is not to be told of children's services
        intent = DISCLOSE_HARM
    # who waits must hear that nobody comes from here
    again = intent == EMERGENCY and still_in_danger.is_again(parsed)
    written = content.answer(still_in_danger.AGAIN if again else intent, clock.today())
    before = _told_before(last)
    if intent == EMERGENCY:
        # who must call 999 needs every word to be about that
        parts: Parts = {
            "name": intent,
            "more": written.more,
            "simple": written.simple,
            "sources": sources(written.sources),
            "safety": True,
            "services": cards(list(IN_DANGER), content, clock.now()),
        }
        if before:
            # for "who can help me?" afterwards
            parts["question_asked"] = before.as_dict()
        return compose(written.text, parts, buttons(written.next, content.labels), show_source=False)
    request = _request(intent, content, parsed, before)
    choice = choose(request, content, clock.now())
    told = _told_harm(before, parsed, content)
    if intent == WELLBEING_CRISIS and (harm := told or _harm_behind(parsed, content)):
        # despair because of what somebody does: who helps with that, and who listens
        behind = choose(replace(request, needs=(harm.value,)), content, clock.now())
        if told:
            # what comes next goes on with it
            request = replace(request, needs=(told.value,))
        both = dict.fromkeys([*behind.services[:2], *choice.services[1:]])
        choice = replace(behind, services=list(both)[:MOST_SHOWN])
    return show(request, choice, written, content, clock.now(), name=intent, safety=True)


def _harm_behind(parsed: dict[str, Any], content: Content) -> Need | None:
    """The harm that a message of despair tells of, where the classifier sees it and no pattern of despair was found."""
    if _is_by_pattern(parsed) or not (parsed.get(ABOUT) or {}).get("level"):
        return None
    said = request_of(parsed, WELLBEING_CRISIS, content)
    urgent = (n for n in content.help.needs_of(said.needs, ()) if n in PARTICULAR and content.help.needs[n].urgent)
    return next(urgent, None)


def _is_by_pattern(parsed: Mapping[str, Any]) -> bool:
    return (parsed.get(SAFETY) or {}).get("by") == "pattern"


def _told_harm(before: Request | None, parsed: dict[str, Any], content: Content) -> Need | None:
    """The urgent harm that was told before, for who falters ("i dont want to talk about it"), not for words of suicide."""
    told = None if _is_by_pattern(parsed) else _particular(before)
    return told if told and content.help.needs[told].urgent else None


def _particular(before: Request | None) -> Need | None:
    """What the harm was that was told before, where it has services of its own."""
    return next((need for need in PARTICULAR if before and before.needs[:1] == (need.value,)), None)


def _told_before(last: Mapping[str, Any] | None, *, as_harm: bool = False) -> Request | None:
    """What help was shown for just before; with `as_harm` only when that was answered as harm."""
    said = last or {}
    asked = said.get("question_asked")
    counts = said.get("safety") or (said.get("name") == FIND and not as_harm)
    return Request.from_dict(asked) if asked and counts else None


def _request(intent: str, content: Content, parsed: dict[str, Any], before: Request | None) -> Request:
    """What help is for, as far as it was said; nothing is asked."""
    said = request_of(parsed, intent, content)
    if before and not said.audiences:
        said = replace(said, audiences=before.audiences)
    if intent == CHILD_AT_RISK and not said.audiences and is_told_by_the_child(str(parsed.get("text") or "")):
        said = replace(said, audiences=(Audience.CHILDREN.value, Audience.YOUNG_PEOPLE.value))
    usual = NEED.get(intent)
    if intent == CHILD_AT_RISK and safety_patterns.find(str(parsed.get("text") or "")) == WELLBEING_CRISIS:
        # a child that speaks of harming itself: who listens comes before who looks into it
        usual, said = Need.WELLBEING_CRISIS, replace(said, doors=())
    particular = [n for n in content.help.needs_of(said.needs, said.crimes) if n in PARTICULAR]
    at_risk = before is not None and before.needs[:1] == CHILD_AT_RISK_NEED
    known = _particular(before) or (Need.CHILD_SAFETY if at_risk else Need.VICTIM_SUPPORT)
    need = usual or next(iter(particular), known)
    # "childline number" asks for it by name, whatever else it may be
    by_name = said.named if len(str(parsed.get("text") or "").split()) <= SHORT else ()
    return replace(said, needs=(need.value,), named=tuple(i for i in by_name if i in content.services))


def likely_help(
    parsed: dict[str, Any], content: Content, last: Mapping[str, Any] | None = None
) -> dict[str, Any] | None:
    """Services for a message whose intent is not clear, when what it is about is, and it may well ask for help.

    None otherwise, and when it says no more than what was told just before (`last`: the parts of the bot's last
    message). Somebody who tells a story of harm should not be asked which of two topics they mean.
    """
    about = parsed.get(ABOUT) or {}
    if any(sign in str(parsed.get("text") or "") for sign in "{}<>"):
        return None  # a program's message, not a person's
    likeliest = [r["name"] for r in (parsed.get("intent_ranking") or [])[:2]]
    request = request_of(parsed, FIND, content)
    by_door = any(content.help.doors[name].for_help for name in request.doors)
    sure_enough = any(r["confidence"] >= HEARD for r in (parsed.get("intent_ranking") or [])[:1])
    by_story = bool(about.get("level")) and sure_enough and any(name in ASKS_FOR_HELP for name in likeliest)
    if request.named:
        return show_named(request, content.answer(FIND, clock.today()), content, clock.now())
    if not (by_door or by_story):
        return None
    if (
        _told_before(last, as_harm=True)
        and not by_door
        and not PARTICULAR & {*content.help.needs_of(request.needs, request.crimes)}
    ):
        return None
    choice = choose(request, content, clock.now())
    if request.says_nothing or (choice.need is None and not by_door):
        return None
    written = content.answer("perhaps_help", clock.today())
    return show(request, choice, written, content, clock.now(), name=FIND)


def still_here(last: Mapping[str, Any] | None, content: Content) -> dict[str, Any] | None:
    """Help again, for what is not understood right after somebody told of harm ("will i get in trouble", "idk"); else None.

    It looks like what came before, so it goes on for as long as they do.
    """
    before = _told_before(last, as_harm=True)
    if before is None:
        return None
    message = show_again(before, content, clock.now())
    return {**message, ANSWER: {**message[ANSWER], "safety": True}}


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
