"""How well messages are understood: intents, typing errors, out of scope, safety, entities. Every miss is a row."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from benchmarks import sets
from bot.cli.parse import report

OUTSIDE = {"out_of_scope", "nlu_fallback"}
ENTITIES = ("area", "crime_type", "period")
Row = dict[str, Any]


def understand(agent: Any, texts: Iterable[str]) -> tuple[list[Row], list[float]]:
    """What is reported for each text, and the milliseconds that each took."""

    async def parse_all() -> tuple[list[Row], list[float]]:
        found, times = [], []
        for text in texts:
            started = time.perf_counter()
            parsed = await agent.parse_message(text)
            times.append((time.perf_counter() - started) * 1000)
            found.append(report(text, parsed))
        return found, times

    return asyncio.run(parse_all())


def intents(rows: list[Row], found: list[Row]) -> dict[str, float]:
    """Accuracy over all rows; an out-of-scope message that is not understood counts as right."""
    right = [_right(row, f) for row, f in zip(rows, found, strict=True)]
    inside = [r for row, r in zip(rows, right, strict=True) if row["intent"] != "out_of_scope"]
    return {"n": len(rows), "accuracy": _share(right), "accuracy_in_scope": _share(inside)}


def _right(row: Row, found: Row) -> bool:
    return found["intent"] == row["intent"] or (row["intent"] == "out_of_scope" and found["intent"] in OUTSIDE)


def out_of_scope(rows: list[Row], found: list[Row]) -> dict[str, float]:
    """Recall of out-of-scope messages, and the share of in-scope messages that were turned away."""
    turned_away = [f["intent"] in OUTSIDE for f in found]
    outside = [t for row, t in zip(rows, turned_away, strict=True) if row["intent"] == "out_of_scope"]
    inside = [t for row, t in zip(rows, turned_away, strict=True) if row["intent"] != "out_of_scope"]
    return {"n": len(outside), "recall": _share(outside), "in_scope_rejected": _share(inside)}


def safety(rows: list[Row], found: list[Row]) -> dict[str, float]:
    """Real ones caught, false alarms among look-alikes; `in_doubt`: answered, with the line of safety."""
    real = [f for row, f in zip(rows, found, strict=True) if row["kind"] == "real"]
    alike = [f for row, f in zip(rows, found, strict=True) if row["kind"] == "lookalike"]
    return {
        "n": len(rows),
        "caught": _share([bool(f["safety"]) for f in real]),
        "caught_or_in_doubt": _share([bool(f["safety"] or f["safety_in_doubt"]) for f in real]),
        "false_alarms": _share([bool(f["safety"]) for f in alike]),
    }


def entities(rows: list[Row], found: list[Row]) -> dict[str, dict[str, float]]:
    """F1 of each entity over normalised values."""
    result = {}
    for name in ENTITIES:
        hits = extra = missed = 0
        for row, f in zip(rows, found, strict=True):
            gold = set(row.get("entities", {}).get(name, []))
            got = {e["value"] for e in f["entities"] if e["entity"] == name}
            hits, extra, missed = hits + len(gold & got), extra + len(got - gold), missed + len(gold - got)
        result[name] = {"n": hits + missed, "f1": 2 * hits / max(1, 2 * hits + extra + missed)}
    return result


def misses(rows: list[Row], found: list[Row]) -> list[Row]:
    """Every wrong intent, as a row that a person can read."""
    return [
        {"text": row["text"], "expected": row["intent"], "got": f["intent"], "confidence": f["confidence"]}
        for row, f in zip(rows, found, strict=True)
        if not _right(row, f)
    ]


def ours(agent: Any) -> dict[str, Any]:
    """All measures of the assistant's own model."""
    rows = sets.development()
    found, times = understand(agent, [r["text"] for r in rows])
    mistyped, _ = understand(agent, sets.with_typos([r["text"] for r in rows]))
    result: dict[str, Any] = {
        "intents": intents(rows, found),
        "intents_with_typos": intents(rows, mistyped),
        "out_of_scope": out_of_scope(rows, found),
        "entities": entities(rows, found),
        "parse_ms": percentiles(times),
        "misses": misses(rows, found),
    }
    for name in ("safety", "safety_held_out"):
        rows = sets.safety(name)
        found, _ = understand(agent, [r["text"] for r in rows])
        result[name] = safety(rows, found)
    return result


def percentiles(values: list[float]) -> dict[str, float]:
    """p50 and p95."""
    ordered = sorted(values)
    return {"p50": ordered[len(ordered) // 2], "p95": ordered[int(len(ordered) * 0.95)]}


def _share(values: list[bool]) -> float:
    return sum(values) / max(1, len(values))
