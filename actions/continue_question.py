"""action_continue_question: a bare detail ("in Camden", "what about 2023") carries the last question on."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions import turn
from actions.answer_statistics import AnswerStatistics
from actions.base import SafeAction
from actions.show_support import ShowSupport
from actions.statistics.answers import Question
from bot.dialogue.message import Parts, buttons, compose


class ContinueQuestion(SafeAction):
    """Adds the detail to the last question about figures or support; otherwise asks what is wanted."""

    action_name = "action_continue_question"

    def __init__(self) -> None:
        self._statistics, self._support = AnswerStatistics(), ShowSupport()

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        crimes, areas = turn.entities(tracker, "crime_type"), turn.entities(tracker, "area")
        periods, needs = turn.entities(tracker, "period"), turn.entities(tracker, "support_need")
        audiences = turn.entities(tracker, "audience")
        about_people = bool((needs or audiences) and not (areas or periods))
        asked = turn.last_asked(tracker, about_people=about_people) or {}
        if "periods" in asked:
            return self._statistics.message(
                Question(
                    crimes or tuple(asked.get("crimes", ())),
                    areas or tuple(asked.get("areas", ())),
                    periods or tuple(asked.get("periods", ())),
                    "crime" if crimes else asked.get("about", "crime"),
                )
            )
        if "intent" in asked:
            return self._support.message(
                asked["intent"],
                needs or tuple(asked["needs"]),
                crimes or tuple(asked["crimes"]),
                audiences or tuple(asked["audiences"]),
            )
        return self._ask_what(crimes, areas, periods)

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
