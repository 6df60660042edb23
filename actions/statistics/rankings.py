"""The boroughs in order, the worst and best year, and what is most common in a place."""

from __future__ import annotations

from datetime import date

from actions.statistics import pictured, traps
from actions.statistics.comparisons import compare
from actions.statistics.counts import bars_of, count, row, uncounted
from actions.statistics.figure import HEATHROW, LONDON, Figure
from actions.statistics.lookup import Found, newest, within, years
from actions.statistics.measures import ANY_CRIME, MEASURES, Measure
from actions.statistics.periods import Period, back, in_words, read
from actions.statistics.question import Question
from actions.statistics.rates import CITY, MISLEADS, Populations, Rate, source_of
from actions.statistics.reply import Reply, sources_of
from actions.statistics.store import Store
from actions.statistics.wording import amount, listed, where

BOROUGHS = 32
NOT_RANKED = frozenset({LONDON, CITY, HEATHROW})
NOT_SAFETY = "Recorded crime does not say how safe you are there."
CANNOT_RANK = "I cannot rank the boroughs for this: I do not have the figure for each of them."
WITHIN_OTHERS = frozenset(
    {ANY_CRIME, "violence_with_injury", "rape", "theft", "knife_crime", "arson", "teenage_homicide"}
)
"""Crimes that are part of another or hold others: no place for them among the most common ones."""


def rank(question: Question, store: Store, today: date) -> Reply:
    """The boroughs with the most, or fewest, for their people; with an area named, its place. Raises FactsMissingError."""
    period = read(question.periods[0], today) if question.periods else None
    ranked = None
    for measure in question.measures()[0]:
        ranked = ranked or _ranked(store, measure, period, by_count=question.by_count)
    if ranked is None and period is not None:
        # better another time, and saying so, than nothing
        period = None
        for measure in question.measures()[0]:
            ranked = ranked or _ranked(store, measure, None, by_count=question.by_count)
    if ranked is None:
        found = compare(question, store, today) if len(question.areas) > 1 else count(question, store, today)
        return Reply(f"{CANNOT_RANK} {found.text}", found.more, found.sources, found.chart, found.table)
    measure, rates = ranked
    other_time = bool(question.periods) and period is None
    return _in_words(question, measure, rates, other_time)


def _ranked(
    store: Store, measure: Measure, period: Period | None, *, by_count: bool
) -> tuple[Measure, list[Rate]] | None:
    """The rates of all boroughs for the same 12 months, the highest first; None when one of them lacks."""
    last = store.newest_day(measure.name)
    if last is None or not measure.per_head:
        return None
    spans = (
        [period]
        if period
        else [Period(back(last, 11), last), Period(date(last.year - 1, 1, 1), date(last.year - 1, 12, 31))]
    )
    people = Populations(store.populations())
    for span in spans:
        if span.open or span.months != 12:
            continue
        figures = [
            f for area, rows in store.across(measure.name, span.first, span.last).items()
            if area not in NOT_RANKED and (f := within(rows, span)) and f.end == span.last
        ]  # fmt: skip
        rates = [r for f in figures if (r := people.rate(f))]
        if len(rates) == BOROUGHS and len({f.source_title for f in figures}) == 1:
            order = (lambda r: -r.figure.value) if by_count else (lambda r: -r.value)
            return measure, sorted(rates, key=order)
    return None


def _in_words(question: Question, measure: Measure, rates: list[Rate], other_time: bool) -> Reply:
    first = rates[0].figure
    ordered = rates[::-1] if question.fewest else rates
    shown = ordered[: question.top]
    named = [a for a in question.areas if a not in NOT_RANKED]
    end = "lowest" if question.fewest else "highest"
    if question.by_count:
        heading = f"{'Fewest' if question.fewest else 'Most'} {measure.noun} in {in_words(first)}:"
        said = [f"{r.figure.area} ({amount(r.figure.value)})" for r in shown]
    else:
        heading = f"The {end} rates of {measure.noun} for each 1,000 people in {in_words(first)}:"
        said = [f"{r.figure.area} {r.value:.1f} ({amount(r.figure.value)} in all)" for r in shown]
    sentences = [*uncounted(question)]
    if other_time:
        sentences.append("I cannot rank the boroughs for the time you asked about.")
    for area in named:
        place = next(i for i, r in enumerate(rates, 1) if r.figure.area == area)
        mine = rates[place - 1]
        sentences.append(
            f"{area} comes {place} of {BOROUGHS} boroughs, counted from the highest: {mine.value:.1f} for each 1,000 people "
            f"({amount(mine.figure.value)} in all)."
        )
    sentences.append(f"{heading} {listed(said)}.")
    warnings = [NOT_SAFETY, *([] if question.by_count else [MISLEADS])]
    lines = [*warnings, *traps.lines([(measure, first)], compared=False)[:1]]
    more = (
        f"Rates use the people who lived there in {rates[0].people.day:%B %Y}. The City of London is left out: it has its own "
        "police and few residents. Crimes with no known borough are in no borough's count."
    )
    values = [r.figure.value if question.by_count else round(r.value, 1) for r in ordered[:10]]
    unit = first.unit if question.by_count else "for each 1,000 people"
    title = f"{measure.noun[0].upper()}{measure.noun[1:]}, {unit}, {in_words(first)}: the ten {end}"
    chart = pictured.bars(title, [r.figure.area for r in ordered[:10]], values, unit, first)
    table = [
        f"{r.figure.area}: {r.value:.1f} for each 1,000 people, {amount(r.figure.value)} in all" for r in ordered[:10]
    ]
    sources = [*sources_of([first]), source_of(rates[0].people)]
    return Reply(" ".join([*sentences, *lines]), more, sources, chart, table)


def extreme(question: Question, store: Store, today: date) -> Reply:
    """The year with the most, or the fewest, among those there are. Raises FactsMissingError."""
    area = question.areas[0] if question.areas else LONDON
    series = [(measure, years(store.of(measure.name, area))) for measure in question.measures()[0]]
    measure, rows = max(series, key=lambda pair: len(pair[1]))
    if len(rows) < 3 or measure.breaks:
        return count(question, store, today)
    chosen = (min if question.fewest else max)(rows, key=lambda f: f.value)
    word = "fewest" if question.fewest else "most"
    text = (
        f"Of the years {rows[0].start.year} to {rows[-1].start.year}, {chosen.start.year} had the {word} {measure.noun} "
        f"{where(area)}: {amount(chosen.value)}. In {in_words(rows[-1])} it was {amount(rows[-1].value)}."
    )
    lines = traps.lines([(measure, f) for f in rows], compared=True)
    chart = pictured.line(measure, rows)
    return Reply(" ".join([text, *lines]), None, sources_of([rows[-1]]), chart, pictured.table(chart) if chart else [])


def commonest(question: Question, store: Store, today: date) -> Reply:
    """The crimes that are recorded most in a place, of those that are counted alike. Raises FactsMissingError."""
    area = question.areas[0] if question.areas else LONDON
    period = read(question.periods[0], today) if question.periods else None
    hits: dict[str, Found] = {}
    for crime, measures in MEASURES.items():
        if crime in WITHIN_OTHERS:
            continue
        rows = store.of(measures[0].name, area)
        figure: Figure | None = within(rows, period) if period else newest(rows)
        if figure:
            hits.setdefault(measures[0].name, Found(figure, measures[0]))
    total = store.of(MEASURES[ANY_CRIME][0].name, area)
    standard = within(total, period) if period else newest(total)
    alike = [h for h in hits.values() if standard and _same(h.figure, standard)]
    if len(alike) < 3:
        return count(question, store, today)
    ordered = sorted(alike, key=lambda h: -h.figure.value)[: max(question.top, 3)]
    said = listed([f"{h.measure.noun} ({amount(h.figure.value)})" for h in ordered])
    text = f"In {in_words(ordered[0].figure)}, the most common {where(area)} were {said}. I do not have every kind of crime."
    table = [row(h.measure, h.figure) for h in ordered]
    return Reply(text, None, sources_of(h.figure for h in ordered), bars_of(ordered), table)


def _same(figure: Figure, standard: Figure) -> bool:
    return (figure.start, figure.end, figure.source_title) == (standard.start, standard.end, standard.source_title)
