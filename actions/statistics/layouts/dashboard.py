"""What the files of the monthly crime dashboard share: long, one row an area, month, offence and kind of count.

Each crime stands in them twice, by borough and by neighbourhood team: only the boroughs' rows of offences are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from actions.statistics.layouts.columns import Source, area, column, key, month, number, rows
from bot.errors import RefusedFileError

SOURCE = Source(
    "MPS Monthly Crime Dashboard Data (London Datastore)",
    "https://data.london.gov.uk/dataset/mps-monthly-crime-dashboard-data-e5n6w",
    "offences",
)
MONTH_NAMES = ("monthyear", "month", "date")
AREA_TYPE = ("areatype",)
AREA_NAMES = ("areaname", "boroughsnt")
COUNT = ("count", "value")
MOST_IN_A_CELL = 20_000


@dataclass(frozen=True)
class Row:
    """`kind`, `detail`: group and sub-group of the offence, without case and punctuation; `name`: the area as written."""

    line: int
    first: date
    area: str
    name: str
    kind: str
    detail: str
    value: float


def offences(lines: Iterable[str], kind: tuple[str, ...], detail: tuple[str, ...]) -> Iterator[Row]:
    """The boroughs' rows of offences, one by one as they are read. Raises RefusedFileError."""
    header, body = rows(lines)
    at_month, at_type, at_area = column(header, *MONTH_NAMES), column(header, *AREA_TYPE), column(header, *AREA_NAMES)
    at_kind, at_detail = column(header, *kind), column(header, *detail)
    at_measure, at_count = column(header, "measure"), column(header, *COUNT)
    keys: dict[str, str] = {}
    for line, row in body:
        if row[at_type].strip().casefold() != "borough" or row[at_measure].strip().casefold() != "offences":
            continue
        first = month(row[at_month])
        if first is None:
            raise RefusedFileError(f"Row {line} names no month: {row[at_month][:20]!r}.")
        # the same few hundred names stand in hundreds of thousands of rows
        texts = row[at_area], row[at_kind], row[at_detail]
        for text in texts:
            if text not in keys:
                keys[text] = key(text)
        name, kind_key, detail_key = (keys[text] for text in texts)
        yield Row(
            line, first, area(texts[0]), name, kind_key, detail_key, number(row[at_count], line, MOST_IN_A_CELL)
        )  # fmt: skip
