"""Areas, crimes or periods side by side."""

from __future__ import annotations

import math
from datetime import date

from actions.statistics import pictured, traps
from actions.statistics.change import CORRECTIONS, change
from actions.statistics.counts import NOT_THE_MET, bars_of, by_crime, count, row, uncounted
from actions.statistics.figure import LONDON, Figure
from actions.statistics.lookup import Found, find, newest, within
from actions.statistics.measures import Measure
from actions.statistics.periods import in_words, is_snapshot, read
from actions.statistics.question import Question
from actions.statistics.rates import CITY, MANY_VISITORS, MISLEADS, Populations, Rate, source_of
from actions.statistics.reply import Reply, sources_of
from actions.statistics.store import Store
from actions.statistics.trends import sentences_of
from actions.statistics.wording import about, amount, listed

NOT_ALIKE = "I do not have figures of the same time and source for all of these, so I cannot set them side by side."


def compare(question: Question, store: Store, today: date) -> Reply:
    """The comparison that was asked for; what cannot be compared is listed, and why. Raises FactsMissingError."""
    if len(question.periods) > 1 and len(question.areas) < 2 and len(question.measures()) < 2:
        return _periods(question, store, today)
    if len(question.areas) > 1 and len(question.measures()) == 1:
        return _areas(question, store, today)
    if len(question.measures()) > 1 and len(question.areas) < 2 and len(question.periods) < 2:
        return _crimes(question, store, today)
    return count(question, store, today)


def _periods(question: Question, store: Store, today: date) -> Reply:
    area = question.areas[0] if question.areas else LONDON
    measures = question.measures()[0]
    asked = sorted((p for v in question.periods if (p := read(v, today))), key=lambda p: p.first)
    for measure in measures:
        rows = store.of(measure.name, area)
        figures = [within(rows, p) for p in asked]
        known = [f for f in figures if f]
        if len(asked) < 2 or len(known) < len(asked):
            continue
        before, after = known[0], known[-1]
        same = (before.source_title, before.unit) == (after.source_title, after.unit)
        if not same or _length(before) != _length(after):
            continue
        hits = [Found(f, measure) for f in known]
        text = " ".join(
            [
                *uncounted(question),
                *sentences_of(measure, change(before, after)),
                *(
                    [f"Between them: {', '.join(f'{amount(f.value)} in {in_words(f)}' for f in known[1:-1])}."]
                    * (len(known) > 2)
                ),
                *traps.lines([(measure, f) for f in known], compared=True),
            ]
        )
        table = [row(h.measure, h.figure) for h in hits]
        return Reply(text, None, sources_of(known), bars_of(hits), table)
    found = count(question, store, today)
    return Reply(f"{found.text} {NOT_ALIKE}", found.more, found.sources, found.chart, found.table)


def _length(figure: Figure) -> int:
    return 0 if is_snapshot(figure) else (figure.end - figure.start).days // 28


def _areas(question: Question, store: Store, today: date) -> Reply:
    areas = [a for a in question.areas if a != CITY]
    left_out = [NOT_THE_MET] if CITY in question.areas else []
    hits = _alike(question, store, areas, today) if len(areas) > 1 else None
    if not hits:
        found = count(question, store, today)
        note = f" {NOT_ALIKE}" if len(areas) > 1 else ""
        return Reply(f"{found.text}{note}", found.more, found.sources, found.chart, found.table)
    measure, first = hits[0].measure, hits[0].figure
    people = Populations(store.populations())
    rates = [r for h in hits if (r := people.rate(h.figure))] if measure.per_head and not question.by_count else []
    sentences = [*uncounted(question), *left_out]
    if len(rates) == len(hits) and (first.end - first.start).days > 360:
        sentences += _by_rate(measure, rates)
        misled = [MISLEADS] if MANY_VISITORS & set(areas) else []
        # without them the reader would take the larger borough for the worse one
        counts = ", ".join(f"{r.figure.area} {amount(r.figure.value)}" for r in rates if r.figure.area != LONDON)
        sentences.append(f"The counts in {in_words(first)}: {counts} {measure.noun}.")
        sources = [*sources_of([first]), source_of(rates[0].people)]
        more = f"Rates use the people who lived there in {rates[0].people.day:%B %Y}. {MISLEADS}"
        chart = pictured.bars(
            f"{measure.noun[0].upper()}{measure.noun[1:]} for each 1,000 people in {in_words(first)}",
            [r.figure.area for r in rates], [round(r.value, 1) for r in rates], "for each 1,000 people", first,
        )  # fmt: skip
        table = [
            f"{r.figure.area}: {r.value:.1f} for each 1,000 people, {amount(r.figure.value)} in all" for r in rates
        ]
    else:
        ordered = sorted(hits, key=lambda h: -h.figure.value)
        sentences.append(
            f"In {in_words(first)}: {listed([f'{h.figure.area} {about(h.figure.value)}' for h in ordered])} {measure.noun}."
        )
        misled, sources, more = [], sources_of([first]), None
        chart, table = bars_of(ordered), [row(h.measure, h.figure) for h in ordered]
    lines = traps.lines([(measure, h.figure) for h in hits], compared=False)
    return Reply(" ".join([*sentences, *misled, *lines[: 2 - len(misled)]]), more, sources, chart, table)


def _by_rate(measure: Measure, rates: list[Rate]) -> list[str]:
    """Which area has more for its people, or that they are about alike."""
    ordered = sorted(rates, key=lambda r: -r.value)
    high, low = ordered[0], ordered[-1]
    said = [f"{r.value:.1f} in {r.figure.area}" for r in ordered]
    numbers = f"{listed(said)} for each 1,000 people."
    if alike(high, low):
        names = listed([r.figure.area for r in ordered])
        return [f"{names} have about the same rate of {measure.noun}: {numbers}"]
    return [f"For its number of people, {high.figure.area} has more {measure.noun}: {numbers}"]


def alike(one: Rate, other: Rate) -> bool:
    """Whether two rates differ by no more than chance and corrections do: see change.py, here for each 1,000 people."""
    variance = sum(2 * r.figure.value * (1000 / r.people.value) ** 2 for r in (one, other))
    return abs(one.value - other.value) <= max(2 * math.sqrt(variance), CORRECTIONS * min(one.value, other.value))


def _alike(question: Question, store: Store, areas: list[str], today: date) -> list[Found] | None:
    """The figure of each area for the same days and of the same source; None when there is no such set."""
    period = read(question.periods[0], today) if question.periods else None
    for measure in question.measures()[0]:
        listed_ = {area: store.of(measure.name, area) for area in areas}
        figures = [within(rows, period) if period else newest(rows) for rows in listed_.values()]
        known = [f for f in figures if f]
        if len(known) == len(areas) and len({(f.start, f.end, f.source_title, f.unit) for f in known}) == 1:
            return [Found(f, measure) for f in known]
    return None


def _crimes(question: Question, store: Store, today: date) -> Reply:
    area = question.areas[0] if question.areas else LONDON
    period = read(question.periods[0], today) if question.periods else None
    hits = [find(store, measures, area, period) for measures in question.measures()]
    if any(h.other_area or h.other_period for h in hits) or len({(h.figure.start, h.figure.end) for h in hits}) > 1:
        return count(question, store, today)
    ordered = sorted(hits, key=lambda h: -h.figure.value)
    first, last = ordered[0], ordered[-1]
    sentences = [*uncounted(question), *by_crime(ordered)]
    lines = traps.lines([(h.measure, h.figure) for h in ordered], compared=False)
    if len({h.figure.source_title for h in hits}) > 1:
        lines = [traps.TWO_SOURCES, *lines][: traps.MOST_LINES]
    elif first.figure.value > last.figure.value:
        sentences.insert(len(uncounted(question)), f"{first.measure.topic} is more common.")
    table = [row(h.measure, h.figure) for h in ordered]
    return Reply(" ".join([*sentences, *lines]), None, sources_of(h.figure for h in ordered), bars_of(ordered), table)
