"""action_tell_service_detail: "is it free", "are they open on Sunday", "can I text", "another one" about what was just shown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker

from actions import turn
from actions.base import SafeAction
from actions.show_support import LAST_RESORT, ShowSupport, known_services
from bot import clock
from bot.dialogue import safety
from bot.dialogue.followups import tell_more
from bot.support import details
from bot.support.last_shown import tell
from bot.support.request import FIND, Request, gone_on
from bot.support.selection import can_be_reached, choose


class TellServiceDetail(SafeAction):
    """Answers on the services shown last; without any, asks what help is for."""

    action_name = "action_tell_service_detail"

    def __init__(self) -> None:
        self._support = ShowSupport()

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        content = self.store.current()
        asked = turn.request(tracker, content)
        detail = details.read(turn.text(tracker), clock.today())
        before = turn.last_request(tracker)
        # a service named in the question itself ("is childline free") is what it is about
        ids = [i for i in asked.named if i in content.services] or known_services(content, turn.last_services(tracker))
        if not ids:
            if detail.kind == details.ANOTHER and turn.last_answer(tracker):
                return tell_more(turn.last_answer(tracker), content)
            return self._support.ask_or_show(replace(asked, intent=FIND), tracker)
        told = safety.still_here(turn.last_answer(tracker), content)
        if told and details.tells_on(detail, turn.text(tracker)):
            return told
        before = before or Request(intent=FIND)
        if detail.kind == details.ANOTHER:
            further = before.narrowed(audiences=asked.audiences, boroughs=asked.boroughs)
            return self._support.message(replace(gone_on(further), named=()))
        return self._tell(detail, ids, before)

    def _tell(self, detail: details.Detail, ids: list[str], before: Request) -> dict[str, Any]:
        content, now = self.store.current(), clock.now()
        more, shown = "", list(ids)
        if detail.way and details.lead(detail, ids, content):
            wish = replace(before, intent=FIND, ways=(detail.way,), named=(), doors=(), shown=())
            others = [i for i in choose(wish, content, now).services if i not in ids]
            others = [i for i in others if can_be_reached(content.services[i], detail.way)][:2]
            more = f"These you can reach so:\n{details.say(detail, others, content, now)}" if others else ""
            shown += others
        asked = replace(before, shown=tuple(dict.fromkeys([*before.shown, *shown])))
        return tell(detail, ids, content, asked.as_dict(), more)

    def last_good(self, tracker: Tracker) -> str | None:
        return LAST_RESORT
