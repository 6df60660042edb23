"""What all layouts share: columns found by name, cells as numbers and months, areas by their official names."""

from __future__ import annotations

import csv
import re
from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from actions.statistics import seed
from actions.statistics.figure import MONTH, Figure
from bot.errors import RefusedFileError

HEATHROW, UNKNOWN, ELSEWHERE = "Heathrow", "Unknown", "Elsewhere"
CITY = "City of London"
UNKNOWN_NAMES = frozenset({"unknown", "unmapped", "not known", "other nk", "nk", "n k", "n k legacy only", "other"})
LONGEST_CELL = 2000
"""Characters. A longer cell means that a quotation mark was left open."""
UNKNOWN_SHARE = 0.02
NOT_KNOWN = float("nan")
_MONTHS = {
    m: n for n, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(\D|$))")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Source:
    """Title and address as content/statistics.csv writes them, and the unit of the figures."""

    title: str
    url: str
    unit: str

    def monthly(
        self, measure: str, area: str, month: date, value: float, *, published: date, provisional: bool, notes: str = ""
    ) -> Figure:
        """A figure of the month that begins on the day."""
        return Figure(
            measure,
            area,
            month,
            end_of(month),
            MONTH,
            value,
            self.unit,
            self.title,
            self.url,
            published,
            provisional,
            notes,
        )


def key(text: str) -> str:
    """A name without case and punctuation: "Hammersmith & Fulham" is "hammersmith and fulham"."""
    return " ".join(re.findall(r"[a-z0-9]+", text.replace("&", " and ").casefold()))


def columns(line: str) -> list[str]:
    """The columns of a header line, each without case, punctuation and spaces."""
    try:
        return [key(cell).replace(" ", "") for cell in next(csv.reader([line]), [])]
    except csv.Error:
        return []


def rows(lines: Iterable[str]) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The columns, and the rows with their line numbers. Raises RefusedFileError, also while it is read."""
    reader = csv.reader(lines)
    try:
        header = next(reader, [])
    except csv.Error as error:
        raise RefusedFileError(f"It is no table of text ({error}).") from error
    if not any(cell.strip() for cell in header):
        raise RefusedFileError("It is empty.")
    if header[0].lstrip().startswith("<"):
        raise RefusedFileError("It is a web page, not a table.")
    return [key(cell).replace(" ", "") for cell in header], _rows(reader, len(header))


def _rows(reader: Iterator[list[str]], width: int) -> Iterator[tuple[int, list[str]]]:
    line = 1
    try:
        for line, row in enumerate(reader, 2):
            if len(row) != width:
                if not any(cell.strip() for cell in row):
                    continue
                raise RefusedFileError(
                    f"It breaks off, or is broken, in row {line}: {len(row)} cells instead of {width}."
                )
            yield line, row
    except csv.Error as error:
        raise RefusedFileError(f"It cannot be read after row {line} ({error}).") from error


def column(header: Sequence[str], *names: str) -> int:
    """The place of the first column that has one of the names. Raises RefusedFileError when none has."""
    for name in names:
        if name in header:
            return header.index(name)
    raise RefusedFileError(f"It has no column {names[0]!r}.")


def number(text: str, line: int, most: float) -> float:
    """The number in a cell; NOT_KNOWN for a blank or for words. Raises RefusedFileError below 0 or above `most`."""
    text = text.strip()
    if text.isascii() and text.isdigit() and len(text) < 16:
        value = float(text)
    else:
        text = _THOUSANDS.sub("", text)
        if not _NUMBER.fullmatch(text):
            if len(text) > LONGEST_CELL:
                raise RefusedFileError(f"A cell of row {line} has {len(text)} characters.")
            return NOT_KNOWN
        value = float(text)
    if not 0 <= value <= most:
        raise RefusedFileError(f"Row {line} has the number {text[:20]}, which cannot be right.")
    return value


@lru_cache(maxsize=2048)
def month(text: str) -> date | None:
    """The first day of the month that a cell names: 202101, 2021-01-01, 01/01/2021 (day first), Jan-21, January 2021."""
    text = text.strip().split("T")[0].removesuffix(" 00:00:00").removesuffix(" 00:00")
    found: tuple[int, int] | None = None
    if (match := re.fullmatch(r"(\d{4})(\d\d)", text)) or (
        match := re.fullmatch(r"(\d{4})[-/](\d\d?)(?:[-/]\d\d?)?", text)
    ):
        found = int(match[1]), int(match[2])
    elif match := re.fullmatch(r"(?:\d\d?[-/])?(\d\d?)[-/](\d{4})", text):
        found = int(match[2]), int(match[1])
    elif match := re.fullmatch(r"(?:\d\d?[- ])?([A-Za-z]{3})[a-z]*[- ](\d\d|\d{4})", text):
        year = int(match[2])
        found = year if year > 99 else 2000 + year, _MONTHS.get(match[1].lower(), 0)
    if found is None or not (2000 <= found[0] <= 2100 and 1 <= found[1] <= 12):
        return None
    return date(*found, 1)


def end_of(first: date) -> date:
    """The last day of the month."""
    return first.replace(day=monthrange(first.year, first.month)[1])


def after(first: date) -> date:
    """The first day of the next month."""
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


@lru_cache(maxsize=2048)
def area(text: str) -> str:
    """A borough's official name, HEATHROW, UNKNOWN, or ELSEWHERE for whatever else the Met counts apart."""
    name = key(text)
    if name in _boroughs():
        return _boroughs()[name]
    if "heathrow" in name or name.startswith("aviation"):
        return HEATHROW
    return UNKNOWN if name in UNKNOWN_NAMES else ELSEWHERE


@lru_cache(maxsize=1)
def _boroughs() -> dict[str, str]:
    # the City has a police force of its own: what the Met counts there is no figure of that area
    return {key(name): name for name in seed.areas() - {CITY}} | {"city of westminster": "Westminster"}


def boroughs() -> frozenset[str]:
    """The 32 official names."""
    return frozenset(_boroughs().values())
