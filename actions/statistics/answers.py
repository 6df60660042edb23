"""Turns a question about figures into its answer: the figure with its period, area, source, date, and what it cannot show."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from actions.statistics.comparisons import compare
from actions.statistics.counts import count
from actions.statistics.question import COMMONEST, COMPARE, COUNT, EXTREME, RANK, TREND, Question
from actions.statistics.rankings import commonest, extreme, rank
from actions.statistics.reply import Reply
from actions.statistics.store import Store
from actions.statistics.trends import trend

ANSWERS: dict[str, Callable[[Question, Store, date], Reply]] = {
    COUNT: count,
    TREND: trend,
    COMPARE: compare,
    RANK: rank,
    EXTREME: extreme,
    COMMONEST: commonest,
}


def reply(question: Question, store: Store, today: date) -> Reply:
    """The answer. Raises FactsMissingError when nothing stored comes near, StoreError when the store fails."""
    return ANSWERS[question.kind](question.shortened(), store, today)
