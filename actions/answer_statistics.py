"""action_answer_statistics: a figure, a trend, a comparison or a ranking, with its period, area, source and date."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker

from actions import turn
from actions.base import SafeAction
from actions.statistics import asking, elsewhere, unanswerable
from actions.statistics.answers import reply
from actions.statistics.crime_near import CrimeNear
from actions.statistics.question import CRIME, Question, to_token
from actions.statistics.reply import Reply
from actions.statistics.shared import own_figures, store
from actions.statistics.store import Store
from bot import clock
from bot.dialogue.message import Parts, buttons, compose
from bot.errors import PlanError
from bot.places import OUTSIDE, boroughs_named

TOPIC = "statistics"
GOES_ON = re.compile(
    r"^\W*(?:ok |so |no )*(?:and|what about|wot about|how about|same|just|only|also|n)\b|"
    r"^\W*(?:is|was|so is) (?:it|that|this)\b"
)
MOST_IN_A_TABLE = 24


class AnswerStatistics(SafeAction):
    """Answers ask_statistics, ask_statistics_compare and ask_officer_numbers from the store of figures."""

    action_name = "action_answer_statistics"

    def __init__(self) -> None:
        self._near = CrimeNear()

    @property
    def figures(self) -> Store:
        return store()

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        question = self.question(tracker)
        typed = turn.text(tracker)
        if away := self._only_london(question, typed):
            return away
        place = (tracker.latest_message.get("metadata") or {}).get("place") or {}
        if place.get("status") == OUTSIDE:
            return self._words("only_london", elsewhere.only_london(str(place.get("district") or "that place")), None)
        if found := unanswerable.only_words(question, typed):
            return self._words(*found, question)
        before = turn.last_asked(tracker, about_people=False)
        return await self.near_or_figures(tracker, question, typed, before)

    async def near_or_figures(
        self, tracker: Tracker, question: Question, typed: str, before: dict[str, Any] | None
    ) -> dict[str, Any]:
        """Counts of the ward when a postcode was sent and no more is asked; else the figures."""
        near, lines = await self._near.message(tracker, question, self.store.current())
        return near or await self.message(question, typed=typed, before=before, lines=lines)

    def question(self, tracker: Tracker) -> Question:
        """What the latest message asks; a detail alone goes on from the question before."""
        typed = turn.text(tracker)
        if typed.startswith("/") and (details := turn.offered_details(tracker)):
            return Question(tuple(details["crimes"]), tuple(details["areas"]), tuple(details["periods"]))
        areas = turn.entities(tracker, "area") or boroughs_named(tracker.latest_message)
        crimes, periods = turn.entities(tracker, "crime_type"), turn.entities(tracker, "period")
        found = asking.question_of(typed, turn.intent(tracker), crimes, areas, periods)
        kept = turn.last_asked(tracker, about_people=False)
        bare = asking.shown_as(typed) and not (crimes or areas or periods) and found.about == CRIME
        if is_question(kept) and not typed.startswith("/") and (bare or GOES_ON.search(typed.lower())):
            return self.going_on(kept, found, typed)
        return found

    @staticmethod
    def going_on(kept: dict[str, Any] | None, found: Question, typed: str) -> Question:
        """The kept question with what was just said put in."""
        kept = kept or {}
        earlier = Question.from_dict(kept["earlier"]) if kept.get("earlier") else None
        return asking.gone_on(Question.from_dict(kept), found, typed, earlier)

    async def message(
        self,
        question: Question,
        *,
        typed: str = "",
        before: dict[str, Any] | None = None,
        lines: Sequence[str] = (),
    ) -> dict[str, Any]:
        """The message that answers the question, after the `lines`; `before`: the question kept from the answer before.

        Raises FactsMissingError, StoreError.
        """
        today = clock.today()
        asked, cannot = unanswerable.first_words(question, typed, today)
        # in a thread, so that a database that hangs does not hold up anybody else
        found = await asyncio.to_thread(reply, asked, self.figures, today)
        return self.compose(asked, found, [*lines, *cannot], typed, before)

    def compose(
        self, question: Question, found: Reply, lines: list[str], typed: str, before: dict[str, Any] | None
    ) -> dict[str, Any]:
        """The message of a reply, as words, as a picture or in numbers."""
        content = self.store.current()
        parts: Parts = {"name": TOPIC, "more": found.more, "simple": None, "sources": found.sources}
        parts["question_asked"] = kept(question, before)
        if found.chart:
            parts["chart"] = found.chart.as_dict()
            parts["picture"] = f"/pictures/{to_token(question, clock.today())}.png"
        offered = (["tell_me_more"] if found.more else []) + ["ask_statistics_source"]
        text = " ".join([*lines, found.text])
        way = asking.shown_as(typed)
        if way == asking.NUMBERS and found.table:
            text = "\n".join([text, *found.table[:MOST_IN_A_TABLE]])
        elif way == asking.PICTURE:
            shown = f"{found.chart.alt} No picture here? Ask for it in numbers." if found.chart else ""
            text = " ".join([*lines, shown or f"I have no picture of this. {found.text}"])
        return compose(text, parts, buttons(offered, content.labels))

    def last_good(self, tracker: Tracker) -> str | None:
        return self.own_answer(self.question(tracker))

    @staticmethod
    def own_answer(question: Question) -> str | None:
        """The answer from the figures that come with the project, with its source; None when they have none."""
        try:
            found = reply(question, own_figures(), clock.today())
        except (PlanError, ValueError):
            return None
        if not found.sources:
            return None
        source = found.sources[0]
        return f"{found.text} Source: {source['title']}, {source['as_at']}. {source['url']}"

    def _only_london(self, question: Question, typed: str) -> dict[str, Any] | None:
        place = elsewhere.named(typed.lower())
        if not place or [a for a in question.areas if a != "London"]:
            return None
        return self._words("only_london", elsewhere.only_london(place), None)

    def _words(self, name: str, text: str, question: Question | None) -> dict[str, Any]:
        """A message without figures; what was asked is kept, so that a borough alone can go on from it."""
        parts: Parts = {"name": name, "question": True}
        if question and name == "which_borough":
            parts["question_asked"] = kept(question, None)
        nexts = ["find_support", "report_crime"] if name == "no_person" else ["ask_statistics", "ask_statistics_source"]
        return compose(text, parts, buttons(nexts, self.store.current().labels))


def kept(question: Question, before: dict[str, Any] | None) -> dict[str, Any]:
    """The question as it stays with the answer, and the one before it, for "compare them"."""
    earlier = {k: v for k, v in (before or {}).items() if k != "earlier"}
    return {**question.as_dict(), **({"earlier": earlier} if is_question(earlier) else {})}


def is_question(asked: dict[str, Any] | None) -> bool:
    """Whether what was kept is a question about figures."""
    return bool(asked) and "periods" in asked  # type: ignore[operator]
