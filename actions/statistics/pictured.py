"""Charts of answers: a line of what came before and after, bars of what is compared; and the chart of a picture's address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from actions.statistics.chart import MOST_POINTS, Chart
from actions.statistics.figure import LONDON, MONTH, ROLLING, SNAPSHOT, Figure
from actions.statistics.lookup import one_source, years
from actions.statistics.measures import Measure
from actions.statistics.periods import in_words, short
from actions.statistics.question import from_token
from actions.statistics.reply import source_line
from actions.statistics.wording import amount, where
from bot.errors import FactsMissingError

FEWEST_FOR_A_LINE = 3


def line(measure: Measure, rows: Sequence[Figure], first: date | None = None) -> Chart | None:
    """The series of one measure in one area, by year where there are enough, else by month or quarter; None without a series.

    `first`: nothing before this day, when enough is left.
    """
    points = _points(rows, first)
    if len(points) < FEWEST_FOR_A_LINE:
        return None
    oldest, last = points[0], points[-1]
    unit = _unit(last)
    title = f"{heading(measure)} {where(last.area)}"
    alt = (
        f"Line, {heading(measure).lower()} {where(last.area)}, from {amount(oldest.value)} in {in_words(oldest)} "
        f"to {amount(last.value)} in {in_words(last)}."
    )
    labels = tuple(short(f).removeprefix("Year to ") for f in points)
    return Chart("line", title, alt, labels, tuple(f.value for f in points), unit, source_line(last))


def bars(title: str, labels: Sequence[str], values: Sequence[float], unit: str, source: Figure) -> Chart | None:
    """Bars of what is compared; None for a single one."""
    if len(labels) < 2:
        return None
    named = [f"{label} {amount(value)}" for label, value in zip(labels, values, strict=True)]
    alt = f"Bars, {title[0].lower()}{title[1:]}: {', '.join(named)}."
    return Chart("bar", title, alt, tuple(labels[:MOST_POINTS]), tuple(values[:MOST_POINTS]), unit, source_line(source))


def table(chart: Chart) -> list[str]:
    """The chart in numbers, a line for each point."""
    return [
        f"{label}: {amount(value) if value is not None else 'not known'}"
        for label, value in zip(chart.labels, chart.values, strict=True)
    ]


def chart_of(token: str) -> Chart:
    """The chart of a picture's address, made anew from the store: no address can show what the store does not say.

    Raises ValueError for a text that is no question, FactsMissingError where there is nothing to draw.
    """
    from actions.statistics.answers import reply
    from actions.statistics.seed import areas
    from actions.statistics.shared import store

    question, day = from_token(token, frozenset({*areas(), LONDON}))
    found = reply(question, store(), day).chart
    if found is None:
        raise FactsMissingError("there is no picture of this: ask in words.")
    return found


def _points(rows: Sequence[Figure], first: date | None) -> list[Figure]:
    by_year = years(rows)
    by_month = one_source([f for f in rows if f.period_type == MONTH])[-MOST_POINTS:]
    by_quarter = _once_a_year([f for f in rows if f.period_type == ROLLING])
    on_days = _once_a_year([f for f in rows if f.period_type == SNAPSHOT])
    for points in (by_year, by_quarter, on_days, by_month):
        kept = [f for f in points if first is None or f.start >= first]
        if len(kept) >= FEWEST_FOR_A_LINE:
            return kept[-MOST_POINTS:]
    return by_year


def _once_a_year(rows: list[Figure]) -> list[Figure]:
    """The figures of the newest one's month in each year before it, without a gap, so that the steps of the line are alike."""
    run: list[Figure] = []
    for figure in reversed(one_source(rows)):
        if not run or (figure.end.month == run[0].end.month and figure.end.year == run[0].end.year - 1):
            run.insert(0, figure)
    return run


def heading(measure: Measure) -> str:
    """What a measure is called above a picture, or at the head of a line."""
    text = measure.heading or re.sub(r" \(.*\)$", "", measure.noun)
    return text[0].upper() + text[1:]


def _unit(figure: Figure) -> str:
    return {"percent": "per cent", "FTE": "full-time equivalent"}.get(figure.unit, figure.unit)
