"""postcodes.io: places, ends of postcodes, outward codes, names; only typed errors, and nothing wrong kept."""

from __future__ import annotations

import asyncio
import json
import logging
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import (
    BadAnswerError,
    InvalidPostcodeError,
    PostcodeError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
    TerminatedPostcodeError,
    UnknownPostcodeError,
)
from bot.sources.clients import Sources
from bot.sources.postcodes_io import (
    NamedPlace,
    Place,
    parse_nearest,
    parse_outcode,
    parse_place,
    parse_places,
    split,
    terminated,
)
from tests import misbehaving
from tests.misbehaving import MODES, Misbehaving
from tests.service_answers import BORDER, CITY, ENDED, ENDED_SILENTLY, KENT, PECKHAM, POSTCODES
from tests.unit.sources.conftest import EXAMPLES, kept
from tests.unit.sources.test_text import JSON

DAY = date(2026, 11, 22)
BAD = [m for m in MODES if m != "well" and not m.endswith("_once")]
examples = pytest.mark.skipif(
    not EXAMPLES.exists(), reason="the example answers (../shared/data/api-examples) are not here"
)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_TODAY", DAY.isoformat())


async def test_lookup(sources: Sources, server: Misbehaving) -> None:
    place = await sources.postcodes.lookup(" se15  9zz ")
    assert place == Place(
        as_of=DAY, ward="Peckham", ward_code="E05011110", borough="Southwark", borough_code="E09000028", region="London",
        police_force_code="E23000001", latitude=51.474191, longitude=-0.069136,
    )  # fmt: skip
    assert server.asked == ["/postcodes/SE159ZZ"]
    assert await sources.postcodes.lookup("SE15-9ZZ") == place
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("postcode", "london", "city", "met"),
    [(PECKHAM, True, False, True), (CITY, True, True, False), (KENT, False, False, False), (BORDER, True, False, True)],
)
async def test_where_it_is(sources: Sources, postcode: str, london: bool, city: bool, met: bool) -> None:
    place = await sources.postcodes.lookup(postcode)
    assert (place.in_greater_london, place.in_city_of_london, place.in_met_area) == (london, city, met)


@pytest.mark.parametrize(("postcode", "year", "month", "calls"), [(ENDED, 2017, 6, 1), (ENDED_SILENTLY, 2009, 12, 2)])
async def test_no_longer_in_use(
    sources: Sources, server: Misbehaving, path: Path, postcode: str, year: int, month: int, calls: int
) -> None:
    with pytest.raises(TerminatedPostcodeError) as ended:
        await sources.postcodes.lookup(postcode)
    assert (ended.value.year, ended.value.month) == (year, month)
    assert len(server.asked) == calls
    assert kept(path) == 0


async def test_unknown(sources: Sources, path: Path) -> None:
    with pytest.raises(UnknownPostcodeError):
        await sources.postcodes.lookup("SE15 9ZX")
    assert kept(path) == 0


@pytest.mark.parametrize("text", ["", "SE15", "hello", "SE15 9CC", "../../x", "SE15 9ZZ?x=y", "1" * 1000, "ＳＥ15 9ZZ"])
async def test_not_valid_is_not_even_asked(sources: Sources, server: Misbehaving, text: str) -> None:
    with pytest.raises(InvalidPostcodeError):
        await sources.postcodes.lookup(text)
    assert not server.asked


@given(st.text(max_size=12))
def test_any_text_is_a_postcode_or_not_valid(text: str) -> None:
    try:
        outward, inward = split(text)
    except InvalidPostcodeError:
        return
    assert (outward + inward).isascii() and (outward + inward).isalnum()


@pytest.mark.parametrize("mode", BAD)
async def test_bad_days(sources: Sources, server: Misbehaving, path: Path, mode: str) -> None:
    server.mode = mode
    errors = await asyncio.gather(
        sources.postcodes.lookup(PECKHAM, 0.5),
        sources.postcodes.outcode("SE15", 0.5),
        sources.postcodes.place("Peckham", 0.5),
        return_exceptions=True,
    )
    assert all(isinstance(error, SourceError) for error in errors), errors
    assert not any(word in str(errors) for word in ("SE15", "9ZZ", "Peckham"))
    assert kept(path) == 0
    server.mode = "well"
    assert await sources.postcodes.lookup(PECKHAM)


async def test_an_older_answer_serves(sources: Sources, server: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> None:
    place = await sources.postcodes.lookup(PECKHAM)
    later = sources.postcodes._cache._now() + 31 * 86_400
    monkeypatch.setattr(sources.postcodes._cache, "_now", lambda: later)
    monkeypatch.setenv("PLAN_TODAY", "2026-12-23")
    server.mode = "dead"
    assert await sources.postcodes.lookup(PECKHAM, 0.6) == place
    server.mode = "well"
    assert (await sources.postcodes.lookup(PECKHAM)).as_of == date(2026, 12, 23)


async def test_no_postcode_in_logs_or_files(
    sources: Sources, server: Misbehaving, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    place = await sources.postcodes.lookup(PECKHAM)
    await sources.police.locate(place.latitude, place.longitude)
    server.mode = "down"
    with pytest.raises(SourceUnavailableError):
        await sources.postcodes.lookup(CITY, 0.6)
    files = b"".join(p.read_bytes() for p in path.parent.iterdir())
    for word in ("SE159ZZ", "SE15 9ZZ", "EC2V", "9ZZ", "51.474", "-0.069"):
        assert word not in caplog.text
        assert word.encode() not in files


async def test_outcode(sources: Sources, server: Misbehaving) -> None:
    assert await sources.postcodes.outcode("se15 ") == ["Southwark", "Lewisham"]
    assert await sources.postcodes.outcode("SE15") == ["Southwark", "Lewisham"]
    assert len(server.asked) == 1
    with pytest.raises(UnknownPostcodeError):
        await sources.postcodes.outcode("SE99")
    with pytest.raises(InvalidPostcodeError):
        await sources.postcodes.outcode("../x")


async def test_place(sources: Sources, server: Misbehaving) -> None:
    found = NamedPlace(as_of=DAY, name="Peckham", borough="Southwark", latitude=51.4735, longitude=-0.0695)
    assert await sources.postcodes.place("peckham") == found
    assert await sources.postcodes.place("Peckham ") == found
    assert len(server.asked) == 1
    assert (await sources.postcodes.place("Peckham R")).name == "Peckham Rye"
    assert await sources.postcodes.place("Peckham Bush") is None
    assert await sources.postcodes.place("nowhere") is await sources.postcodes.place("nowhere") is None
    asked = len(server.asked)
    for text in ("", " ", "7", "\ud800\u202e", "<p>"):
        assert await sources.postcodes.place(text) is None
    assert len(server.asked) == asked


async def test_a_wrong_address_is_not_an_unknown_postcode(sources: Sources, server: Misbehaving) -> None:
    sources.postcodes._url = server.url + "/v0"
    with pytest.raises(SourceRefusedError):
        await sources.postcodes.lookup(PECKHAM)


def test_fields_that_are_missing() -> None:
    result = {
        **POSTCODES["SE159ZZ"],
        "admin_ward": None,
        "region": 7,
        "codes": {"pfa": ["E23000001"], "admin_ward": "<b>"},
    }
    del result["admin_district"]
    place = parse_place({"status": 200, "result": result})
    assert (place.ward, place.borough, place.region, place.police_force_code, place.ward_code) == (None,) * 5
    for point in (None, "x", True, 91, [51]):
        with pytest.raises(BadAnswerError):
            parse_place({"result": {**POSTCODES["SE159ZZ"], "latitude": point}})
    with pytest.raises(UnknownPostcodeError, match="map"):  # Jersey
        parse_place({"result": {"latitude": None, "longitude": None, "region": None}})


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        k: JSON | st.sampled_from([51.5, -0.1, "London", "E09000001"])
        for k in ("latitude", "longitude", "region", "admin_ward", "codes", "admin_district", "name_1", "postcode",
                  "year_terminated", "month_terminated", "district_borough", "place_name")
    },
)  # fmt: skip


@given(JSON | st.fixed_dictionaries({"result": JSON | FIELDS | st.lists(FIELDS, max_size=3)}))
def test_any_json_gives_an_answer_or_a_typed_error(answer: Any) -> None:
    for parse in (parse_place, parse_nearest, parse_outcode, lambda a: parse_places(a, "x")):
        try:
            parse(answer)
        except (SourceError, PostcodeError):
            continue
    terminated(answer)
    terminated(answer.get("result") if isinstance(answer, dict) else None)


@examples
def test_real_answers() -> None:
    def read(name: str) -> Any:
        return json.loads((EXAMPLES / "postcodes" / name).read_text(encoding="utf-8"))

    kent = parse_place(read("postcode_BR87RE.json"))
    assert (kent.ward, kent.borough_code, kent.police_force_code) == ("Hextable", "E07000111", "E23000032")
    assert not kent.in_greater_london
    london = parse_place({"result": read("postcode_query_SW1A.json")["result"][0]})
    assert london.in_met_area and london.borough == "Westminster"
    near = parse_nearest(read("reverse-geocode_SW1A2DD.json"))
    assert near and (near.ward, near.borough_code, near.in_met_area) == ("St James's", "E09000033", True)
    assert parse_outcode(read("outcode_BR8.json")) == ["Sevenoaks", "Bromley"]
    named = parse_places(read("place_query_London.json"), "london")
    assert named and (named.name, named.borough) == ("London", "Westminster")
    ended = terminated(read("postcode_404_terminated_AB10AA.json")["terminated"])
    assert ended and (ended.year, ended.month) == (1996, 6)
    ended = terminated(read("terminated_postcode_E1W1UU.json")["result"])
    assert ended and (ended.year, ended.month) == (2007, 12)
    assert terminated(read("postcode_404_not-found.json")) is None


# the nearest postcode of a point

SEA = (51.5, 2.5)


@pytest.fixture
def around(server: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> Misbehaving:
    """The service, asked for points: Peckham everywhere but at sea."""
    usual = misbehaving.answer

    def answer(path: str, form: str = "") -> tuple[int, Any]:
        if not path.startswith("/postcodes?"):
            return usual(path, form)
        found = [{**POSTCODES["SE159ZZ"], "distance": 10.58}]
        return 200, {"status": 200, "result": None if "lon=2.5" in path else found}

    monkeypatch.setattr(misbehaving, "answer", answer)
    return server


async def test_nearest(sources: Sources, around: Misbehaving, path: Path) -> None:
    place = await sources.postcodes.nearest(51.4741911, -0.0691364)
    assert place == await sources.postcodes.lookup(PECKHAM)
    # about ten metres, and far enough for the middle of a park
    assert around.asked[0] == "/postcodes?lat=51.4742&lon=-0.0691&limit=1&radius=2000"
    assert await sources.postcodes.nearest(51.4741999, -0.0691001) == place
    assert len(around.asked) == 2
    assert kept(path) == 2


async def test_there_is_none_at_sea(sources: Sources, around: Misbehaving) -> None:
    assert await sources.postcodes.nearest(*SEA) is None
    assert await sources.postcodes.nearest(*SEA) is None
    assert len(around.asked) == 1


@pytest.mark.parametrize(
    "point",
    [(91.0, 0.0), (51.5, 181.0), (float("nan"), 0.0), (51.5, float("nan")), (float("inf"), 0.0), (-1e308, -1e308)],
)
async def test_no_place_on_earth_is_asked_for(
    sources: Sources, around: Misbehaving, point: tuple[float, float]
) -> None:
    assert await sources.postcodes.nearest(*point) is None
    assert around.asked == []


@pytest.mark.parametrize("mode", BAD)
async def test_nothing_wrong_is_taken_for_a_place(sources: Sources, around: Misbehaving, path: Path, mode: str) -> None:
    around.mode = mode
    with pytest.raises(SourceError) as caught:
        await sources.postcodes.nearest(51.4742, -0.0691, 0.5)
    assert "51.47" not in str(caught.value)
    assert kept(path) == 0


@pytest.mark.parametrize(
    "result", [{}, "x", [7], [None], [{}], [{"latitude": None, "longitude": None, "region": None}]]
)
def test_results_that_are_no_places(result: object) -> None:
    with pytest.raises(BadAnswerError):
        parse_nearest({"status": 200, "result": result})
    with pytest.raises(BadAnswerError):
        parse_nearest(result)


def test_an_empty_list_is_nothing_about() -> None:
    assert parse_nearest({"status": 200, "result": []}) is None


async def test_no_point_in_logs_or_files(
    sources: Sources, around: Misbehaving, path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await sources.postcodes.nearest(51.4742, -0.0691)
    around.mode = "down"
    with pytest.raises(SourceError):
        await sources.postcodes.nearest(51.5123, -0.1234, 0.6)
    files = b"".join(p.read_bytes() for p in path.parent.iterdir())
    for word in ("51.47", "0.069", "51.51", "0.123", "SE15", "Peckham"):
        assert word not in caplog.text
        assert word.encode() not in files
