"""data.police.uk: how many crimes of each kind in the area of a ward's police team, in a month.

The area is the outline that the police publish of the team: no point of a person's is sent. Of each crime only its
category, month and number are read; where it happened is not kept.
"""

# pydantic 1 reads the annotations of shapes at run time
from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from pydantic import NonNegativeInt, root_validator

from bot.clock import today
from bot.errors import BadAnswerError, SourceRefusedError, SourceUnavailableError, TooLargeError
from bot.sources.cache import DAY, Cache, Name
from bot.sources.http import Fetcher
from bot.sources.police_uk import SOURCE, parse_located
from bot.sources.polygons import DECIMALS, Ring, area, halves, opened, simplify
from bot.sources.shapes import Shape, loaded, stored
from bot.sources.text import number

USUAL_DEADLINE = 60.0
"""Seconds: an answer for an area can take up to a minute. A person does not wait so long; callers give less."""
ASB = "anti-social-behaviour"
CATEGORY = re.compile(r"[a-z][a-z0-9-]{0,59}")
FIRST_MONTH = date(2010, 12, 1)
NEWEST_TTL, BOUNDARY_TTL, FROZEN_TTL = DAY, 30 * DAY, 365 * DAY
FROZEN_AFTER = 4
"""Months: when so many newer ones are out, the police hardly change it any more."""
LONGEST_LIST = 8_000_000
"""Bytes: the service gives at most 10,000 crimes, of about 500 bytes each."""
SPLITS = 3
SOUTH, NORTH, WEST, EAST = 51.25, 51.72, -0.55, 0.36
"""Degrees; Greater London lies within."""
SMALLEST, LARGEST = 1_000.0, 60_000_000.0
"""Square metres; the largest ward of London, Darwin, has half of that."""
MOST_RAW_POINTS, MOST_POINTS, TOLERANCE = 10_000, 100, 0.5
"""Points of an outline as published, and as it is sent; metres that it may then be off where so many points are enough."""


class StreetCounts(Shape):
    """`month`: its first day. `counts`: crimes by category of the service. `total`: their sum.

    `asb`: reports of anti-social behaviour; they are no crimes, and in neither of the others.
    """

    month: date
    counts: dict[str, NonNegativeInt]
    total: NonNegativeInt
    asb: NonNegativeInt

    @root_validator(skip_on_failure=True)
    def _adds_up(cls, values: dict[str, Any]) -> dict[str, Any]:
        if values["total"] != sum(values["counts"].values()) or ASB in values["counts"]:
            raise ValueError("the counts do not add up to the total")
        return values


class StreetCrimeClient:
    """`url`: the base address of the service."""

    def __init__(self, url: str, fetcher: Fetcher, cache: Cache) -> None:
        self._url, self._fetcher, self._cache = url, fetcher, cache

    async def last_updated(self, deadline: float = USUAL_DEADLINE) -> date:
        """The first day of the newest month with counts; asked once a day. `deadline`: seconds. Raises SourceError."""

        async def fetch() -> Any:
            answer = await self._fetcher.get(f"{self._url}/crime-last-updated", deadline=deadline)
            return parse_last_updated(answer).isoformat()

        return await self._cache.or_fetch(
            Name("police/street-updated/1", "newest"), NEWEST_TTL, fetch, lambda v: parse_last_updated({"date": v})
        )

    async def boundary(self, force: str, team: str, deadline: float = USUAL_DEADLINE) -> Ring:
        """The outline of a team's area, of at most MOST_POINTS points; kept for 30 days. `deadline`: seconds.

        Raises SourceError; SourceRefusedError with status 404 when there is no such team, BadAnswerError for an outline
        that is none, or none of a ward of London.
        """
        path = _path(force, team)

        async def fetch() -> Any:
            answer = await self._fetcher.get(f"{self._url}{path}/boundary", deadline=deadline, expect=list)
            return [list(point) for point in parse_boundary(answer)]

        return await self._cache.or_fetch(Name("police/boundary/1", path), BOUNDARY_TTL, fetch, _kept_ring)

    async def counts(self, force: str, team: str, month: date, deadline: float = USUAL_DEADLINE) -> StreetCounts:
        """The crimes of a month in a team's area. `deadline`: seconds, for all that is asked.

        Kept for a day, and asked for again when a newer month comes out; after FROZEN_AFTER newer months kept for a year.
        Raises SourceError; SourceRefusedError with status 404 for a month that is not published.
        """
        ends = time.monotonic() + deadline
        month, path = month.replace(day=1), _path(force, team)
        newest = await self.last_updated(deadline)
        if not FIRST_MONTH <= month <= newest:
            raise SourceRefusedError(f"{SOURCE} does not publish {month:%B %Y}: ask for {newest:%B %Y}.", 404)
        frozen = _months(newest) - _months(month) >= FROZEN_AFTER

        async def fetch() -> Any:
            ring = await self.boundary(force, team, ends - time.monotonic())
            return stored(counted(await self._crimes(ring, month, ends, SPLITS), month))

        key = f"{path}/{month:%Y-%m}/{'frozen' if frozen else newest.strftime('%Y-%m')}"
        return await self._cache.or_fetch(
            Name("police/street/1", key), FROZEN_TTL if frozen else DAY, fetch, lambda v: _of_month(v, month)
        )

    async def _crimes(self, ring: Ring, month: date, ends: float, splits: int) -> dict[int, str]:
        """The category of each crime by its number; in an area that is too large for the service, of one half after the other.

        A crime on the cut comes with both halves, under the same number.
        """
        try:
            answer = await self._fetcher.post(
                f"{self._url}/crimes-street/all-crime",
                form={"poly": as_poly(ring), "date": f"{month:%Y-%m}"},
                deadline=ends - time.monotonic(),
                expect=list,
                longest=LONGEST_LIST,
                read_seconds=USUAL_DEADLINE,
                parts=splits > 0,
            )
        except TooLargeError:
            parts = [half for half in halves(ring) if half]
        else:
            return parse_crimes(answer, month)
        if not parts:
            raise SourceUnavailableError(f"{SOURCE} gives no counts for the smallest area: try again later.")
        found: dict[int, str] = {}
        # not at the same time: if the service is down, the first part tells, and nobody asks for the others
        for part in parts:
            for crime, category in (await self._crimes(part, month, ends, splits - 1)).items():
                if found.setdefault(crime, category) != category:
                    raise BadAnswerError(f"{SOURCE} sent one crime under two kinds: report it if it stays so.")
        return found


def parse_last_updated(answer: Any) -> date:
    """The month of an answer to /crime-last-updated, as its first day. Raises BadAnswerError."""
    found = answer.get("date") if isinstance(answer, dict) else None
    try:
        month = date.fromisoformat(found).replace(day=1) if isinstance(found, str) else None
    except ValueError:
        month = None
    if month is None or not FIRST_MONTH <= month <= today():
        raise BadAnswerError(f"{SOURCE} did not say which month is its newest: report it if it stays so.")
    return month


def parse_boundary(answer: Any) -> Ring:
    """The outline of an answer to /{force}/{id}/boundary, made simpler. Raises BadAnswerError."""
    if not isinstance(answer, list) or not 3 <= len(answer) <= MOST_RAW_POINTS:
        raise BadAnswerError(f"{SOURCE} sent no outline of an area: report it if it stays so.")
    points = []
    for record in answer:
        found = record if isinstance(record, dict) else {}
        latitude, longitude = number(found.get("latitude"), SOUTH, NORTH), number(found.get("longitude"), WEST, EAST)
        if latitude is None or longitude is None:
            raise BadAnswerError(f"{SOURCE} sent an outline that is not in London: report it if it stays so.")
        points.append((round(latitude, DECIMALS), round(longitude, DECIMALS)))
    ring = simplify(opened(points), MOST_POINTS, TOLERANCE)
    if len(ring) < 3 or not SMALLEST <= abs(area(ring)) <= LARGEST:
        raise BadAnswerError(f"{SOURCE} sent an outline that is none of a ward: report it if it stays so.")
    return ring


def parse_crimes(answer: Any, month: date) -> dict[int, str]:
    """The category of each crime of an answer to /crimes-street, by its number.

    Raises BadAnswerError when one of them is of another month, or is not what the service promises: then none can be trusted.
    """
    if not isinstance(answer, list):
        raise BadAnswerError(f"{SOURCE} sent something else than a list: report it if it stays so.")
    asked, found = f"{month:%Y-%m}", dict[int, str]()
    for record in answer:
        crime = record if isinstance(record, dict) else {}
        key, category = crime.get("id"), crime.get("category")
        if not (type(key) is int and isinstance(category, str) and CATEGORY.fullmatch(category)):
            raise BadAnswerError(f"{SOURCE} sent a crime without its kind or number: report it if it stays so.")
        if crime.get("month") != asked:
            raise BadAnswerError(f"{SOURCE} sent crimes of another month than {asked}: report it if it stays so.")
        if found.setdefault(key, category) != category:
            raise BadAnswerError(f"{SOURCE} sent one crime under two kinds: report it if it stays so.")
    return found


def counted(crimes: Mapping[int, str], month: date) -> StreetCounts:
    """The crimes by category, seen today. Raises BadAnswerError for none at all."""
    if not crimes:
        # no ward of London is without one for a month: the police's figures for it are missing
        raise BadAnswerError(f"{SOURCE} has nothing at all for {month:%B %Y} there: its figures are missing.")
    counts = Counter(crimes.values())
    asb = counts.pop(ASB, 0)
    return StreetCounts(
        as_of=today(), month=month, counts=dict(sorted(counts.items())), total=sum(counts.values()), asb=asb
    )


def as_poly(ring: Ring) -> str:
    """The ring as the service wants it: "51.51,-0.13:51.52,-0.12:..."; the service closes it."""
    return ":".join(f"{latitude:.{DECIMALS}f},{longitude:.{DECIMALS}f}" for latitude, longitude in ring)


def _kept_ring(value: Any) -> Ring:
    pairs = [p for p in value if isinstance(p, list) and len(p) == 2] if isinstance(value, list) else []
    return parse_boundary([{"latitude": latitude, "longitude": longitude} for latitude, longitude in pairs])


def _of_month(value: Any, month: date) -> StreetCounts:
    counts = loaded(StreetCounts, value)
    if counts.month != month or not (counts.total or counts.asb):
        raise BadAnswerError("What is kept is of another month: it is asked for again.")
    return counts


def _months(day: date) -> int:
    return day.year * 12 + day.month


def _path(force: str, team: str) -> str:
    """The path of a team. Raises BadAnswerError for what can be none: both come from the service."""
    return "/{}/{}".format(*parse_located({"force": force, "neighbourhood": team}))
