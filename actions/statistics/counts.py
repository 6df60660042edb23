""" "How many?": a count for each crime, area and period that was asked about."""

from __future__ import annotations

from datetime import date

from actions.statistics import pictured, traps
from actions.statistics.chart import Chart
from actions.statistics.figure import LONDON, Figure
from actions.statistics.lookup import Found, find, newest, years
from actions.statistics.measures import ANY_CRIME, MEASURES, NO_FIGURE, Measure, name_of
from actions.statistics.periods import WEEKS, asked, in_words, published, read
from actions.statistics.question import CRIME, Question
from actions.statistics.rates import CITY
from actions.statistics.reply import Reply, sources_of
from actions.statistics.store import Store
from actions.statistics.wording import amount, counted, either, listed, of_the_day, where
from bot.errors import FactsMissingError

NOT_THE_MET = "The City of London has its own police, and I have no figure for it."
BY_MONTH = "I only have figures by month, not by week."
ASK_ANOTHER = "Ask me about another crime, or about crime as a whole."
YEARS_IN_MORE = 5
MOST_SENTENCES = 3
Hit = tuple[str, str, Found]
"""The area and the period that were asked for, and what was found."""


def count(question: Question, store: Store, today: date) -> Reply:
    """The figures that were asked for, or the nearest there are and what is missing. Raises FactsMissingError."""
    found: list[Hit] = []
    missing = uncounted(question)
    for crime, measures in _asked(question):
        try:
            found += [
                (area, period, find(store, measures, area, read(period, today) if period else None))
                for area in question.areas or (LONDON,)
                for period in question.periods or ("",)
            ]
        except FactsMissingError:
            missing.append(no_figure(crime))
    if not found:
        return _nothing(missing, store)
    used = _once([hit for _, _, hit in found])
    missing += _missing(found, today)
    figures = by_crime(used) if len(used) > MOST_SENTENCES else [counted(hit.measure, hit.figure) for hit in used]
    pairs = [(hit.measure, hit.figure) for hit in used]
    text = " ".join([*dict.fromkeys(missing), *figures, *traps.lines(pairs, compared=False)])
    first = used[0]
    rows = store.of(first.measure.name, first.figure.area)
    chart = pictured.line(first.measure, rows) if len(used) == 1 else bars_of(used)
    table = pictured.table(chart) if chart and len(used) == 1 else [row(hit.measure, hit.figure) for hit in used]
    return Reply(text, earlier(first.measure, rows), sources_of(f for _, f in pairs), chart, table)


def _asked(question: Question) -> list[tuple[str, tuple[Measure, ...]]]:
    """Each crime with what counts it; nothing when all that was named is counted nowhere."""
    named = [c for c in question.crimes if c in MEASURES]
    if question.about == CRIME and question.crimes and not named:
        return []
    measures = question.measures()
    return list(zip(named if len(named) == len(measures) else [question.about] * len(measures), measures, strict=True))


def _nothing(missing: list[str], store: Store) -> Reply:
    """No figure at all, and where the figures that there are come from. Raises FactsMissingError for an empty store."""
    last = newest(store.of(MEASURES[ANY_CRIME][0].name, LONDON))
    if last is None:
        raise FactsMissingError("the store has no figures: run `planbot refresh`, or delete it and start again.")
    return Reply(" ".join([*dict.fromkeys(missing), ASK_ANOTHER]), None, sources_of([last]))


def no_figure(crime: str) -> str:
    """Why there is no figure for a crime, or that there is none."""
    return NO_FIGURE.get(crime, f"I have no figure for {name_of(crime)}.")


def uncounted(question: Question) -> list[str]:
    """A line for each crime that nobody counts here."""
    if question.about != CRIME:
        return []
    return [no_figure(c) for c in question.crimes if c not in MEASURES]


def _missing(found: list[Hit], today: date) -> list[str]:
    """What the figures found are not, in words: a line for each crime and each period."""
    lines: list[str] = []
    away: dict[str, list[str]] = {}
    for area, period, hit in found:
        if hit.other_area and area == CITY:
            lines.append(NOT_THE_MET)
        elif hit.other_area:
            away.setdefault(hit.measure.noun, []).append(area)
        if period in WEEKS:
            lines.append(BY_MONTH)
        elif hit.other_period:
            lines.append(f"I have no figure for {asked(period, today)}. Here is the nearest I have.")
    alone = [f"I have no figure for {noun} in {either(areas)} alone." for noun, areas in away.items()]
    return [*alone, *lines]


def by_crime(used: list[Found]) -> list[str]:
    """Many figures, a short line for each crime: "Robberies: Camden 2,100, Hackney 1,900 (2025)."."""
    lines: dict[str, list[str]] = {}
    spans = {in_words(hit.figure) for hit in used}
    for hit in used:
        place = hit.figure.area if len(spans) == 1 else f"{hit.figure.area} in {in_words(hit.figure)}"
        lines.setdefault(pictured.heading(hit.measure), []).append(f"{place} {amount(hit.figure.value)}")
    when = [f"In {spans.pop()}."] if len(spans) == 1 else []
    return [*when, *(f"{noun}: {', '.join(parts)}." for noun, parts in lines.items())]


def bars_of(used: list[Found]) -> Chart | None:
    """Bars of several figures, labelled by what differs between them; None for one, or for two sources."""
    first = used[0]
    areas, spans = {h.figure.area for h in used}, {in_words(h.figure) for h in used}
    measures = {h.measure.name for h in used}
    if len({(h.figure.source_title, h.figure.unit) for h in used}) > 1:
        return None
    labels = []
    for hit in used:
        parts = [pictured.heading(hit.measure)] * (len(measures) > 1) + [hit.figure.area] * (len(areas) > 1)
        labels.append(", ".join([*parts, *([in_words(hit.figure)] * (len(spans) > 1))]))
    same = [where(first.figure.area)] * (len(areas) == 1) + [f"in {in_words(first.figure)}"] * (len(spans) == 1)
    subject = pictured.heading(first.measure) if len(measures) == 1 else "Recorded crimes"
    return pictured.bars(
        " ".join([subject, *same]), labels, [h.figure.value for h in used], first.figure.unit, first.figure
    )


def row(measure: Measure, figure: Figure) -> str:
    """A line of a table."""
    return f"{figure.area}, {of_the_day(figure)}: {amount(figure.value)} {measure.noun}"


def earlier(measure: Measure, rows: list[Figure]) -> str | None:
    """The same measure in the years before, when there are any; its traps with it."""
    last = years(rows)[-YEARS_IN_MORE:]
    if len(last) < 2:
        return None
    numbers = [f"{amount(f.value)} in {f.start.year}" for f in last]
    lines = traps.lines([(measure, f) for f in last], compared=True)
    place = where(last[-1].area)
    edition = [f"The figures are {published(last[-1])}."] if last[-1].published else []
    sentence = f"{place[0].upper()}{place[1:]}, year by year: {listed(numbers)} ({measure.noun})."
    return " ".join([sentence, *lines, *edition])


def _once(hits: list[Found]) -> list[Found]:
    kept: dict[tuple, Found] = {}
    for hit in hits:
        kept.setdefault((hit.measure.name, hit.figure.area, hit.figure.start, hit.figure.end), hit)
    return list(kept.values())
