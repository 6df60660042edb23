"""Turns a question about figures into its answer: the newest stored figure, its period, area, source and date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from actions.statistics import periods
from actions.statistics.measures import ALL_CRIME, BY_MEANS, CONFIDENCE, MEASURES, NAMES, OFFICERS, Measure
from actions.statistics.store import LONDON, Figure, Figures
from bot.errors import FactsMissingError

NEWEST = ("rolling_12_months", "calendar_year", "financial_year", "snapshot", "month")
YEARS_IN_MORE = 5
MOST_COMPARED = 3
NOT_THE_MET = {"City of London": "The City of London has its own police, and I have no figure for it. "}


@dataclass(frozen=True)
class Question:
    """What was asked: `crimes`, `areas` and `periods` are entity values; `about` is crime, officers or confidence."""

    crimes: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    periods: tuple[str, ...] = ()
    about: str = "crime"

    def measures(self) -> tuple[tuple[Measure, ...], ...]:
        """For each crime asked about, the measures that count it."""
        if self.about == "officers":
            return ((OFFICERS,),)
        if self.about == "confidence":
            return ((CONFIDENCE,),)
        if together := BY_MEANS.get(frozenset(self.crimes)):
            return (together,)
        known = tuple(MEASURES[c] for c in self.crimes if c in MEASURES)
        return known or ((ALL_CRIME,),)


@dataclass(frozen=True)
class Reply:
    """`text` has the figures first; `sources` as {title, url, as_at}; `more` may go further."""

    text: str
    more: str | None
    sources: list[dict[str, str]]


def reply(question: Question, figures: Figures, today: date) -> Reply:
    """The answer. Raises FactsMissingError when nothing stored comes near."""
    sentences, used = [], []
    uncounted = [c for c in question.crimes if c not in MEASURES]
    if uncounted and question.about == "crime":
        named = NAMES.get(uncounted[0], uncounted[0].replace("_", " "))
        sentences.append(f"I have no figure for {named}.")
    for measures in question.measures()[:MOST_COMPARED]:
        for area in (question.areas or (LONDON,))[:MOST_COMPARED]:
            for period in (question.periods or ("latest",))[:MOST_COMPARED]:
                said, figure = _one(measures, area, period, figures, today)
                if said not in sentences:
                    sentences.append(said)
                    used.append((figure, measures))
    cautions = dict.fromkeys(m.caution for f, ms in used for m in ms if m.name == f.measure and m.caution)
    text = " ".join([*sentences, *cautions])
    first = used[0][0]
    return Reply(text, _earlier(first, figures), _sources([f for f, _ in used]))


def _one(measures: tuple[Measure, ...], area: str, period: str, figures: Figures, today: date) -> tuple[str, Figure]:
    """A sentence with the figure that comes nearest to the question, and that figure."""
    span = periods.span(period, today)
    missing = ""
    for place in dict.fromkeys((area, LONDON)):
        for measure in measures:
            exact = _exact(figures.of(measure.name, place), span)
            if exact:
                return missing + _sentence(measure, exact), exact
        newest = [(figures.newest(m.name, place, NEWEST), m) for m in measures]
        found = max(((f, m) for f, m in newest if f), key=lambda pair: pair[0].end, default=None)
        if found:
            if span:
                missing += f"I have no figure for {periods.asked(period, today)}. The newest: "
            return missing + _sentence(found[1], found[0], lower=bool(span)), found[0]
        missing += NOT_THE_MET.get(area, f"I have no figure for {area} alone. ")
    raise FactsMissingError(f"no figure for {measures[0].name} in {area} or London")


def _exact(listed: list[Figure], span: tuple[date, date] | None) -> Figure | None:
    """The figure of just that period; for a count that is taken every month, the last one of the period."""
    if span is None:
        return None
    snapshots = [f for f in listed if f.period_type == "snapshot" and span[0] <= f.end <= span[1]]
    return next((f for f in listed if span == (f.start, f.end)), None) or (snapshots[-1] if snapshots else None)


def _sentence(measure: Measure, figure: Figure, lower: bool = False) -> str:
    when = periods.said(figure)
    where = "across London" if figure.area == LONDON else f"in {figure.area}"
    when = when[0].lower() + when[1:] if lower else when
    return f"{when}, {measure.verb} {amount(figure.value)} {measure.noun} {where}."


def amount(value: float) -> str:
    """A number as people write it: 12,345, or 46.5 with one decimal at most."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _earlier(figure: Figure, figures: Figures) -> str | None:
    """The same measure in the years before, when there are any."""
    years = [f for f in figures.of(figure.measure, figure.area) if f.period_type == "calendar_year"][-YEARS_IN_MORE:]
    if len(years) < 2:
        return None
    listed = ", ".join(f"{amount(f.value)} in {f.start.year}" for f in years)
    where = "Across London" if figure.area == LONDON else f"In {figure.area}"
    return (
        f"{where}, year by year: {listed}. COVID lowered crime in 2020 and 2021, and the Met changed its records "
        "system in February 2024, so take care when you compare years."
    )


def _sources(used: list[Figure]) -> list[dict[str, str]]:
    listed = [{"title": f.source_title, "url": f.source_url, "as_at": periods.published(f)} for f in used]
    return [source for position, source in enumerate(listed) if source not in listed[:position]]
