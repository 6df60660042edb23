"""What Londoners think of the police: per cent of twelve months' answers, at the end of each quarter."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator
from datetime import date

from actions.statistics import checks
from actions.statistics.figure import LONDON, ROLLING, Figure
from actions.statistics.layouts.columns import Source, after, column, end_of, key, month, number, rows
from bot.errors import RefusedFileError

SOURCE = Source(
    "Public Perceptions of the Police: MOPAC Public Attitude Survey (London Datastore)",
    "https://data.london.gov.uk/dataset/public-perceptions-of-the-police-2lz3x/",
    "percent",
)
CONFIDENCE = "pas_good_job_local"
DATE, MEASURE, SHARE = ("date", "quarter"), ("measure", "question"), ("proportion", "percentage", "percent")
QUESTIONS = {
    "do a good job in the local area": CONFIDENCE,
    "dealing with the things that matter to this community": "pas_deal_with_things_that_matter",
    "relied upon to be there when needed": "pas_relied_on",
    "listen to the concerns of local people": "pas_listen",
    "treat everyone fairly": "pas_treat_fairly",
    "well informed about local police": "pas_well_informed",
    "contact their local ward officer": "pas_know_ward_officer",
}
"""Words of the survey's fixed questions."""


def fits(header: Collection[str]) -> bool:
    """Whether a file with these columns is in this layout."""
    return all(any(name in header for name in names) for names in (DATE, MEASURE, SHARE))


def read(lines: Iterable[str], *, published: date, today: date) -> Iterator[Figure]:
    """Per cent who agree, for each question that is known here. Raises RefusedFileError."""
    header, body = rows(lines)
    at_date, at_measure, at_share = column(header, *DATE), column(header, *MEASURE), column(header, *SHARE)
    found: dict[tuple[str, date], float] = {}
    for line, row in body:
        last = month(row[at_date])
        if last is None:
            raise RefusedFileError(f"Row {line} names no month: {row[at_date][:20]!r}.")
        asked = key(row[at_measure])
        measure = next((name for words, name in QUESTIONS.items() if words in asked), None)
        if measure is None:
            continue
        if (measure, last) in found:
            raise RefusedFileError(f"Row {line} repeats {measure} of {last:%B %Y}.")
        found[measure, last] = number(row[at_share].strip().removesuffix("%"), line, 100)
    checks.cells(sum(map(math.isnan, found.values())), len(found))
    checks.months({last for _, last in found}, today=today, fewest=1, step=3)
    # some editions write 0.46 for 46 per cent
    scale = 100 if all(value <= 1 for value in found.values() if not math.isnan(value)) else 1
    for (measure, last), value in sorted(found.items()):
        if not math.isnan(value):
            first = after(last).replace(year=after(last).year - 1)
            yield Figure(
                measure, LONDON, first, end_of(last), ROLLING, round(value * scale, 1),
                SOURCE.unit, SOURCE.title, SOURCE.url, published,
            )  # fmt: skip
