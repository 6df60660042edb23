"""Whether a file can be believed: its months, areas and totals, by themselves and against the last edition.

What the header and the cells must be is checked where they are read, in `layouts`.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable
from datetime import date

from actions.statistics.figure import LONDON, Figure
from actions.statistics.layouts.columns import UNKNOWN_SHARE, after, boroughs, end_of
from bot.errors import RefusedFileError

MOST_CHANGED = 0.10


def months(found: Collection[date], *, today: date, fewest: int, step: int = 1) -> None:
    """`found`: first days of months, each `step` months after the last. Raises RefusedFileError."""
    if not found:
        raise RefusedFileError("It has no months.")
    ordered = sorted(found)
    if len(set(ordered)) < len(ordered):
        raise RefusedFileError("It has the same month twice.")
    if end_of(ordered[-1]) > today:
        raise RefusedFileError(f"Its last month, {ordered[-1]:%B %Y}, is not over yet.")
    for before, then in itertools.pairwise(ordered):
        expected = before
        for _ in range(step):
            expected = after(expected)
        if then != expected:
            raise RefusedFileError(f"{expected:%B %Y} is missing in it.")
    if len(ordered) < fewest:
        raise RefusedFileError(f"It has {len(ordered)} periods; at least {fewest} were expected.")


def areas(found: Iterable[str], *, missing: int = 0) -> None:
    """Raises RefusedFileError when more than `missing` of the 32 boroughs are not among the areas."""
    absent = sorted(boroughs() - set(found))
    if len(absent) > missing:
        shown = ", ".join(absent[:3]) + (" and others" if len(absent) > 3 else "")
        raise RefusedFileError(f"It lacks {len(absent)} of the 32 boroughs: {shown}.")


def cells(unknown: int, of: int) -> None:
    """Raises RefusedFileError when there is nothing, or too much of it is no number."""
    if not of:
        raise RefusedFileError("It has a header and nothing else.")
    if unknown > of * UNKNOWN_SHARE:
        raise RefusedFileError(f"{unknown} of its {of} cells are blank or hold words instead of a number.")


def totals(figures: Iterable[Figure], measure: str, lowest: float, highest: float) -> list[Figure]:
    """London's figures of the measure. Raises RefusedFileError when there are none, or one is not from lowest to highest."""
    found = [f for f in figures if f.measure == measure and f.area == LONDON]
    if not found:
        raise RefusedFileError(f"It has no figure for London ({measure}).")
    for figure in found:
        if not lowest <= figure.value <= highest:
            raise RefusedFileError(
                f"London's figure for {figure.end:%B %Y}, {figure.value:,.0f} ({measure}), is not from {lowest:,.0f} to "
                f"{highest:,.0f}."
            )
    return found


def not_older(last: date, last_before: date | None) -> None:
    """Raises RefusedFileError when an edition ends before the last one did."""
    if last_before and last < last_before:
        raise RefusedFileError(f"It ends in {last:%B %Y}; the last edition goes to {last_before:%B %Y}.")


def against(before: Iterable[Figure], now: Iterable[Figure]) -> None:
    """Compares London's figures with those of the last edition, over the periods that both have. Raises RefusedFileError."""
    new = {(f.start, f.end): f.value for f in now}
    old = {(f.start, f.end): f.value for f in before if (f.start, f.end) in new}
    was, is_now = sum(old.values()), sum(new[period] for period in old)
    if abs(is_now - was) > MOST_CHANGED * was:
        raise RefusedFileError(
            f"London's total over the {len(old)} periods that it shares with the last edition is {is_now:,.0f}; it was "
            f"{was:,.0f}."
        )
