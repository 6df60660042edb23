"""Street-level crime: what answers of the service are trusted, real ones among them."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadAnswerError, SourceError
from bot.sources.polygons import area
from bot.sources.shapes import loaded, stored
from bot.sources.street_crime import (
    MOST_POINTS,
    StreetCounts,
    as_poly,
    counted,
    parse_boundary,
    parse_crimes,
    parse_last_updated,
)
from tests.service_answers import CRIMES, PECKHAM_TEAM
from tests.unit.sources.conftest import EXAMPLES
from tests.unit.sources.test_text import JSON

NEWEST = date(2026, 9, 1)
PECKHAM = CRIMES["metropolitan", PECKHAM_TEAM]
examples = pytest.mark.skipif(
    not EXAMPLES.exists(), reason="the example answers (../shared/data/api-examples) are not here"
)


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_TODAY", "2026-11-22")


def crime(key: Any = 1, category: Any = "burglary", month: Any = "2026-09") -> dict[str, Any]:
    return {"id": key, "category": category, "month": month, "location": {"latitude": "51.5", "longitude": "-0.1"}}


@pytest.mark.parametrize(
    "wrong",
    [
        7, None, [], {}, crime(key="1"), crime(key=True), crime(key=1.0), crime(key=None), crime(category=None),
        crime(category=""), crime(category="Burglary <b>"), crime(category="x" * 61), crime(category=["burglary"]),
        crime(month="2026-08"), crime(month=None), crime(month="2026-9"), crime(month=202609), crime(category="robbery"),
    ],
)  # fmt: skip
def test_one_wrong_crime_spoils_the_answer(wrong: Any) -> None:
    for answer in ([crime(), wrong], [crime(), crime(key=2), wrong, crime(key=3)]):
        with pytest.raises(BadAnswerError):
            parse_crimes(answer, NEWEST)


def test_a_crime_that_comes_twice_counts_once() -> None:
    found = parse_crimes([crime(), crime(), crime(key=2), crime(key=3, category="brand-new-kind")], NEWEST)
    assert counted(found, NEWEST).counts == {"brand-new-kind": 1, "burglary": 2}


@pytest.mark.parametrize(
    "date_", ["2026-12-01", "2010-11-01", "2026-13-01", "soon", "", None, 20260801, ["2026-08-01"]]
)
def test_a_newest_month_that_cannot_be(date_: Any) -> None:
    with pytest.raises(BadAnswerError):
        parse_last_updated({"date": date_})


def test_a_newest_month_is_its_first_day() -> None:
    assert parse_last_updated({"date": "2026-08-31", "more": 1}) == date(2026, 8, 1)


SQUARE = [(51.50, -0.10), (51.50, -0.09), (51.51, -0.09), (51.51, -0.10)]


def as_sent(points: list[tuple[Any, Any]]) -> list[dict[str, Any]]:
    return [{"latitude": y, "longitude": x} for y, x in points]


@pytest.mark.parametrize("points", [SQUARE, [*SQUARE, SQUARE[0]], [(str(y), str(x)) for y, x in SQUARE]])
def test_an_outline_closed_or_not_numbers_or_text(points: list[tuple[Any, Any]]) -> None:
    ring = parse_boundary(as_sent(points))
    assert ring == tuple(SQUARE)
    assert as_poly(ring[:2]) == "51.500000,-0.100000:51.500000,-0.090000"


@pytest.mark.parametrize(
    "answer",
    [
        {}, None, [], as_sent(SQUARE[:2]), as_sent([*SQUARE[:2], SQUARE[0]]), as_sent([SQUARE[0]] * 9), [[51.5, -0.1]] * 4,
        as_sent([*SQUARE, (52.6, -1.1)]), as_sent([*SQUARE, ("x", "-0.1")]), as_sent([*SQUARE, (None, None)]), [*as_sent(SQUARE), 7],
        as_sent([(x, y) for y, x in SQUARE]),  # the wrong way round
        as_sent([(51.5, -0.1 + i / 100) for i in range(9)]),  # a line
        as_sent([(51.5, -0.1), (51.5, -0.09999), (51.50001, -0.1)]),  # a doorstep
        as_sent([(51.3, -0.5), (51.3, 0.3), (51.7, 0.3), (51.7, -0.5)]),  # all of London
        as_sent(SQUARE * 3000),
    ],
)  # fmt: skip
def test_outlines_that_are_none(answer: Any) -> None:
    with pytest.raises(BadAnswerError):
        parse_boundary(answer)


def test_a_long_outline_is_made_simpler() -> None:
    side = [(51.50 + i / 2e5, -0.10 + (i % 7) / 2e4) for i in range(1500)]
    back = [(51.5075 - i / 2e5, -0.08 + (i % 5) / 2e4) for i in range(1500)]
    ring = parse_boundary(as_sent([*side, *back]))
    assert len(ring) == MOST_POINTS
    assert abs(area(ring)) == pytest.approx(abs(area(tuple([*side, *back]))), rel=0.02)
    assert len(as_poly(ring)) < 4_094


@given(
    JSON
    | st.lists(
        st.fixed_dictionaries({}, optional={k: JSON for k in ("id", "category", "month", "latitude", "longitude")})
    )
)
def test_any_json_gives_an_answer_or_a_typed_error(answer: Any) -> None:
    for parse in (parse_last_updated, parse_boundary, lambda a: parse_crimes(a, NEWEST)):
        try:
            parse(answer)
        except SourceError:
            continue


@given(st.dictionaries(st.sampled_from(list(PECKHAM)), st.integers(1, 50), min_size=1))
def test_counts_add_up_and_can_be_kept(by_kind: dict[str, int]) -> None:
    kinds = [kind for kind, count in by_kind.items() for _ in range(count)]
    found = counted(dict(enumerate(kinds)), NEWEST)
    assert found.total + found.asb == len(kinds)
    assert {**found.counts, **({"anti-social-behaviour": found.asb} if found.asb else {})} == by_kind
    assert loaded(StreetCounts, json.loads(json.dumps(stored(found)))) == found


@examples
@pytest.mark.parametrize(("name", "crimes", "asb"), [("a", 282, 94), ("b", 280, 94)])
def test_real_crimes(name: str, crimes: int, asb: int) -> None:
    file = EXAMPLES / "police" / "captured" / f"crimes-street_all-crime_london_2014-08_{name}.json"
    answer = json.loads(file.read_text(encoding="utf-8"))
    found = counted(parse_crimes(answer, date(2014, 8, 1)), date(2014, 8, 1))
    assert (found.total, found.asb) == (crimes, asb)
    assert found.counts["violent-crime"] == 71 and len(found.counts) == 13
    with pytest.raises(BadAnswerError, match="another month"):
        parse_crimes(answer, date(2014, 9, 1))


@examples
def test_other_real_answers() -> None:
    def read(name: str) -> Any:
        return json.loads((EXAMPLES / "police" / name).read_text(encoding="utf-8"))

    assert parse_last_updated(read("docs-samples/crime-last-updated.json")) == date(2018, 8, 1)
    assert parse_crimes(read("docs-samples/crimes-street_all-crime_point_2017-01.json"), date(2017, 1, 1)) == {
        54164419: "anti-social-behaviour"
    }
    with pytest.raises(BadAnswerError, match="not in London"):
        parse_boundary(read("captured/neighbourhood-boundary_leicestershire_NC04.json"))
