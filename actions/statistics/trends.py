""" "Is it going up?": the newest figure beside the same stretch a year before, or beside the start of the time asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from actions.statistics import pictured, traps
from actions.statistics.change import DOWN, SAME, Change, change
from actions.statistics.counts import bars_of, count, earlier, uncounted
from actions.statistics.figure import LONDON, SNAPSHOT, YEAR, Figure
from actions.statistics.lookup import Found, newest, one_source, within, year_before, years
from actions.statistics.measures import NEW_SYSTEM, Measure
from actions.statistics.periods import Period, asked, in_words, read
from actions.statistics.question import Question
from actions.statistics.rates import CITY
from actions.statistics.reply import Reply, sources_of
from actions.statistics.store import Store
from actions.statistics.wording import counted, percent, said, where

WENT = {"up": "went up", "down": "went down", "same": "stayed about the same"}
NOTHING_TO_SET_AGAINST = (
    "I have no earlier figure of the same source to set it against, so I cannot say if that is up or down."
)
TOO_SMALL = "The difference is too small to tell from chance and later corrections."


def trend(question: Question, store: Store, today: date) -> Reply:
    """Up, down or about the same, with both figures; where that cannot be said, the count and why. Raises FactsMissingError."""
    period = read(question.periods[0], today) if question.periods else None
    crimes, areas = question.measures()[:2], [a for a in (question.areas or (LONDON,))[:2] if a != CITY]
    pairs = [(measures, area) for measures in crimes for area in areas]
    changes = [(area, hit) for measures, area in pairs if (hit := _change(store, measures, area, period))]
    if len(changes) < len(pairs) or not changes:
        if period and pairs and all(_change(store, measures, area, None) for measures, area in pairs):
            newer = trend(replace(question, periods=()), store, today)
            return replace(newer, text=f"I cannot say it for {asked(question.periods[0], today)}. {newer.text}")
        found = count(question, store, today)
        measures = [measure for listed in crimes for measure in listed]
        why = NEW_SYSTEM if any(m.breaks for m in measures) else NOTHING_TO_SET_AGAINST
        return found if why in found.text or not found.table else replace(found, text=f"{found.text} {why}")
    sentences = uncounted(question)
    used: list[tuple[Measure, Figure]] = []
    for _, (measure, moved) in changes:
        sentences += sentences_of(measure, moved)
        used += [(measure, moved.after), (measure, moved.before)]
    text = " ".join([*sentences, *traps.lines(used, compared=True)])
    measure, moved = changes[0][1]
    rows = store.of(measure.name, moved.after.area)
    # of two figures alone there is no line, but two bars
    chart = pictured.line(measure, rows, period.first if period and period.open else None) or bars_of(
        [Found(figure, measure) for figure in (moved.before, moved.after)]
    )
    table = pictured.table(chart) if chart else [f"{in_words(f)}: {said(measure, f)}" for _, f in used[::-1]]
    return Reply(text, earlier(measure, rows), sources_of(f for _, f in used), chart, table)


def sentences_of(measure: Measure, moved: Change) -> list[str]:
    """The change in words: which way, the newer figure, the older one."""
    after, before = moved.after, moved.before
    if traps.cannot_be_compared(measure, before, after):
        first = f"I cannot say if {measure.topic[0].lower()}{measure.topic[1:]} went up or down {where(after.area)}."
        return [first, counted(measure, after), f"In {in_words(before)} it was {said(measure, before)}."]
    first = f"{measure.topic} {WENT[moved.direction]} {where(after.area)}."
    then = f"In {in_words(before)} it was {said(measure, before)}"
    if moved.direction == SAME:
        return [first, counted(measure, after), f"{then}. {TOO_SMALL}" if after.value != before.value else f"{then}."]
    kind = "fall" if moved.direction == DOWN else "rise"
    if after.unit == "percent":
        return [first, counted(measure, after), f"{then}: a {kind} of {abs(after.value - before.value):.0f} points."]
    size = f": a {kind} of {percent(moved.share)}" if moved.share is not None else ""
    return [first, counted(measure, after), f"{then}{size}."]


def _change(
    store: Store, measures: Sequence[Measure], area: str, period: Period | None
) -> tuple[Measure, Change] | None:
    """The change of the measure that has the newest one; None when no measure has two figures to set side by side."""
    found = [(measure, change(*pair)) for measure in measures if (pair := _pair(store.of(measure.name, area), period))]
    return max(found, key=lambda item: item[1].after.end, default=None)


def _pair(rows: list[Figure], period: Period | None) -> tuple[Figure, Figure] | None:
    """The earlier and the later figure, of one source and equally long."""
    if period is None:
        after = newest(rows)
        before = year_before(rows, after) if after else None
        if before and after:
            return before, after
        by_year = years(rows)
        return (by_year[-2], by_year[-1]) if len(by_year) > 1 else None
    if not period.open:
        after = within(rows, period)
        before = year_before(rows, after) if after else None
        return (before, after) if before and after else None
    for points in (years(rows), _of_days(rows)):
        inside = [f for f in points if f.start >= period.first]
        if len(inside) > 1:
            return inside[0], inside[-1]
    return _pair(rows, None)


def _of_days(rows: list[Figure]) -> list[Figure]:
    return one_source([f for f in rows if f.period_type != YEAR and (f.period_type == SNAPSHOT or f.unit == "percent")])
