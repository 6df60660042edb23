"""action_show_support: who can help, how to report, where to complain: the first services for what was asked."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions import turn
from actions.base import SafeAction
from bot import clock
from bot.content.services import DEFAULT
from bot.content.store import Content
from bot.dialogue.message import Parts, buttons, compose, sources
from bot.dialogue.services import cards, list_services

NEED_OF_INTENT = {
    "report_anonymously": "report-anonymously",
    "report_terrorism_concern": "terrorism",
    "ask_local_police": "local-police",
    "complain_about_police": "police-complaint",
    "ask_victim_rights": "victim-support",
    "ask_compensation": "compensation",
}
LAST_RESORT = "If you are in danger, call 999. For the police when it is not an emergency, call 101."


class ShowSupport(SafeAction):
    """Answers the intents of support and reporting with at most three services."""

    action_name = "action_show_support"

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        intent = turn.intent(tracker)
        needs, crimes = turn.entities(tracker, "support_need"), turn.entities(tracker, "crime_type")
        if intent == "find_support" and not needs and not crimes:
            # "who can help me?" after a disclosure: nobody should have to tell it twice
            needs = tuple((turn.last_asked(tracker, about_people=True) or {}).get("needs", ()))
        return self.message(intent, needs, crimes, turn.entities(tracker, "audience"))

    def message(
        self, intent: str, needs: tuple[str, ...], crimes: tuple[str, ...], audiences: tuple[str, ...]
    ) -> dict[str, Any]:
        """The message for an intent, the needs, crimes and audiences named."""
        content = self.store.current()
        chosen, need = self._choose(intent, needs, crimes, audiences, content)
        today = clock.today()
        written = content.answer(intent, today)
        pieces = [written.text, list_services(chosen, content)]
        if content.help.needs_safe_device(need):
            pieces.append(content.answer("safe_device", today).text)
        if "migrants" in audiences:
            pieces.append(content.answer("immigration_note", today).text)
        listed = sources(written.sources)
        listed += [s for i in chosen for s in sources(content.services[i].sources[:1]) if s not in listed]
        parts: Parts = {
            "name": intent,
            "more": written.more,
            "simple": written.simple,
            "sources": listed,
            "services": cards(chosen, content),
        }
        message = compose("\n\n".join(pieces), parts, buttons(written.next, content.labels))
        message["answer"]["question_asked"] = {
            "intent": intent, "needs": list(needs), "crimes": list(crimes), "audiences": list(audiences)
        }  # fmt: skip
        return message

    @staticmethod
    def _choose(
        intent: str, needs: tuple[str, ...], crimes: tuple[str, ...], audiences: tuple[str, ...], content: Content
    ) -> tuple[list[str], str | None]:
        """The services to show, and the need they answer."""
        if intent == "report_crime":
            crime = next((c for c in crimes if c in content.help.reporting), DEFAULT)
            return content.help.reporting[crime], content.help.need_of([], list(crimes))
        need = NEED_OF_INTENT.get(intent) or content.help.need_of(list(needs), list(crimes))
        return content.help.services_for(need, audiences), need

    def last_good(self, tracker: Tracker) -> str | None:
        return LAST_RESORT
