"""data.police.uk: the police team of a point, how to reach it, what it works on, and where to meet it.

Officers' names are not asked for. What a team publishes is shortened and made plain; addresses of others are left out.
"""

# ruff: noqa: UP045 - pydantic 1 reads these annotations at run time
from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import Any, Optional, TypeVar

from bot.clock import LONDON, today
from bot.errors import BadAnswerError
from bot.sources.cache import DAY, Cache, Name
from bot.sources.contacts import contact_details, link
from bot.sources.http import Fetcher
from bot.sources.shapes import Part, Shape, loaded, stored
from bot.sources.text import moment, number, plain, records

SOURCE = "data.police.uk"
TTL = DAY
USUAL_DEADLINE = 6.0
FORCE = re.compile(r"[a-z][a-z-]{1,39}")
TEAM_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}")
LONGEST_LINE, LONGEST_TEXT = 150, 800
MOST = 20
S = TypeVar("S", bound=Shape)


class Location(Part):
    """Where the team can be found: an address, not somebody's own. Degrees, WGS84, None where not given."""

    name: Optional[str]
    kind: Optional[str]
    address: Optional[str]
    postcode: Optional[str]
    latitude: Optional[float]
    longitude: Optional[float]


class Link(Part):
    """A page of the police."""

    title: str
    url: str


class Team(Shape):
    """A team and how to reach it. `contact_details`: None means "not published"; keys as in contacts.py."""

    force: str
    id: str
    name: str
    url: Optional[str]
    description: Optional[str]
    contact_details: Optional[dict[str, str]]
    locations: list[Location]
    links: list[Link]


class Priority(Shape):
    """Something the team works on, and what it has done."""

    issue: str
    issued: Optional[date]
    action: Optional[str]
    acted: Optional[date]


class Event(Shape):
    """A meeting that anybody can come to; times are London's."""

    title: str
    begins: datetime
    ends: Optional[datetime]
    address: Optional[str]
    description: Optional[str]
    kind: Optional[str]


class PoliceClient:
    """`url`: the base address of the service. Every answer is kept for a day."""

    def __init__(self, url: str, fetcher: Fetcher, cache: Cache) -> None:
        self._url, self._fetcher, self._cache = url, fetcher, cache

    async def locate(self, latitude: float, longitude: float, deadline: float = USUAL_DEADLINE) -> tuple[str, str]:
        """The force and the id of the team that a point belongs to ("metropolitan", "E05013806N").

        Raises SourceError; SourceRefusedError with status 404 where no team is.
        """
        point = f"{latitude:.6f},{longitude:.6f}"
        return await self._cache.or_fetch(
            Name("police/locate/1", point, private=True),
            TTL,
            self._fetch("/locate-neighbourhood", deadline, dict, lambda a: list(parse_located(a)), {"q": point}),
            lambda value: _pair(*value) if isinstance(value, list) and len(value) == 2 else _pair(None, None),
        )

    async def team(self, force: str, team_id: str, deadline: float = USUAL_DEADLINE) -> Team:
        """The team. Raises SourceError; SourceRefusedError with status 404 when there is none of that id."""
        path = _path(force, team_id)
        fetch = self._fetch(path, deadline, dict, lambda answer: stored(parse_team(answer, force, team_id)))
        return await self._cache.or_fetch(Name("police/team/1", path), TTL, fetch, lambda v: loaded(Team, v))

    async def priorities(self, force: str, team_id: str, deadline: float = USUAL_DEADLINE) -> list[Priority]:
        """What the team works on, newest first. Raises SourceError."""
        return await self._list(Priority, f"{_path(force, team_id)}/priorities", deadline, parse_priorities)

    async def events(self, force: str, team_id: str, deadline: float = USUAL_DEADLINE) -> list[Event]:
        """Meetings that are not over, soonest first. Raises SourceError."""
        events = await self._list(Event, f"{_path(force, team_id)}/events", deadline, parse_events)
        # what was kept yesterday may be over today
        return upcoming(events)

    async def _list(self, kind: type[S], path: str, deadline: float, parse: Callable[[Any], list[S]]) -> list[S]:
        fetch = self._fetch(path, deadline, list, lambda answer: [stored(item) for item in parse(answer)])
        name = Name(f"police/{kind.__name__.lower()}/1", path)
        return await self._cache.or_fetch(name, TTL, fetch, lambda v: [loaded(kind, i) for i in _list_of(v)])

    def _fetch(
        self,
        path: str,
        deadline: float,
        expect: type,
        clean: Callable[[Any], Any],
        params: dict[str, str] | None = None,
    ) -> Callable[[], Awaitable[Any]]:
        """A function that asks and returns the cleaned JSON; the deadline counts from now."""
        ends = time.monotonic() + deadline

        async def fetch() -> Any:
            left = ends - time.monotonic()
            return clean(await self._fetcher.get(f"{self._url}{path}", params=params, deadline=left, expect=expect))

        return fetch


def parse_located(answer: Any) -> tuple[str, str]:
    """Force and team of an answer to /locate-neighbourhood. Raises BadAnswerError."""
    found = answer if isinstance(answer, dict) else {}
    return _pair(found.get("force"), found.get("neighbourhood"))


def parse_team(answer: Any, force: str, team_id: str) -> Team:
    """The team of an answer to /{force}/{id}. Raises BadAnswerError."""
    found = answer if isinstance(answer, dict) else {}
    name = plain(found.get("name"), LONGEST_LINE)
    if name is None:
        raise BadAnswerError(f"{SOURCE} sent a team without a name: report it if it stays so.")
    places = (_location(record) for record in records(found.get("locations"), MOST))
    links = (_link(record) for record in records(found.get("links"), MOST))
    return Team(
        as_of=today(),
        force=force,
        id=team_id,
        name=name,
        url=link(found.get("url_force")),
        description=plain(found.get("description"), LONGEST_TEXT),
        contact_details=contact_details(found.get("contact_details")),
        locations=[place for place in places if place],
        links=[page for page in links if page],
    )


def parse_priorities(answer: Any) -> list[Priority]:
    """The priorities of an answer to /{force}/{id}/priorities, newest first; one without an issue is left out."""
    found = [
        Priority(
            as_of=today(),
            issue=issue,
            issued=_day(record.get("issue-date")),
            action=plain(record.get("action"), LONGEST_TEXT),
            acted=_day(record.get("action-date")),
        )
        for record in records(_list_of(answer), 10 * MOST)
        if (issue := plain(record.get("issue"), LONGEST_TEXT))
    ]
    return sorted(found, key=lambda p: p.issued or date.min, reverse=True)[:MOST]


def parse_events(answer: Any) -> list[Event]:
    """The events of an answer to /{force}/{id}/events that are not over; one without title or date is left out."""
    found = [
        Event(
            as_of=today(),
            title=title,
            begins=begins,
            ends=ends if (ends := moment(record.get("end_date"))) and ends >= begins else None,
            address=plain(record.get("address"), LONGEST_LINE),
            description=plain(record.get("description"), LONGEST_TEXT),
            kind=plain(record.get("type"), LONGEST_LINE),
        )
        for record in records(_list_of(answer), 10 * MOST)
        if (title := plain(record.get("title"), LONGEST_LINE)) and (begins := moment(record.get("start_date")))
    ]
    return upcoming(found)[:MOST]


def upcoming(events: list[Event]) -> list[Event]:
    """Those that are not over, by the day, soonest first."""
    # stored times carry London's offset but not its name
    left = [e for e in events if (e.ends or e.begins).astimezone(LONDON).date() >= today()]
    return sorted(left, key=lambda e: (e.begins, e.title))


def _location(record: dict[str, Any]) -> Location | None:
    name, address = plain(record.get("name"), LONGEST_LINE), plain(record.get("address"), LONGEST_LINE)
    if not (name or address):
        return None
    return Location(
        name=name,
        kind=plain(record.get("type"), LONGEST_LINE),
        address=address,
        postcode=plain(record.get("postcode"), 10),
        latitude=number(record.get("latitude"), 49, 61),
        longitude=number(record.get("longitude"), -9, 3),
    )


def _link(record: dict[str, Any]) -> Link | None:
    title, url = plain(record.get("title"), LONGEST_LINE), link(record.get("url"))
    return Link(title=title, url=url) if title and url else None


def _day(value: Any) -> date | None:
    found = moment(value)
    return found.date() if found else None


def _list_of(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise BadAnswerError(f"{SOURCE} sent something else than a list: report it if it stays so.")
    return value


def _pair(force: Any, team_id: Any) -> tuple[str, str]:
    if not (
        isinstance(force, str) and FORCE.fullmatch(force) and isinstance(team_id, str) and TEAM_ID.fullmatch(team_id)
    ):
        raise BadAnswerError(f"{SOURCE} named no team for a point: report it if it stays so.")
    return force, team_id


def _path(force: str, team_id: str) -> str:
    """The path of a team. Raises BadAnswerError for what can be none: both come from the service."""
    return "/{}/{}".format(*_pair(force, team_id))
