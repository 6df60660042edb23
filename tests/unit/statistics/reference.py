"""Answers recomputed in another way: plain loops over plain rows, nothing from actions/statistics but the words of a sentence.

A row is (measure, area, start, end, kind, value, source, unit, published) with ISO dates as text.
"""

from __future__ import annotations

import calendar
import csv
import math
from typing import NamedTuple

from bot.paths import CONTENT

MEASURE_OF = {
    "all_crime": ["total_recorded_offences"],
    "burglary": ["burglary"],
    "robbery": ["robbery"],
    "shoplifting": ["shoplifting"],
    "vehicle_crime": ["vehicle_offences"],
    "theft_from_person": ["theft_from_the_person"],
    "violence_with_injury": ["violence_with_injury"],
    "rape": ["rape"],
    "sexual_offences": ["sexual_offences"],
    "drugs": ["drug_offences"],
    "public_order": ["public_order"],
}
BOROUGHS = [
    "Barking and Dagenham",
    "Barnet",
    "Bexley",
    "Brent",
    "Bromley",
    "Camden",
    "Croydon",
    "Ealing",
    "Enfield",
    "Greenwich",
    "Hackney",
    "Hammersmith and Fulham",
    "Haringey",
    "Harrow",
    "Havering",
    "Hillingdon",
    "Hounslow",
    "Islington",
    "Kensington and Chelsea",
    "Kingston upon Thames",
    "Lambeth",
    "Lewisham",
    "Merton",
    "Newham",
    "Redbridge",
    "Richmond upon Thames",
    "Southwark",
    "Sutton",
    "Tower Hamlets",
    "Waltham Forest",
    "Wandsworth",
    "Westminster",
]


class Row(NamedTuple):
    measure: str
    area: str
    start: str
    end: str
    kind: str
    value: float
    source: str
    unit: str
    published: str


def content_rows() -> list[Row]:
    """The rows of content/statistics.csv."""
    with (CONTENT / "statistics.csv").open(encoding="utf-8", newline="") as file:
        return [
            Row(
                r["measure"], "London" if "London" in r["area"] or "Metropolitan" in r["area"] else r["area"], r["period_start"],
                r["period_end"], r["period_type"], float(r["value"]), r["source_title"], r["unit"], r["published"],
            )
            for r in csv.DictReader(file)
        ]  # fmt: skip


def people() -> dict[str, int]:
    """Residents in mid-2024; London is the Met's area, without the City."""
    with (CONTENT / "populations.csv").open(encoding="utf-8", newline="") as file:
        found = {r["area"]: int(r["value"]) for r in csv.DictReader(file) if r["date"] == "2024-06-30"}
    return found | {"London": found["Greater London"] - found["City of London"]}


class Reference:
    """Looks figures up by trying every row of a measure in an area."""

    def __init__(self, rows: list[Row]) -> None:
        self.rows: dict[tuple[str, str], list[Row]] = {}
        for row in rows:
            self.rows.setdefault((row.measure, row.area), []).append(row)
        self.people = people()

    def of(self, measure: str, area: str) -> list[Row]:
        """The best row of each period: the Datastore's before a newspaper's, then the last published."""
        best: dict[tuple[str, str], Row] = {}
        for row in self.rows.get((measure, area), []):
            old = best.get((row.start, row.end))
            rank = ("London Datastore" in row.source, row.published)
            if old is None or rank > ("London Datastore" in old.source, old.published):
                best[row.start, row.end] = row
        return list(best.values())

    def span(self, measure: str, area: str, start: str, end: str) -> tuple[float, str, str, str] | None:
        """(value, source, last published, end) of the period, or of its first months as far as there are any."""
        rows = self.of(measure, area)
        months = {r.start[:7]: r for r in rows if r.kind == "month"}
        wanted = _months(start, end)
        run: list[Row] = []
        for month in wanted:
            row = months.get(month)
            if row is None or (run and row.source != run[0].source):
                break
            run.append(row)
        summed = (sum(r.value for r in run), run[0].source, max(r.published for r in run), run[-1].end) if run else None
        ready = [r for r in rows if (r.start, r.end) == (start, end)]
        if ready:
            whole = summed is not None and len(run) == len(wanted)
            if not whole or summed[2] <= ready[0].published:  # type: ignore[index]
                return ready[0].value, ready[0].source, ready[0].published, ready[0].end
        return summed

    def newest(self, measure: str, area: str) -> tuple[float, str, str] | None:
        """(value, start, end) of the newest 12 months."""
        rows = self.of(measure, area)
        ends = {r.end for r in rows if r.kind in ("rolling_12_months", "calendar_year", "financial_year", "month")}
        for end in sorted(ends, reverse=True):
            start = year_before_the_end(end)
            found = self.span(measure, area, start, end)
            if found and found[3] == end:
                return found[0], start, end
        return None

    def pair(self, measure: str, area: str) -> tuple[float, float] | None:
        """(before, after): the newest 12 months and those a year earlier; else the two newest calendar years."""
        newest = self.newest(measure, area)
        if newest:
            before = self.span(measure, area, back_a_year(newest[1]), back_a_year(newest[2]))
            after = self.span(measure, area, newest[1], newest[2])
            if before and after and before[3] == back_a_year(newest[2]) and before[1] == after[1]:
                return before[0], newest[0]
        years = self.years(measure, area)
        return (years[-2][1], years[-1][1]) if len(years) > 1 else None

    def years(self, measure: str, area: str) -> list[tuple[int, float]]:
        """(year, value) of the calendar years up to the newest, without a gap."""
        found = []
        for year in range(2030, 2000, -1):
            hit = self.span(measure, area, f"{year}-01-01", f"{year}-12-31")
            if hit and hit[3] == f"{year}-12-31":
                found.insert(0, (year, hit[0]))
            elif found:
                break
        return found

    def rate(self, value: float, area: str) -> float:
        return value / self.people[area] * 1000


def direction(before: float, after: float) -> str:
    """up, down or same, as change.py says it decides."""
    noise = max(2 * math.sqrt(2 * (before + after)), 0.02 * before)
    return "same" if abs(after - before) <= noise else "up" if after > before else "down"


def back_a_year(day: str) -> str:
    year, month, last = int(day[:4]) - 1, int(day[5:7]), int(day[8:])
    return f"{year}-{month:02d}-{last if last == 1 else calendar.monthrange(year, month)[1]:02d}"


def year_before_the_end(end: str) -> str:
    """The first day of the 12 months that end on a day."""
    year, month = int(end[:4]), int(end[5:7])
    return f"{year}-01-01" if month == 12 else f"{year - 1}-{month + 1:02d}-01"


def _months(start: str, end: str) -> list[str]:
    year, month = int(start[:4]), int(start[5:7])
    found = []
    while f"{year}-{month:02d}" <= end[:7]:
        found.append(f"{year}-{month:02d}")
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found
