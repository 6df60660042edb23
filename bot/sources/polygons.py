"""Outlines of small areas: made simpler, measured, and cut in two.

A ring is a tuple of points (latitude, longitude), in degrees (WGS84), in order; its last point is not the first again.
Distances are reckoned on a plane, which over a few miles of London is right to a few parts in ten thousand.
"""

from __future__ import annotations

import heapq
import math

Point = tuple[float, float]
Ring = tuple[Point, ...]

METRES_PER_DEGREE = 111_250.0
"""Along a meridian in London; along a parallel it is less, by the cosine of the latitude."""
EAST = math.cos(math.radians(51.5))
DECIMALS = 6
"""Of a degree: a tenth of a metre. Corners on a cut are rounded to it, so that both halves have the same ones."""


def opened(points: list[Point]) -> Ring:
    """The ring through the points, without a point that repeats the one before it, or the first at the end."""
    ring = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
    while len(ring) > 1 and ring[-1] == ring[0]:
        ring.pop()
    return tuple(ring)


def area(ring: Ring) -> float:
    """Square metres within the ring; below zero when it runs clockwise on a map with north above."""
    # from the first point, so that large numbers do not eat the small differences
    x0, y0 = _metres(ring[0]) if ring else (0.0, 0.0)
    at = [(x - x0, y - y0) for x, y in map(_metres, ring)]
    pairs = zip(at, at[1:] + at[:1], strict=True)
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairs) / 2


def simplify(ring: Ring, most: int, tolerance: float) -> Ring:
    """At most `most` (3 or more) of the ring's points, so that the others are within `tolerance` metres of it if they can be.

    Douglas-Peucker's way, but the point furthest off is put in first, wherever it is: so a limit on the number of points
    costs the least exactness.
    """
    if len(ring) <= 3:
        return ring
    at = [_metres(point) for point in ring]
    at.append(at[0])
    far = max(range(len(ring)), key=lambda i: math.dist(at[0], at[i]))
    kept, waiting = {0, far}, [*_furthest(at, 0, far), *_furthest(at, far, len(ring))]
    heapq.heapify(waiting)
    while waiting and len(kept) < most:
        minus_off, middle, start, end = heapq.heappop(waiting)
        if -minus_off <= tolerance and len(kept) >= 3:
            break
        kept.add(middle)
        for furthest in (*_furthest(at, start, middle), *_furthest(at, middle, end)):
            heapq.heappush(waiting, furthest)
    return tuple(ring[i] for i in sorted(kept))


def halves(ring: Ring) -> tuple[Ring, Ring]:
    """The parts on both sides of a line through the middle of the longer side of the ring's box.

    A point on the line is on the edge of both. A half is empty when the ring is too small to be cut.
    """
    latitudes, longitudes = [p[0] for p in ring], [p[1] for p in ring]
    tall = max(latitudes) - min(latitudes)
    axis = 0 if tall >= (max(longitudes) - min(longitudes)) * EAST else 1
    along = latitudes if axis == 0 else longitudes
    cut = round((min(along) + max(along)) / 2, DECIMALS)
    return clip(ring, axis, cut, above=False), clip(ring, axis, cut, above=True)


def clip(ring: Ring, axis: int, cut: float, *, above: bool) -> Ring:
    """The part of the ring where the latitude (`axis` 0) or longitude (1) is at least, or at most, `cut`.

    Sutherland and Hodgman's way. A ring that crosses the line often stays one ring: its parts are joined along the line.
    """

    def inside(point: Point) -> bool:
        return point[axis] >= cut if above else point[axis] <= cut

    found: list[Point] = []
    for i, here in enumerate(ring):
        before = ring[i - 1]
        if inside(here) != inside(before):
            found.append(_crossing(before, here, axis, cut))
        if inside(here):
            found.append(here)
    part = opened(found)
    return part if len(part) >= 3 else ()


def _crossing(one: Point, other: Point, axis: int, cut: float) -> Point:
    """Where a side that crosses the line meets it."""
    share = (cut - one[axis]) / (other[axis] - one[axis])
    across = round(one[1 - axis] + share * (other[1 - axis] - one[1 - axis]), DECIMALS)
    return (cut, across) if axis == 0 else (across, cut)


def _furthest(at: list[Point], start: int, end: int) -> list[tuple[float, int, int, int]]:
    """The point between two kept ones that is furthest from the line between them, as an entry of the heap, if any is between."""
    if end - start < 2:
        return []
    off, middle = max((_distance(at[i], at[start], at[end]), i) for i in range(start + 1, end))
    return [(-off, middle, start, end)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """From a point to the piece of line between two others."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = dx * dx + dy * dy
    if length == 0:
        return math.dist(point, start)
    share = ((point[0] - start[0]) * dx + (point[1] - start[1]) * dy) / length
    share = min(1.0, max(0.0, share))
    return math.dist(point, (start[0] + share * dx, start[1] + share * dy))


def _metres(point: Point) -> Point:
    """East and north."""
    return point[1] * METRES_PER_DEGREE * EAST, point[0] * METRES_PER_DEGREE
