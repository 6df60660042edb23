"""action_answer_statistics: a figure with its period, area, source and date."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions import turn
from actions.base import SafeAction
from actions.statistics import elsewhere
from actions.statistics.answers import Question, reply
from actions.statistics.store import Figures
from bot import clock
from bot.dialogue.message import Parts, buttons, compose
from bot.errors import PlanError
from bot.places import boroughs_named

TOPIC = "statistics"
NO_RANKING = "I cannot rank the boroughs. Name one or two, and I will give their figures. "
CONFIDENCE_WORDS = ("confidence", "good job", "trust", "think the")
OFFICER_WORDS = ("officer", "officers", "how many police", "pcso", "number of police")


class AnswerStatistics(SafeAction):
    """Answers ask_statistics, ask_statistics_compare and ask_officer_numbers from the stored figures."""

    action_name = "action_answer_statistics"

    def __init__(self) -> None:
        self._figures: Figures | None = None

    @property
    def figures(self) -> Figures:
        self._figures = self._figures or Figures.read()
        return self._figures

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        question = self.question(tracker)
        place = elsewhere.named(str(tracker.latest_message.get("text") or "").lower())
        if place and not question.areas:
            return self._only_london(place)
        ranked = turn.intent(tracker) == "ask_statistics_compare" and len(question.areas) + len(question.crimes) < 2
        return self.message(question, NO_RANKING if ranked else "")

    def _only_london(self, place: str) -> dict[str, Any]:
        content = self.store.current()
        text = (
            f"I only have figures for London, so I cannot say how it is in {place}. The police there publish their own."
        )
        parts: Parts = {"name": "only_london", "question": True}
        return compose(text, parts, buttons(["ask_statistics", "ask_statistics_source"], content.labels))

    def question(self, tracker: Tracker) -> Question:
        """What the latest message asks."""
        typed = str(tracker.latest_message.get("text") or "").lower()
        crimes = turn.entities(tracker, "crime_type")
        if typed.startswith("/") and (details := turn.offered_details(tracker)):
            return Question(tuple(details["crimes"]), tuple(details["areas"]), tuple(details["periods"]))
        about = "crime"
        if turn.intent(tracker) == "ask_officer_numbers":
            about = "officers"
        elif not crimes and any(word in typed for word in CONFIDENCE_WORDS):
            about = "confidence"
        elif not crimes and any(word in typed for word in OFFICER_WORDS):
            about = "officers"
        areas = turn.entities(tracker, "area") or boroughs_named(tracker.latest_message)
        return Question(crimes, areas, turn.entities(tracker, "period"), about)

    def message(self, question: Question, first: str = "") -> dict[str, Any]:
        """The message that answers the question, after the words of `first`. Raises FactsMissingError."""
        content = self.store.current()
        found = reply(question, self.figures, clock.today())
        parts: Parts = {"name": TOPIC, "more": found.more, "simple": None, "sources": found.sources}
        offered = (["tell_me_more"] if found.more else []) + ["ask_statistics_source"]
        message = compose(first + found.text, parts, buttons(offered, content.labels))
        message["answer"]["question_asked"] = {
            "crimes": list(question.crimes),
            "areas": list(question.areas),
            "periods": list(question.periods),
            "about": question.about,
        }
        return message

    def last_good(self, tracker: Tracker) -> str | None:
        try:
            found = reply(Question(), self.figures, clock.today())
        except PlanError:
            return None
        return (
            f"{found.text} Source: {found.sources[0]['title']}, {found.sources[0]['as_at']}. {found.sources[0]['url']}"
        )
