"""Crimes for each 1,000 people who live in an area: which population goes with which year, and where a rate misleads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from actions.statistics.figure import LONDON, Figure, Population

CITY = "City of London"
MANY_VISITORS = frozenset({CITY, "Westminster", "Camden", "Hillingdon"})
MISLEADS = "Westminster, Camden and Hillingdon have many visitors, so their rates look high."
PEOPLE = 1000


@dataclass(frozen=True)
class Rate:
    """`value`: offences in 12 months for each 1,000 residents. `day`: of the population that was taken."""

    figure: Figure
    value: float
    people: Population


class Populations:
    """`listed`: for each area its estimates, oldest first (Store.populations)."""

    def __init__(self, listed: dict[str, list[Population]]) -> None:
        self._listed = listed

    def of(self, area: str, year: int) -> Population | None:
        """People of the area in the middle of the year, or the newest estimate before it; None for earlier years.

        London is the Met's area here: Greater London without the City, which has its own police.
        """
        estimates = {p.day.year: p for p in self._listed.get(area, []) if p.day.year <= year}
        if not estimates:
            return None
        found = estimates[max(estimates)]
        if area != LONDON:
            return found
        city = next((p for p in self._listed.get(CITY, []) if p.day == found.day), None)
        return Population(LONDON, found.day, found.value - city.value, found.source, found.url) if city else None

    def rate(self, figure: Figure) -> Rate | None:
        """The rate of a figure of 12 months; None where there is no population, or the area is the City."""
        if figure.area == CITY or figure.value < 0:
            return None
        people = self.of(figure.area, middle(figure.start, figure.end))
        if people is None or people.value <= 0:
            return None
        return Rate(figure, figure.value * PEOPLE / people.value, people)


def middle(first: date, last: date) -> int:
    """The year whose middle lies in the period: of April 2024 to March 2025, 2024; of July 2025 to June 2026, 2025.

    A period that does not reach a 30 June takes the year it ends in.
    """
    day = date(first.year, 6, 30)
    return first.year if first <= day <= last else last.year


def source_of(people: Population) -> dict[str, str]:
    """The population's source as a message shows it."""
    return {"title": f"{people.source.split(' (')[0]}, ONS", "url": people.url, "as_at": f"June {people.day.year}"}
