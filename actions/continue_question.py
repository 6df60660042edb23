"""action_continue_question: a bare detail ("in Camden", "what about 2023") carries the last question on."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from rasa_sdk import Tracker

from actions import turn
from actions.answer_statistics import AnswerStatistics, is_question
from actions.base import SafeAction
from actions.find_local_police import FindLocalPolice
from actions.show_support import ShowSupport
from actions.statistics import asking
from actions.statistics.question import Question
from bot.dialogue.message import Parts, buttons, compose
from bot.places import boroughs_named
from bot.support.request import Request, gone_on


class ContinueQuestion(SafeAction):
    """Adds the detail to the last question about figures or support; otherwise asks what is wanted."""

    action_name = "action_continue_question"

    def __init__(self) -> None:
        self._statistics, self._support = AnswerStatistics(), ShowSupport()
        self._local_police = FindLocalPolice()

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        crimes, areas = turn.entities(tracker, "crime_type"), turn.entities(tracker, "area")
        periods, needs = turn.entities(tracker, "period"), turn.entities(tracker, "support_need")
        audiences = turn.entities(tracker, "audience")
        help_asked = turn.last_request(tracker)
        if (tracker.latest_message.get("metadata") or {}).get("place") and not (
            help_asked or turn.last_asked(tracker, about_people=False)
        ):
            return await self._local_police.answer(tracker)
        about_people = bool(needs or audiences or (areas and help_asked)) and not periods
        asked = turn.last_asked(tracker, about_people=about_people)
        if is_question(asked):
            question = self._figures_asked(tracker, asked)
            return await self._statistics.near_or_figures(tracker, question, turn.text(tracker), asked)
        if not help_asked and crimes and periods:
            # "Merton theft, July 2022": who names a time asks for figures
            return await self._statistics.answer(tracker)
        if help_asked and help_asked.intent == "ask_local_police" and not (needs or audiences):
            return await self._local_police.answer(tracker)
        if help_asked and not periods:
            return self._narrow(help_asked, turn.request(tracker, self.store.current()))
        return self._ask_what(crimes, areas, periods)

    def last_good(self, tracker: Tracker) -> str | None:
        """The figure that the detail asks for, from those that come with the project."""
        asked = turn.last_asked(tracker, about_people=False)
        return self._statistics.own_answer(self._figures_asked(tracker, asked)) if is_question(asked) else None

    def _figures_asked(self, tracker: Tracker, asked: dict[str, Any] | None) -> Question:
        """The last question about figures with the detail put in."""
        typed = turn.text(tracker)
        boroughs = turn.entities(tracker, "area") or boroughs_named(tracker.latest_message)
        crimes, periods = turn.entities(tracker, "crime_type"), turn.entities(tracker, "period")
        now = asking.question_of(typed, turn.intent(tracker), crimes, boroughs, periods)
        return self._statistics.going_on(asked, now, typed)

    def _narrow(self, before: Request, now: Request) -> dict[str, Any]:
        """The services again for who, where or what was just said; what they are for stays unless something else is named."""
        ways = ("deaf",) if "deaf" in now.audiences else before.ways
        asked = before.narrowed(
            needs=now.needs, crimes=now.crimes, audiences=now.audiences, boroughs=now.boroughs, doors=now.doors
        )
        return self._support.message(replace(gone_on(asked), ways=ways, named=now.named, shown=()))

    def _ask_what(self, crimes: tuple[str, ...], areas: tuple[str, ...], periods: tuple[str, ...]) -> dict[str, Any]:
        content = self.store.current()
        named = areas[0] if areas else (crimes[0].replace("_", " ") if crimes else "that")
        text = (
            f"What would you like to know about {named}? "
            "I can give crime figures, say who can help, or say what the Plan says."
        )
        parts: Parts = {"name": "which_question", "question": True}
        parts["details"] = {"crimes": list(crimes), "areas": list(areas), "periods": list(periods)}
        return compose(text, parts, buttons(["ask_statistics", "find_support", "ask_plan_overview"], content.labels))
