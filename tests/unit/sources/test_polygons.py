"""Outlines: a cut loses nothing and counts nothing twice; fewer points stay close to the line."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.sources.polygons import EAST, METRES_PER_DEGREE, Point, Ring, area, clip, halves, opened, simplify
from tests.service_answers import BOUNDARIES, PECKHAM_TEAM, within
from tests.unit.sources.conftest import EXAMPLES

SQUARE: Ring = ((51.50, -0.10), (51.50, -0.09), (51.51, -0.09), (51.51, -0.10))
COMB: Ring = (
    (51.50, -0.10),
    (51.50, -0.06),
    (51.52, -0.06),
    (51.505, -0.07),
    (51.52, -0.08),
    (51.505, -0.09),
    (51.52, -0.10),
)
"""Three teeth: a cut along the latitude goes through it six times."""
MICRO = 1e-6


@st.composite
def stars(draw: st.DrawFn) -> Ring:
    """A ring whose sides do not cross: points around a middle, at any distance from it."""
    corners = draw(st.integers(3, 24))
    far = draw(st.lists(st.integers(200, 20_000), min_size=corners, max_size=corners))
    turns = [2 * math.pi * (i + draw(st.floats(0.1, 0.9))) / corners for i in range(corners)]
    points = [(51.5 + d * MICRO * math.sin(t), -0.1 + d * MICRO * math.cos(t)) for d, t in zip(far, turns, strict=True)]
    return opened([(round(y, 6), round(x, 6)) for y, x in points])


POINTS = st.tuples(st.integers(51_480_000, 51_520_000), st.integers(-120_000, -80_000)).map(
    lambda p: (p[0] / 1e6, p[1] / 1e6)
)
RINGS = st.lists(POINTS, min_size=3, max_size=30).map(opened)


def metres_off(point: Point, ring: Ring) -> float:
    """From a point to the nearest side: with complex numbers, apart from how the code reckons it."""
    here, *corners = (complex(x * EAST, y) * METRES_PER_DEGREE for y, x in (point, *ring))

    def off(one: complex, other: complex) -> float:
        along = (here - one) / (other - one)
        return abs(along - min(1.0, max(0.0, along.real))) * abs(other - one)

    return min(off(corners[i - 1], corner) for i, corner in enumerate(corners))


def test_area_of_a_square() -> None:
    side = 0.01 * METRES_PER_DEGREE
    assert area(SQUARE) == pytest.approx(side * side * EAST)
    assert area(SQUARE[::-1]) == -area(SQUARE)
    assert area(()) == area(SQUARE[:2]) == 0


def test_opened() -> None:
    assert opened([*SQUARE, SQUARE[3], SQUARE[0]]) == SQUARE
    assert opened([SQUARE[0]] * 5) == SQUARE[:1]
    assert opened([]) == ()


def test_a_square_is_cut_along_its_longer_side() -> None:
    south, north = halves(SQUARE)  # a degree of latitude is longer here than one of longitude
    assert {y for y, _ in south} == {51.50, 51.505} and {y for y, _ in north} == {51.505, 51.51}
    wide: Ring = ((51.50, -0.10), (51.50, -0.05), (51.51, -0.05), (51.51, -0.10))
    west, east = halves(wide)
    assert {x for _, x in west} == {-0.10, -0.075} and {x for _, x in east} == {-0.075, -0.05}


def test_a_cut_through_many_sides() -> None:
    below, above = (clip(COMB, 0, 51.51, above=side) for side in (False, True))
    assert area(below) + area(above) == pytest.approx(area(COMB), rel=1e-4)
    assert area(above) > 0 < area(below)
    for tooth in (-0.0985, -0.08, -0.0615):
        assert within((51.512, tooth), above) == within((51.512, tooth), COMB)
    assert not within((51.512, -0.07), above)


def test_a_cut_beside_the_ring() -> None:
    assert clip(SQUARE, 0, 51.6, above=False) == SQUARE
    assert clip(SQUARE, 0, 51.6, above=True) == ()
    assert clip(SQUARE, 0, 51.51, above=True) == ()  # its northern side alone has nothing within


def test_what_is_too_small_to_cut() -> None:
    speck: Ring = ((51.5, -0.1), (51.5, -0.099999), (51.500001, -0.1))
    assert () in halves(speck)


@given(RINGS)
def test_any_cut_keeps_the_area(ring: Ring) -> None:
    assume(len(ring) >= 3)
    south, north = halves(ring)
    rounding = len(ring) * 400  # square metres: half a tenth of a metre, at each corner, of sides of up to 5 km
    assert area(south) + area(north) == pytest.approx(area(ring), abs=rounding)


@given(stars())
def test_halves_of_an_outline_keep_its_area(ring: Ring) -> None:
    south, north = halves(ring)
    assert area(south) + area(north) == pytest.approx(area(ring), rel=1e-3, abs=200)
    assert area(south) > 0 < area(north)


@given(stars(), st.lists(POINTS, min_size=20, max_size=60))
def test_a_point_is_in_exactly_one_half(ring: Ring, points: list[Point]) -> None:
    south, north = halves(ring)
    for point in points:
        # whatever lies on a line, or as near as corners are rounded, may count for both sides
        if metres_off(point, ring) < 0.5 or metres_off(point, south) < 0.5 or metres_off(point, north) < 0.5:
            continue
        assert within(point, south) + within(point, north) == within(point, ring)


@given(RINGS, st.integers(3, 12), st.floats(0, 500))
def test_simplified_to_points_of_the_ring(ring: Ring, most: int, tolerance: float) -> None:
    fewer = simplify(ring, most, tolerance)
    assert len(fewer) <= max(most, 3) and len(fewer) == min(len(fewer), len(ring))
    places = iter(ring)
    assert all(point in places for point in fewer)  # in the same order
    if len(ring) >= 3:
        assert len(fewer) >= 3


@given(stars(), st.floats(0.5, 300))
def test_simplified_within_the_tolerance(ring: Ring, tolerance: float) -> None:
    fewer = simplify(ring, len(ring), tolerance)
    assert all(metres_off(point, fewer) <= tolerance + 0.001 for point in ring)


def test_a_straight_side_needs_no_points() -> None:
    sides = [(51.50, -0.10 + i / 1e5) for i in range(1000)] + [(51.50 + i / 1e5, -0.09) for i in range(1000)]
    corners = simplify(opened([*sides, (51.51, -0.09), (51.51, -0.10)]), 100, 0.5)
    assert set(corners) == set(SQUARE)


def test_a_circle_keeps_the_number_asked() -> None:
    turns = [2 * math.pi * i / 5000 for i in range(5000)]
    circle = tuple((51.5 + 0.009 * math.sin(t), -0.1 + 0.009 * math.cos(t)) for t in turns)
    fewer = simplify(circle, 100, 0.5)
    assert len(fewer) == 100
    assert area(fewer) == pytest.approx(area(circle), rel=0.003)


def test_no_sides_at_all() -> None:
    for ring in ((), SQUARE[:1], SQUARE[:2], SQUARE[:3]):
        assert simplify(ring, 100, 1) == ring


@pytest.mark.skipif(not EXAMPLES.exists(), reason="the example answers (../shared/data/api-examples) are not here")
def test_a_real_outline() -> None:
    text = (EXAMPLES / "police" / "captured" / "neighbourhood-boundary_leicestershire_NC04.json").read_text("utf-8")
    ring = opened([(float(p["latitude"]), float(p["longitude"])) for p in json.loads(text)])
    assert len(ring) == 84  # 85, closed
    fewer = simplify(ring, 40, 0.5)
    assert len(fewer) == 40
    assert area(fewer) == pytest.approx(area(ring), rel=0.01)
    south, north = halves(ring)
    assert area(south) + area(north) == pytest.approx(area(ring), rel=1e-6)


def test_the_played_outline_is_cut_where_its_crimes_lie() -> None:
    ring = opened(BOUNDARIES["metropolitan", PECKHAM_TEAM])
    south, north = halves(ring)
    assert max(y for y, _ in south) == min(y for y, _ in north) == 51.474
