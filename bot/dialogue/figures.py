"""Questions about figures that no figure can answer, also when they were taken for something that is out of scope."""

from __future__ import annotations

import re
from typing import Any

from actions.statistics import elsewhere, unanswerable
from actions.statistics.question import Question
from bot.content.store import Content
from bot.dialogue.message import Parts, buttons, compose

ABOUT_CRIME = re.compile(
    r"\b(?:crimes?|offences?|burglar\w+|robb\w+|stabb\w+|murders?|thefts?|rapes?|knife|knives|shootings?|muggings?)\b"
)
INTERCEPTED = frozenset({"out_of_scope", "nlu_fallback"})


def words_alone(typed: str, content: Content) -> dict[str, Any] | None:
    """The message for a question about crime near here, about one person or another city; None for anything else.

    It keeps what was asked, so that a borough alone goes on from it.
    """
    text = typed.lower()
    if not ABOUT_CRIME.search(text) and not unanswerable.PERSON.search(text):
        return None
    if place := elsewhere.named(text):
        return _message("only_london", elsewhere.only_london(place), content)
    if found := unanswerable.only_words(Question(), typed):
        return _message(*found, content)
    if borough := unanswerable.no_borough(text):
        return _message("no_borough", f"{borough} Name another, and I will give its figures.", content)
    return None


def _message(name: str, text: str, content: Content) -> dict[str, Any]:
    parts: Parts = {"name": name, "question": True}
    if name == "which_borough":
        parts["question_asked"] = Question().as_dict()
    nexts = ["find_support", "report_crime"] if name == "no_person" else ["ask_statistics", "ask_statistics_source"]
    return compose(text, parts, buttons(nexts, content.labels))
