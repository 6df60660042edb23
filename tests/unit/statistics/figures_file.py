"""Reads content/statistics.csv with nothing but the csv module, so that expected numbers come from the file itself."""

from __future__ import annotations

import csv

from bot.paths import CONTENT

WHOLE_OF_LONDON = {"Metropolitan Police Service", "London (MPS area)", "London"}

Row = dict[str, str]


def rows(measure: str, area: str = "London", period_type: str | None = None) -> list[Row]:
    """The rows of a measure in an area, oldest first."""
    with (CONTENT / "statistics.csv").open(encoding="utf-8", newline="") as file:
        found = [
            row
            for row in csv.DictReader(file)
            if row["measure"] == measure
            and (row["area"] in WHOLE_OF_LONDON if area == "London" else row["area"] == area)
            and period_type in (None, row["period_type"])
        ]
    return sorted(found, key=lambda row: (row["period_end"], row["period_start"]))


def year(measure: str, number: int, area: str = "London") -> str:
    """The value of a calendar year, as people write it."""
    (row,) = [r for r in rows(measure, area, "calendar_year") if r["period_start"] == f"{number}-01-01"]
    return written(row)


def newest(measure: str, area: str = "London", period_type: str = "rolling_12_months") -> str:
    """The newest value of a period type, as people write it."""
    return written(rows(measure, area, period_type)[-1])


def written(row: Row) -> str:
    value = float(row["value"])
    return f"{int(value):,}" if value.is_integer() else f"{value:,.1f}"


def prose(exact: str) -> str:
    """As it stands in a sentence: "about 2,300 (2,346)"; below 1,000 just the number."""
    value = int(exact.replace(",", ""))
    if value < 1000:
        return exact
    unit = 10 ** (len(str(value)) - (3 if value >= 100_000 else 2))
    rounded = (value + unit // 2) // unit * unit
    return exact if rounded == value else f"about {rounded:,} ({exact})"
