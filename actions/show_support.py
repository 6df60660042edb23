"""action_show_support: who can help, how to report, where to complain: the right services for what was asked, at this hour."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker

from actions import turn
from actions.base import SafeAction
from bot import clock
from bot.content.services import Need
from bot.content.store import Content
from bot.support import details
from bot.support.last_shown import ASKS, tell
from bot.support.meant import meant
from bot.support.message import ask_what_helps, show, show_named
from bot.support.request import FIND, REPORT, Request
from bot.support.selection import CHILDREN, EMERGENCY, choose

NEED_OF_INTENT = {
    "report_anonymously": Need.REPORT_ANONYMOUSLY,
    "report_terrorism_concern": Need.TERRORISM,
    "ask_local_police": Need.LOCAL_POLICE,
    "complain_about_police": Need.POLICE_COMPLAINT,
    "ask_victim_rights": Need.VICTIM_SUPPORT,
    "ask_compensation": Need.COMPENSATION,
}
# a need that, when named, says more than the intent
SAYS_MORE = {
    "report_anonymously": {Need.TERRORISM},
    "complain_about_police": {Need.STOP_AND_SEARCH},
    "ask_compensation": {Need.RESTORATIVE_JUSTICE},
    "ask_victim_rights": {Need.BEREAVED, Need.WITNESS},
}
LAST_RESORT = "If you are in danger, call 999. For the police when it is not an emergency, call 101."


class ShowSupport(SafeAction):
    """Answers the intents of support and reporting with at most three services."""

    action_name = "action_show_support"

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        return self.ask_or_show(turn.request(tracker, self.store.current()), tracker)

    def ask_or_show(self, asked: Request, tracker: Tracker) -> dict[str, Any]:
        """The services for a request and what was said before it; one question when it says nothing, never two in a row."""
        content = self.store.current()
        asked = replace(asked, intent=meant(asked, turn.text(tracker), turn.about(tracker)))
        before = turn.last_request(tracker)
        detail = details.read(turn.text(tracker), clock.today())
        known = [i for i in asked.named if i in content.services]
        if known and detail.kind in ASKS and detail.way != "phone":
            # "is childline free" asks one thing about it
            return tell(detail, known, content, asked.as_dict())
        if asked.says_nothing and CHILDREN in asked.audiences:
            asked = replace(asked, needs=(Need.CHILD_SAFETY.value,))
        if asked.intent in (FIND, REPORT) and asked.says_nothing and before and not before.says_nothing:
            # "who can help me?" after a disclosure: nobody should have to tell it twice
            again = replace(before, intent=asked.intent, named=(), shown=tuple({EMERGENCY} & {*before.shown}))
            return self.message(again.narrowed(audiences=asked.audiences, boroughs=asked.boroughs))
        if asked.intent == FIND and before and turn.was_asked_what_helps(tracker):
            return self.message(
                before.narrowed(
                    **{n: getattr(asked, n) for n in ("needs", "crimes", "audiences", "boroughs", "doors", "named")}
                )
            )
        if asked.intent == FIND and asked.says_nothing and not asked.ways:
            return ask_what_helps(content.answer("ask_need", clock.today()), content, clock.now(), asked)
        return self.message(asked)

    def message(self, asked: Request) -> dict[str, Any]:
        """The message for a request."""
        content = self.store.current()
        now = clock.now()
        written = content.answer(asked.intent, now.date())
        if asked.named:
            return show_named(asked, written, content, now)
        choice = choose(asked, content, now, need=_need(asked))
        return show(asked, choice, written, content, now, name=asked.intent)

    def last_good(self, tracker: Tracker) -> str | None:
        return LAST_RESORT


def _need(asked: Request) -> str | None:
    """The need that the intent decides, unless a more particular one was named."""
    usual = NEED_OF_INTENT.get(asked.intent)
    named = next((n for n in SAYS_MORE.get(asked.intent, ()) if n.value in asked.needs), None)
    found = named or usual
    return found.value if found else None


def known_services(content: Content, ids: list[str]) -> list[str]:
    """The ids that the directory still has: a conversation may be older than an edit."""
    return [i for i in ids if i in content.services]
