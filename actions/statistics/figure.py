"""What the store keeps: a figure with its period, area, source and date, and the edition of a file that brought it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

LONDON = "London"
HEATHROW = "Heathrow"
WHOLE_OF_LONDON = frozenset({"Metropolitan Police Service", "London (MPS area)", LONDON})
MONTH, YEAR, FINANCIAL_YEAR, ROLLING, SNAPSHOT, PART = (
    "month", "calendar_year", "financial_year", "rolling_12_months", "snapshot", "part",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """One figure. `area`: a borough, Heathrow, or London for the whole of the Met's area.

    `period_type`: month, calendar_year, financial_year, rolling_12_months, snapshot (a count on one day), or part (any other
    stretch of whole months). `published`: the date on the source, or of the copy held; None where it shows none.
    `provisional`: the source still changes it.
    """

    measure: str
    area: str
    start: date
    end: date
    period_type: str
    value: float
    unit: str
    source_title: str
    source_url: str
    published: date | None = None
    provisional: bool = False
    notes: str = ""


@dataclass(frozen=True)
class Edition:
    """A file as it was taken in. `etag`: None where the server gave none; `checksum`: SHA-256; `total`: the sum of its values."""

    origin: str
    url: str
    etag: str | None
    checksum: str
    loaded: datetime
    first_day: date | None
    last_day: date | None
    rows: int
    total: float


@dataclass(frozen=True)
class Population:
    """People who live in an area on a day, from the Office for National Statistics."""

    area: str
    day: date
    value: int
    source: str
    url: str
