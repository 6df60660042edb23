"""How fast the served assistant answers over REST, how much memory it takes, how soon it is ready."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.accuracy import percentiles
from bot.cli import probe, servers, training

QUESTIONS = {
    "content": (
        "What does the Plan say about knife crime?", "who wrote it", "when did the consultation close",
        "is the Plan still in force", "what is MOPAC", "what does it say on hate crime", "tell me about trust in the police",
    ),
    "action": (
        "how many burglaries in Camden last year", "robberies in Hackney", "number of police officers",
        "who can help with stalking", "how do I report fraud", "knife crime figures 2025", "helpline for domestic abuse",
    ),
}  # fmt: skip
ROUNDS = 60
PER_CONVERSATION = 4


def measure() -> dict[str, Any]:
    """Starts both servers on free ports and measures them; nothing else of ours runs meanwhile."""
    model = training.ensure_model()
    port = servers.free_port()
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        database, log = Path(folder) / "conversations.db", Path(folder) / "log.txt"
        with servers.Servers(model, port, servers.free_port(), database, log) as both:
            probe.wait_until_ready(port, both.dead)
            ready = time.perf_counter() - started
            latency = {kind: _latency(port, kind) for kind in QUESTIONS}
            memory = psutil.Process(both.processes["Rasa server"].pid).memory_info().rss / 2**20
    return {"ready_s": ready, "rest_ms": latency, "rasa_server_mb": memory}


def _latency(port: int, kind: str) -> dict[str, float]:
    """p50 and p95 in milliseconds; conversations of a few turns, as people have them."""
    times = []
    questions = QUESTIONS[kind]
    for number in range(ROUNDS * len(questions)):
        sender = f"bench-{kind}-{number // PER_CONVERSATION}"
        began = time.perf_counter()
        messages = probe.ask(port, sender, questions[number % len(questions)])
        times.append((time.perf_counter() - began) * 1000)
        if not messages:
            raise RuntimeError("the assistant said nothing")
    warm = times[len(questions) :]
    return {"n": len(warm), **percentiles(warm)}
