"""`make bench`: measures, writes benchmarks/results/ and prints the table. ARGS="--no-peer" leaves Rasa's default out."""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import accuracy, peer, report, speed
from bot.cli import agent, training
from bot.paths import ROOT

RESULTS = Path(__file__).parent / "results"


def main(arguments: list[str]) -> None:
    os.chdir(ROOT)
    result: dict[str, Any] = {"date": date.today().isoformat(), "cores": os.cpu_count()}  # noqa: DTZ011
    if "--train" in arguments:
        began = time.perf_counter()
        training.ensure_model(force=True)
        result["training_s"] = time.perf_counter() - began
    result["speed"] = speed.measure()
    result["ours"] = accuracy.ours(agent.load(training.ensure_model()))
    if "--no-peer" not in arguments:
        result["rasa_default"] = _peer()
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "misses.json").write_text(
        json.dumps(result["ours"].pop("misses"), indent=1, ensure_ascii=False), encoding="utf-8"
    )
    (RESULTS / "latest.json").write_text(json.dumps(result, indent=1), encoding="utf-8")
    table = report.table(result)
    (RESULTS / "latest.md").write_text(table, encoding="utf-8")
    report.plot(result, RESULTS / "latest.png")
    print(table)


def _peer() -> dict[str, Any]:
    """Rasa's default pipeline on the same phrases and the same development set."""
    from benchmarks import sets

    path, record = peer.ensure()
    rows = sets.development()
    memory_before = report.own_memory_mb()
    loaded = agent.load(path)
    found, times = accuracy.understand(loaded, [r["text"] for r in rows])
    mistyped, _ = accuracy.understand(loaded, sets.with_typos([r["text"] for r in rows]))
    return {
        "intents": accuracy.intents(rows, found),
        "intents_with_typos": accuracy.intents(rows, mistyped),
        "out_of_scope": accuracy.out_of_scope(rows, found),
        "parse_ms": accuracy.percentiles(times),
        "memory_added_mb": report.own_memory_mb() - memory_before,
        "training_s": record["training_seconds"],
        "epochs": record["epochs"],
        "phrases": record["phrases"],
    }


if __name__ == "__main__":
    main(sys.argv[1:])
