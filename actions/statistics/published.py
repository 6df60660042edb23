"""The published files that the store is filled from: where each is listed, how it is laid out, what is plausible in it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from actions.statistics import checks
from actions.statistics.figure import Figure
from actions.statistics.layouts import dashboard_total, dashboard_types, homicide, perceptions, strength, wide
from bot.errors import RefusedFileError
from bot.sources.datastore_catalogue import Wanted


class Layout(Protocol):
    """A module of `layouts`."""

    def fits(self, header: Collection[str]) -> bool: ...

    def read(self, lines: Iterable[str], *, published: date, today: date) -> Iterator[Figure]: ...


@dataclass(frozen=True)
class PublishedFile:
    """`measure`: the one of London by which the file is judged, with the lowest and highest value that is plausible for a period;
    `fewest`, `most`: periods (months or quarters)."""

    origin: str
    wanted: Wanted
    layout: Layout
    measure: str
    lowest: float
    highest: float
    fewest: int
    most: int | None = None

    def check(self, figures: Sequence[Figure]) -> list[Figure]:
        """London's figures of the file's measure. Raises RefusedFileError when the file is not plausible."""
        found = checks.totals(figures, self.measure, self.lowest, self.highest)
        # a cell that is not known leaves London without a figure for its month, which is not to say that there is no such month
        periods = len({figure.start for figure in figures if figure.measure == self.measure})
        if periods < self.fewest:
            raise RefusedFileError(f"It has {periods} periods; at least {self.fewest} were expected.")
        if self.most and periods > self.most:
            raise RefusedFileError(f"It has {periods} periods; at most {self.most} were expected.")
        return found


RECENT, BEFORE, HISTORICAL = "borough-24-months", "borough-24-months-before", "borough-historical"
_CRIME, _DASHBOARD = ("exy3m", "recorded_crime_summary"), ("e5n6w", "mps-monthly-crime-dashboard-data-e5n6w")
_OLD_YEARS = ("fy1", "fy2", "historic", "archive")

# The historical file goes first: what it has need not be kept back when the other moves on.
FILES = (
    PublishedFile(
        HISTORICAL, Wanted(*_CRIME, ("borough", "historical"), ("ward", "lsoa")), wide, wide.TOTAL,
        40_000, 130_000, wide.RECENT_MONTHS + 1,
    ),
    PublishedFile(
        RECENT, Wanted(*_CRIME, ("borough", "recent24months"), ("ward", "lsoa")), wide, wide.TOTAL,
        40_000, 130_000, 24, wide.RECENT_MONTHS,
    ),
    PublishedFile(
        "dashboard-total", Wanted(*_DASHBOARD, ("tnocrimedata",), _OLD_YEARS), dashboard_total, dashboard_total.MEASURE,
        40_000, 130_000, 12,
    ),
    PublishedFile(
        "dashboard-knife", Wanted(*_DASHBOARD, ("knifecrimedata",), _OLD_YEARS), dashboard_types, dashboard_types.KNIFE,
        300, 4_000, 12,
    ),
    PublishedFile(
        "dashboard-other", Wanted(*_DASHBOARD, ("othercrimedata",), _OLD_YEARS), dashboard_types, "hate_crime_dashboard",
        300, 8_000, 12,
    ),
    PublishedFile(
        "homicide-victims", Wanted("2l1w8", "mps-homicide-dashboard-data", ("homicide", "victim")), homicide,
        homicide.VICTIMS, 0, 100, 60,
    ),
    PublishedFile(
        "force-strength", Wanted("e7xoj", "police-force-strength-e7xoj", ("policeforcestrength",)), strength,
        strength.OFFICERS, 20_000, 50_000, 24,
    ),
    PublishedFile(
        "public-perceptions", Wanted("2lz3x", "public-perceptions-of-the-police-2lz3x", ("perception",)), perceptions,
        perceptions.CONFIDENCE, 20, 95, 8,
    ),
)  # fmt: skip
BY_ORIGIN = {file.origin: file for file in FILES}
