"""How fast charts are painted and taken from the cache, and what loading the painter costs."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from actions.statistics.chart import MOST_POINTS, Chart
from benchmarks.accuracy import percentiles
from bot.pictures.cache import PictureCache
from bot.pictures.painter import paint

CHARTS = 50
CACHE_ROUNDS = 10
BOROUGHS = (
    "Kensington and Chelsea", "Hammersmith and Fulham", "Barking and Dagenham", "Richmond upon Thames", "Camden", "Hackney",
    "Islington", "Tower Hamlets", "Waltham Forest", "Westminster", "Newham", "Merton",
)  # fmt: skip
SOURCE = "MPS Recorded Crime: Geographic Breakdown (London Datastore), as at 12 August 2026"


def measure() -> dict[str, Any]:
    """Milliseconds, bytes of a picture, and megabytes of this process for the first one (matplotlib is loaded then)."""
    before = psutil.Process().memory_info().rss
    began = time.perf_counter()
    paint(_chart(0))
    first = (time.perf_counter() - began) * 1000
    memory = (psutil.Process().memory_info().rss - before) / 2**20
    charts = [_chart(number) for number in range(1, CHARTS + 1)]
    with tempfile.TemporaryDirectory() as folder:
        kept = PictureCache(Path(folder))
        painted = [_timed(kept, chart) for chart in charts]
        cached = [_timed(kept, chart) for _ in range(CACHE_ROUNDS) for chart in charts]
        sizes = [file.stat().st_size for file in Path(folder).iterdir()]
    if len(sizes) != CHARTS:
        raise RuntimeError(f"{CHARTS} charts made {len(sizes)} pictures: the cache does not tell them apart")
    return {
        "first_ms": first,
        "loaded_mb": memory,
        "paint_ms": {"n": len(painted), **percentiles(painted)},
        "cache_ms": {"n": len(cached), **percentiles(cached)},
        "largest_bytes": max(sizes),
    }


def _timed(kept: PictureCache, chart: Chart) -> float:
    began = time.perf_counter()
    kept.picture(chart)
    return (time.perf_counter() - began) * 1000


def _chart(number: int) -> Chart:
    """One of many kinds and sizes: lines by month and by year, few bars and many, with and without gaps."""
    points = 2 + number * 7 % (MOST_POINTS - 1)
    values = tuple(
        None if (number + i) % 11 == 5 and i else 900.0 + 37 * ((number * 13 + i * 29) % 97) for i in range(points)
    )
    if number % 2:
        labels = tuple(f"{2026 - points + i}" for i in range(points))
        return Chart("line", f"Burglaries in {BOROUGHS[number % 12]}", "A line.", labels, values, "offences", SOURCE)
    labels = tuple(f"{BOROUGHS[i % 12]}{' (part)' if i >= 12 else ''}" for i in range(points))
    return Chart("bar", f"Robberies in 20{number:02d}, by borough", "Bars.", labels, values, "offences", SOURCE)


if __name__ == "__main__":
    import json

    print(json.dumps(measure(), indent=2))
