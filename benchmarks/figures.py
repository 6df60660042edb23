"""How fast a question about figures is answered from the store, without Rasa: `python -m benchmarks.figures`."""

from __future__ import annotations

import json
import tempfile
import time
from datetime import date
from pathlib import Path

from actions.statistics.answers import reply
from actions.statistics.store import Store
from benchmarks.accuracy import percentiles
from tests.unit.statistics.generated import questions

COUNT = 300
ROUNDS = 5
TODAY = date(2026, 11, 28)


def measure() -> dict[str, dict[str, float]]:
    """p50 and p95 in milliseconds: of one look-up, and of a whole answer; with the project's figures."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{Path(folder) / 'figures.db'}")
        store.of("burglary", "London")
        asked = questions(COUNT, seed=9)
        found = {"query_ms": _times(lambda q: store.of("burglary", (q.areas or ("London",))[0]), asked)}
        found["answer_ms"] = _times(lambda q: reply(q, store, TODAY), asked)
        store.close()
    return found


def _times(work, asked) -> dict[str, float]:  # type: ignore[no-untyped-def]  # a benchmark's helper
    times = []
    for _ in range(ROUNDS):
        for question in asked:
            began = time.perf_counter()
            work(question)
            times.append((time.perf_counter() - began) * 1000)
    return {"n": len(times), **percentiles(times)}


if __name__ == "__main__":
    print(json.dumps(measure(), indent=1))
