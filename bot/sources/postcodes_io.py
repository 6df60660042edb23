"""postcodes.io: the ward, borough, police area and point of a postcode, boroughs of an outward code, and places by name."""

# ruff: noqa: UP045 - pydantic 1 reads these annotations at run time
from __future__ import annotations

import re
import time
from typing import Any, Optional

from bot.clock import today
from bot.errors import (
    BadAnswerError,
    InvalidPostcodeError,
    SourceError,
    SourceRefusedError,
    TerminatedPostcodeError,
    UnknownPostcodeError,
)
from bot.sources.cache import DAY, Cache, Name
from bot.sources.http import Fetcher
from bot.sources.shapes import Shape, loaded, stored
from bot.sources.text import number, plain, records

SOURCE = "postcodes.io"
TTL = 30 * DAY
USUAL_DEADLINE = 6.0
"""Seconds: an action has eight (actions/base.py), and needs some for its answer."""
WHOLE = re.compile(r"([A-Z]{1,2}\d[A-Z\d]?)(\d[ABD-HJLNP-UW-Z]{2})")
OUTWARD = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?")
CODE = re.compile(r"[A-Z]\d{8}")
MET, CITY_OF_LONDON = "E23000001", "E09000001"
LONGEST_NAME = 60
MOST_PLACES = "100"
RADIUS = "2000"
"""Metres: the most that the service looks around."""


class Place(Shape):
    """Where a postcode is; names and codes are None where the source has none. Degrees, WGS84."""

    ward: Optional[str]
    ward_code: Optional[str]
    borough: Optional[str]
    borough_code: Optional[str]
    region: Optional[str]
    police_force_code: Optional[str]
    latitude: float
    longitude: float

    @property
    def in_greater_london(self) -> bool:
        return self.region == "London"

    @property
    def in_city_of_london(self) -> bool:
        """The square mile, which has a police force of its own."""
        return self.borough_code == CITY_OF_LONDON

    @property
    def in_met_area(self) -> bool:
        return self.police_force_code == MET


class NamedPlace(Shape):
    """A place of Greater London that was found by name. Degrees, WGS84."""

    name: str
    borough: Optional[str]
    latitude: float
    longitude: float


class PostcodesClient:
    """`url`: the base address of the service."""

    def __init__(self, url: str, fetcher: Fetcher, cache: Cache) -> None:
        self._url, self._fetcher, self._cache = url, fetcher, cache

    async def lookup(self, postcode: str, deadline: float = USUAL_DEADLINE) -> Place:
        """Where the postcode is; kept for 30 days.

        Raises InvalidPostcodeError, UnknownPostcodeError, TerminatedPostcodeError and SourceError.
        """
        outward, inward = split(postcode)
        ends = time.monotonic() + deadline

        async def fetch() -> Any:
            try:
                answer = await self._fetcher.get(f"{self._url}/postcodes/{outward}{inward}", deadline=_left(ends))
            except SourceRefusedError as error:
                raise await self._why_refused(f"{outward}{inward}", error, ends) from error
            return stored(parse_place(answer))

        name = Name("postcodes.io/place/1", f"{outward}{inward}", private=True)
        return await self._cache.or_fetch(name, TTL, fetch, lambda value: loaded(Place, value))

    async def nearest(self, latitude: float, longitude: float, deadline: float = USUAL_DEADLINE) -> Place | None:
        """The place of the nearest postcode, or None when there is none about; kept for 30 days. Raises SourceError.

        The point is asked for to about ten metres. One that is no place on Earth has none, and is not asked for.
        """
        if not (abs(latitude) <= 90 and abs(longitude) <= 180):  # also what is not a number at all
            return None
        point = f"{latitude:.4f}", f"{longitude:.4f}"
        ends = time.monotonic() + deadline

        async def fetch() -> Any:
            # without a radius it looks 100 m around, and people in a large park would be nowhere
            params = {"lat": point[0], "lon": point[1], "limit": "1", "radius": RADIUS}
            answer = await self._fetcher.get(f"{self._url}/postcodes", params=params, deadline=_left(ends))
            found = parse_nearest(answer)
            return found and stored(found)

        kept_as = Name("postcodes.io/point/1", ",".join(point), private=True)
        return await self._cache.or_fetch(kept_as, TTL, fetch, lambda v: None if v is None else loaded(Place, v))

    async def outcode(self, outcode: str, deadline: float = USUAL_DEADLINE) -> list[str]:
        """The districts that an outward code ("SE15") lies in, also those outside London; kept for 30 days.

        Raises InvalidPostcodeError, UnknownPostcodeError and SourceError.
        """
        text = re.sub(r"\s", "", outcode).upper()
        if not OUTWARD.fullmatch(text):
            raise InvalidPostcodeError("That is not the first half of a postcode: ask for one like SE15.")
        ends = time.monotonic() + deadline

        async def fetch() -> Any:
            try:
                answer = await self._fetcher.get(f"{self._url}/outcodes/{text}", deadline=_left(ends))
            except SourceRefusedError as error:
                if _said(error).startswith(("outcode not found", "invalid outcode")):
                    raise UnknownPostcodeError("No postcode begins like that: ask for another.") from error
                raise
            return parse_outcode(answer)

        return await self._cache.or_fetch(Name("postcodes.io/outcode/1", text), TTL, fetch, _names)

    async def place(self, name: str, deadline: float = USUAL_DEADLINE) -> NamedPlace | None:
        """The best match in Greater London for a name ("Peckham"), or None; kept for 30 days. Raises SourceError."""
        text = (plain(name, LONGEST_NAME) or "").casefold()
        if sum(c.isalpha() for c in text) < 2:
            return None
        ends = time.monotonic() + deadline

        async def fetch() -> Any:
            params = {"q": text, "limit": MOST_PLACES}
            answer = await self._fetcher.get(f"{self._url}/places", params=params, deadline=_left(ends))
            found = parse_places(answer, text)
            return found and stored(found)

        # private, because people type their address when they are asked for a place
        kept_as = Name("postcodes.io/name/1", text, private=True)
        return await self._cache.or_fetch(kept_as, TTL, fetch, lambda v: None if v is None else loaded(NamedPlace, v))

    async def _why_refused(self, postcode: str, error: SourceRefusedError, ends: float) -> Exception:
        """What a refusal says of the postcode; the refusal itself when it says nothing of it."""
        said = _said(error)
        if said.startswith("invalid postcode"):
            return InvalidPostcodeError("That is not a postcode: ask for one like SE15 4NX.")
        if not said.startswith("postcode not found"):
            return error
        body = error.body.get("terminated") if isinstance(error.body, dict) else None
        if not isinstance(body, dict):
            # before December 2025 the service did not say so by itself
            try:
                url = f"{self._url}/terminated_postcodes/{postcode}"
                body = (await self._fetcher.get(url, deadline=_left(ends))).get("result")
            except SourceError:
                body = None
        return terminated(body) or UnknownPostcodeError("There is no such postcode: check it, or give the borough.")


def split(postcode: str) -> tuple[str, str]:
    """The outward and inward part, upper case. Raises InvalidPostcodeError."""
    match = WHOLE.fullmatch(re.sub(r"[\s-]", "", postcode).upper())
    if not match:
        raise InvalidPostcodeError("That is not a postcode: ask for one like SE15 4NX.")
    return match[1], match[2]


def parse_place(answer: Any) -> Place:
    """The place of an answer to /postcodes/{postcode}. Raises BadAnswerError, or UnknownPostcodeError off the map."""
    result = _result(answer, dict)
    codes = result.get("codes") if isinstance(result.get("codes"), dict) else {}
    latitude, longitude = number(result.get("latitude"), 49, 61), number(result.get("longitude"), -9, 3)
    if "latitude" in result and result["latitude"] is None and result.get("region") is None:
        raise UnknownPostcodeError("That postcode has no place on the map of Great Britain: give another.")
    if latitude is None or longitude is None:
        raise BadAnswerError(f"{SOURCE} gave no place for a postcode: report it if it stays so.")
    return Place(
        as_of=today(),
        ward=plain(result.get("admin_ward"), LONGEST_NAME),
        ward_code=_code(codes.get("admin_ward")),
        borough=plain(result.get("admin_district"), LONGEST_NAME),
        borough_code=_code(codes.get("admin_district")),
        region=plain(result.get("region"), LONGEST_NAME),
        police_force_code=_code(codes.get("pfa")),
        latitude=latitude,
        longitude=longitude,
    )


def parse_nearest(answer: Any) -> Place | None:
    """The first place of an answer to /postcodes?lat=&lon=, which is null far from any. Raises BadAnswerError."""
    if isinstance(answer, dict) and "result" in answer and answer["result"] is None:
        return None
    found = _result(answer, list)
    try:
        return parse_place({"result": found[0]}) if found else None
    except UnknownPostcodeError as error:
        raise BadAnswerError(f"{SOURCE} gave no place near a point: report it if it stays so.") from error


def parse_outcode(answer: Any) -> list[str]:
    """The districts of an answer to /outcodes/{outcode}. Raises BadAnswerError."""
    return _names(_result(answer, dict).get("admin_district"))


def parse_places(answer: Any, name: str) -> NamedPlace | None:
    """The best match in London: of that very name if there is one, else the service's first. Raises BadAnswerError."""
    in_london = [r for r in records(_result(answer, list), int(MOST_PLACES)) if r.get("region") == "London"]
    found = [place for place in map(_named_place, in_london) if place]
    return next((p for p in found if _folded(p.name) == _folded(name)), found[0] if found else None)


def terminated(body: Any) -> TerminatedPostcodeError | None:
    """What an object of the service says of the end of a postcode; None when it is no such object."""
    if isinstance(body, list):  # as openapi.json has it; the service sends one object
        body = next(iter(records(body, 1)), None)
    if not isinstance(body, dict) or not ("postcode" in body or "year_terminated" in body):
        return None
    year, month = number(body.get("year_terminated"), 1970, 2100), number(body.get("month_terminated"), 1, 12)
    return TerminatedPostcodeError(
        "That postcode is no longer in use: ask for the present one, or the borough.",
        int(year) if year else None,
        int(month) if month else None,
    )


def _named_place(record: dict[str, Any]) -> NamedPlace | None:
    # the first name of each pair is in openapi.json, the second in the documentation's examples
    name = plain(record.get("name_1") or record.get("place_name"), LONGEST_NAME)
    borough = plain(record.get("district_borough") or record.get("admin_district"), LONGEST_NAME)
    latitude, longitude = number(record.get("latitude"), 51, 52), number(record.get("longitude"), -1, 1)
    if name is None or latitude is None or longitude is None:
        return None
    return NamedPlace(as_of=today(), name=name, borough=borough, latitude=latitude, longitude=longitude)


def _result(answer: Any, expect: type) -> Any:
    result = answer.get("result") if isinstance(answer, dict) else None
    if not isinstance(result, expect):
        raise BadAnswerError(f"{SOURCE} sent an answer without its result: report it if it stays so.")
    return result


def _names(value: Any) -> list[str]:
    """Names in a list. Raises BadAnswerError when there is none in it."""
    names = [plain(v, LONGEST_NAME) for v in value[:50]] if isinstance(value, list) else []
    if not any(names):
        raise BadAnswerError(f"{SOURCE} named no district: report it if it stays so.")
    return [n for n in names if n]


def _said(error: SourceRefusedError) -> str:
    """The service's own words; another 404 ("Resource not found") comes from a wrong address, not a wrong postcode."""
    said = error.body.get("error") if error.status == 404 and isinstance(error.body, dict) else None
    return said.lower() if isinstance(said, str) else ""


def _code(value: Any) -> str | None:
    return value if isinstance(value, str) and CODE.fullmatch(value) else None


def _folded(name: str) -> str:
    """As the service compares names: without apostrophes, hyphens as spaces."""
    return re.sub(r"['’]", "", name).replace("-", " ").casefold()


def _left(ends: float) -> float:
    return ends - time.monotonic()
