"""Finds the stored figure that comes nearest to a question, and the series behind it. One source at a time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from actions.statistics.figure import FINANCIAL_YEAR, LONDON, MONTH, PART, ROLLING, SNAPSHOT, YEAR, Figure
from actions.statistics.measures import Measure
from actions.statistics.periods import Period, back, end_of_month, type_of
from actions.statistics.store import Store
from bot.errors import FactsMissingError

WHOLE_YEARS = (ROLLING, YEAR, FINANCIAL_YEAR)


@dataclass(frozen=True)
class Found:
    """A figure and what it counts. `other_area`, `other_period`: it is not of the area, or period, that was asked about."""

    figure: Figure
    measure: Measure
    other_area: bool = False
    other_period: bool = False


def find(store: Store, measures: Sequence[Measure], area: str, period: Period | None) -> Found:
    """The figure of the period in the area; else the newest of the area; else London's. Raises FactsMissingError."""
    for place in dict.fromkeys((area, LONDON)):
        away = place != area
        series = [(measure, store.of(measure.name, place)) for measure in measures]
        if period:
            exact = ((within(rows, period), measure) for measure, rows in series)
            if hit := next(((f, m) for f, m in exact if f), None):
                return Found(*hit, other_area=away)
        # who asks for a month is answered with a month
        latest = [(_newest_month(rows) if _is_month(period) else None, measure) for measure, rows in series]
        whole = [(newest(rows), measure) for measure, rows in series]
        last = max((f.end for f, _ in whole if f), default=date.min)
        if not any(figure and figure.end >= last for figure, _ in latest):
            latest = whole
        known = [(f, m) for f, m in latest if f]
        if known:
            figure, measure = max(known, key=lambda pair: pair[0].end)
            return Found(figure, measure, other_area=away, other_period=period is not None)
    raise FactsMissingError(f"no figure for {measures[0].name} in {area} or London")


def within(rows: Iterable[Figure], period: Period) -> Figure | None:
    """The figure of just that period, or of the months of it that there are (a part of it, `period_type` says so).

    Of an open period, the newest whole year in it.
    """
    rows = list(rows)
    if period.open:
        return newest([r for r in rows if r.start >= period.first])
    snapshots = [f for f in rows if f.period_type == SNAPSHOT and period.first <= f.end <= period.last]
    if snapshots:
        return snapshots[-1]
    ready = [f for f in rows if (f.start, f.end) == (period.first, period.last) and f.period_type != SNAPSHOT]
    summed = added([f for f in rows if f.period_type == MONTH], period)
    if ready and (not summed or summed.period_type == PART or not _newer(summed, ready[0])):
        return ready[0]
    return summed


def newest(rows: Iterable[Figure]) -> Figure | None:
    """The newest whole year (of any kind); else the newest count on a day, or month."""
    rows = list(rows)
    years = [f for f in rows if f.period_type in WHOLE_YEARS]
    months = [f for f in rows if f.period_type == MONTH]
    if len(months) >= 12:
        last = months[-1].end
        if summed := added(months, Period(back(last, 11), last)):
            years += [summed] if summed.period_type != PART else []
    if years:
        # of two that end alike, a ready figure goes before a sum, unless the sum was published later
        return max(years, key=lambda f: (f.end, f.published or date.min))
    return next((f for f in reversed(rows) if f.period_type == SNAPSHOT), None) or (months[-1] if months else None)


def _is_month(period: Period | None) -> bool:
    return period is not None and not period.open and period.months == 1


def _newest_month(rows: Iterable[Figure]) -> Figure | None:
    return next((f for f in reversed(list(rows)) if f.period_type == MONTH), None)


def added(months: Sequence[Figure], period: Period) -> Figure | None:
    """The months of a period from its first on, added up; only months of one source that follow each other. None without any."""
    inside = [f for f in months if period.first <= f.start and f.end <= period.last]
    if not inside or inside[0].start != period.first:
        return None
    run = [inside[0]]
    for figure in inside[1:]:
        last = run[-1]
        if (
            figure.start != last.end + timedelta(days=1)
            or figure.source_title != last.source_title
            or figure.unit != last.unit
        ):
            break
        run.append(figure)
    return replace(
        run[0],
        end=run[-1].end,
        value=sum(f.value for f in run),
        period_type=type_of(run[0].start, run[-1].end) if run[-1].end == end_of_month(period.last) else PART,
        published=max((f.published for f in run if f.published), default=None),
        provisional=any(f.provisional for f in run),
        notes="; ".join(dict.fromkeys(f.notes for f in run if f.notes)),
    )


def year_before(rows: Iterable[Figure], figure: Figure) -> Figure | None:
    """The figure of the same stretch one year earlier, from the same source."""
    rows = [f for f in rows if f.source_title == figure.source_title and f.unit == figure.unit]
    if figure.period_type == SNAPSHOT:
        day = end_of_month(figure.end.replace(year=figure.end.year - 1, day=1))
        return next(
            (f for f in rows if f.period_type == SNAPSHOT and (f.end.year, f.end.month) == (day.year, day.month)), None
        )
    first = figure.start.replace(year=figure.start.year - 1)
    last = end_of_month(figure.end.replace(year=figure.end.year - 1, day=1))
    found = within(rows, Period(first, last))
    return found if found and (found.start, found.end) == (first, last) else None


def years(rows: Iterable[Figure]) -> list[Figure]:
    """The calendar years without a gap up to the newest one, of its source, oldest first; months are added up to years."""
    rows = list(rows)
    ready = {f.start.year: f for f in rows if f.period_type == YEAR}
    months = [f for f in rows if f.period_type == MONTH]
    for year in {f.start.year for f in months}:
        whole = added(months, Period(date(year, 1, 1), date(year, 12, 31)))
        if whole and whole.period_type == YEAR and (year not in ready or _newer(whole, ready[year])):
            ready[year] = whole
    rows = one_source([ready[year] for year in sorted(ready)])
    run = rows[-1:]
    for figure in reversed(rows[:-1]):
        if figure.start.year != run[0].start.year - 1:
            break
        run.insert(0, figure)
    return run


def one_source(rows: Sequence[Figure]) -> list[Figure]:
    """The rows of the source and unit that the last row has: two sources are never set against each other."""
    return [f for f in rows if (f.source_title, f.unit) == (rows[-1].source_title, rows[-1].unit)] if rows else []


def _newer(one: Figure, other: Figure) -> bool:
    return (one.published or date.min) > (other.published or date.min)
