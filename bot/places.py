"""From a postcode in a message to the ward, borough and police team; the postcode itself goes no further.

It is looked up before the message is masked and stored, in the process that got the message. What is passed on, and kept with
the message, is a place: a plain dict with `status` and, as far as they are known, `ward`, `borough`, `force`, `team`;
`sent` when a phone sent the point and nobody typed a postcode.
"""

from __future__ import annotations

import asyncio
import csv
import logging
import re
import time
from collections.abc import Coroutine
from functools import lru_cache
from typing import Any, NamedTuple

from bot.errors import InvalidPostcodeError, PlanError, SourceError, TerminatedPostcodeError, UnknownPostcodeError
from bot.guard.personal_data import POSTCODE
from bot.paths import CONTENT
from bot.sources.clients import Sources, open_sources
from bot.sources.postcodes_io import Place as Found

log = logging.getLogger(__name__)
BUDGET_SECONDS = 3.0
"""For both services together: the action that follows needs time of its own, and a person waits at most 8 seconds."""
MOSTLY = 0.95
BORDER = 0.1
"""Shares of an outward code's sample: nearly all in one borough; enough in two that a border runs through it."""
METROPOLITAN = "metropolitan"
FOUND, CITY, OUTSIDE, UNKNOWN, TERMINATED, UNAVAILABLE = (
    "found", "city", "outside", "unknown", "terminated", "unavailable",
)  # fmt: skip


class Point(NamedTuple):
    """Where somebody is: degrees, WGS84."""

    latitude: float
    longitude: float


class Places:
    """Looks postcodes up; one for each process. `sources`: made at the first postcode unless it is given."""

    def __init__(self, sources: Sources | None = None) -> None:
        self._sources = sources

    async def of(self, text: object) -> dict[str, Any] | None:
        """The place of the first whole postcode in a text; None when it has none. Never raises."""
        match = POSTCODE.search(text) if isinstance(text, str) else None
        if not match:
            return None
        return await self._within_budget(self._place(match.group())) or offline(match[1])

    async def at(self, point: Point) -> dict[str, Any]:
        """The place of a point that a phone has sent. Never raises; `unavailable` when it cannot be looked up."""
        found = await self._within_budget(self._around(point)) or {"status": UNAVAILABLE}
        return {**found, "sent": True}

    @staticmethod
    async def _within_budget(looking: Coroutine[Any, Any, dict[str, Any]]) -> dict[str, Any] | None:
        try:
            return await asyncio.wait_for(looking, BUDGET_SECONDS + 0.5)
        except (PlanError, asyncio.TimeoutError, OSError) as error:
            log.warning("a place was not looked up: %s", type(error).__name__)
        except Exception:
            # a fault here must not cost anybody the answer; and where they are must not get into the log
            log.error("a place was not looked up, for a reason that nobody foresaw")
        return None

    async def _around(self, point: Point) -> dict[str, Any]:
        self._sources = self._sources or open_sources()
        ends = time.monotonic() + BUDGET_SECONDS
        found = await self._sources.postcodes.nearest(point.latitude, point.longitude, BUDGET_SECONDS)
        if found is None:
            return {"status": OUTSIDE, "district": None}
        place = _named(found)
        if place["status"] == FOUND:
            place |= await self._team(point, ends - time.monotonic())
        return place

    async def _place(self, postcode: str) -> dict[str, Any]:
        self._sources = self._sources or open_sources()
        ends = time.monotonic() + BUDGET_SECONDS
        outward = re.sub(r"[\s-]", "", postcode)[:-3]
        try:
            found = await self._sources.postcodes.lookup(postcode, BUDGET_SECONDS)
        except TerminatedPostcodeError as error:
            return {"status": TERMINATED, "year": error.year, "month": error.month}
        except (UnknownPostcodeError, InvalidPostcodeError):
            return {"status": UNKNOWN}
        except SourceError as error:
            log.warning("postcodes.io gave no answer: %s", error)
            return offline(outward)
        place = _named(found)
        if sum(share >= BORDER for _, share in boroughs_of(outward)) > 1:
            place["near_border"] = True
        if place["status"] == FOUND:
            place |= await self._team(Point(found.latitude, found.longitude), ends - time.monotonic())
        return place

    async def _team(self, point: Point, left: float) -> dict[str, str]:
        """The police team of the point; empty when it could not be had, and the ward is still told."""
        try:
            assert self._sources
            force, team = await self._sources.police.locate(point.latitude, point.longitude, left)
        except SourceError as error:
            log.warning("data.police.uk named no team: %s", error)
            return {}
        return {"force": force, "team": team}


def _named(found: Found) -> dict[str, Any]:
    if not found.in_greater_london:
        return {"status": OUTSIDE, "district": found.borough}
    status = CITY if found.in_city_of_london else FOUND
    return {"status": status, "ward": found.ward, "borough": found.borough, "as_of": found.as_of.isoformat()}


def offline(outward: str) -> dict[str, Any]:
    """What the stored table says of an outward code: the borough if it lies nearly all in one, else those it lies in."""
    boroughs = boroughs_of(outward)
    if not boroughs:
        return {"status": UNAVAILABLE}
    first, share = boroughs[0]
    if first == "City of London" and share >= MOSTLY:
        return {"status": CITY, "borough": first}
    sure = share >= MOSTLY or len(boroughs) == 1
    return {"status": UNAVAILABLE, "boroughs": [b for b, _ in boroughs], **({"borough": first} if sure else {})}


def boroughs_of(outward: str) -> list[tuple[str, float]]:
    """(borough, share) of an outward code ("SE15"), the largest first; empty when London has no such code."""
    return _outward_codes().get(outward.strip().upper(), [])


def boroughs_named(parsed: dict[str, Any]) -> tuple[str, ...]:
    """The boroughs of a parsed message: named, or of its postcode; an outward code counts where it lies nearly all in one."""
    entities = [(e.get("entity"), str(e.get("value"))) for e in parsed.get("entities") or []]
    place = (parsed.get("metadata") or {}).get("place") or {}
    found = [place.get("borough"), *(value for kind, value in entities if kind == "area" and value != "London")]
    if not place:
        found += [offline(value.split()[0]).get("borough") for kind, value in entities if kind == "postcode" and value]
    return tuple(dict.fromkeys(str(b) for b in found if b))


@lru_cache(maxsize=1)
def _outward_codes() -> dict[str, list[tuple[str, float]]]:
    codes: dict[str, list[tuple[str, float]]] = {}
    with (CONTENT / "areas.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            codes.setdefault(row["outcode"], []).append((row["borough"], float(row["share"] or 0)))
    return {code: sorted(found, key=lambda pair: -pair[1]) for code, found in codes.items()}
