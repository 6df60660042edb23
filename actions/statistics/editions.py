"""Compares a new edition with what the store answers now, and keeps the months that it no longer has."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from actions.statistics.figure import LONDON, MONTH, Edition, Figure
from actions.statistics.layouts import wide
from actions.statistics.published import BEFORE, HISTORICAL
from actions.statistics.store import Store


def london(store: Store, measure: str, source_title: str) -> list[Figure]:
    """London's figures of a measure that came from this source, other than sums over years. Raises StoreError."""
    kinds = {MONTH, "snapshot", "rolling_12_months"}
    return [f for f in store.of(measure, LONDON) if f.source_title == source_title and f.period_type in kinds]


def changed(store: Store, figures: Sequence[Figure]) -> int:
    """How many of the figures the store answers with another value, or not at all. Raises StoreError."""
    by_measure: dict[str, list[Figure]] = {}
    for figure in figures:
        by_measure.setdefault(figure.measure, []).append(figure)
    count = 0
    for measure, listed in by_measure.items():
        found = store.across(measure, min(f.start for f in listed), max(f.end for f in listed))
        known = {_period(f): f.value for of_area in found.values() for f in of_area}
        count += sum(known.get(_period(f)) != f.value for f in listed)
    return count


def _period(figure: Figure) -> tuple[str, date, date, str]:
    return figure.area, figure.start, figure.end, figure.period_type


def keep_back(store: Store, edition: Edition, first: date) -> int:
    """Keeps the last edition's months before `first`, of the borough file, under an origin of their own; how many figures.

    The window of 24 months moves on each month, and the historical file follows later. Raises StoreError.
    """
    kept = store.edition(BEFORE)
    historical = store.edition(HISTORICAL)
    begins = [day for e in (edition, kept) if e and (day := e.first_day)]
    if not begins:
        return 0
    start = min(begins)
    if historical and historical.last_day:
        start = max(start, historical.last_day + timedelta(days=1))
    if start >= first:
        return 0
    rows = list(_months(store, start, first - timedelta(days=1)))
    if rows:
        # their own checksum says only which edition they were last taken from
        store.replace(
            replace(
                edition, origin=BEFORE, etag=None, loaded=datetime.now(),  # noqa: DTZ005 - as in refresh
                first_day=min(f.start for f in rows), last_day=max(f.end for f in rows),
                rows=len(rows), total=sum(f.value for f in rows),
            ),
            rows,
        )  # fmt: skip
    return len(rows)


def _months(store: Store, first: date, last: date) -> Iterable[Figure]:
    for measure in wide.MEASURES:
        for listed in store.across(measure, first, last).values():
            for figure in listed:
                if figure.period_type == MONTH and figure.source_title == wide.SOURCE.title:
                    yield replace(figure, provisional=False)
