"""The web channel under load: many conversations open at once, each saying something every ten seconds.

`python -m benchmarks.web [conversations] [seconds]`. The load comes from this process,
to this machine only, and ends by itself.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from benchmarks.accuracy import percentiles
from benchmarks.speed import QUESTIONS
from bot.cli import probe, servers, training

CONVERSATIONS, SECONDS, EVERY = 500, 60.0, 10.0
MOST_CONVERSATIONS, MOST_SECONDS = 2_000, 600.0
UNLIMITED = (
    "PLAN_ADDRESS_PER_MINUTE", "PLAN_ADDRESS_BURST", "PLAN_ADDRESS_CONVERSATIONS_PER_MINUTE", "PLAN_ADDRESS_CONVERSATIONS_BURST",
)  # fmt: skip
SAID = [*QUESTIONS["content"], *QUESTIONS["action"], "/ask_plan_overview", "/find_support", "/ask_mopac", "thanks"]


async def _person(
    client: aiohttp.ClientSession, wait: float, until: float, times: list[float], errors: list[str]
) -> None:
    """One conversation: begins at its own moment, then speaks every ten seconds."""
    await asyncio.sleep(wait)
    try:
        async with client.post("/chat/conversations", data=b"{}") as response:
            begun = await response.json()
    except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
        errors.append(type(error).__name__)
        return
    choose = random.Random(wait)
    while time.perf_counter() < until:
        began = time.perf_counter()
        body = json.dumps({"conversation": begun["conversation"], "message": choose.choice(SAID)}).encode()
        try:
            async with client.post("/chat/messages", data=body) as response:
                await response.read()
                if response.status != 200:
                    errors.append(str(response.status))
        except (aiohttp.ClientError, asyncio.TimeoutError) as error:
            errors.append(type(error).__name__)
        times.append((time.perf_counter() - began) * 1000)
        await asyncio.sleep(max(0.0, EVERY - (time.perf_counter() - began)))


async def load(port: int, conversations: int, seconds: float) -> dict[str, Any]:
    """The latencies of everything that was said, in milliseconds, and the errors by name."""
    times: list[float] = []
    errors: list[str] = []
    # one connection each, as browsers have; httpx looks through all of its connections at every request
    connector = aiohttp.TCPConnector(limit=0)
    patience = aiohttp.ClientTimeout(total=60)
    began = time.perf_counter()
    async with aiohttp.ClientSession(f"http://127.0.0.1:{port}", connector=connector, timeout=patience) as client:
        until = time.perf_counter() + EVERY + seconds
        people = (_person(client, EVERY * n / conversations, until, times, errors) for n in range(conversations))
        await asyncio.gather(*people)
    return {
        "conversations": conversations, "n": len(times), "a_second": len(times) / (time.perf_counter() - began),
        **percentiles(times), "errors": {e: errors.count(e) for e in set(errors)},
    }  # fmt: skip


def _cpu(pid: int) -> float:
    """Seconds of processor time that a process has used."""
    times = psutil.Process(pid).cpu_times()
    return times.user + times.system


def main() -> None:
    conversations = min(int(sys.argv[1]) if len(sys.argv) > 1 else CONVERSATIONS, MOST_CONVERSATIONS)
    seconds = min(float(sys.argv[2]) if len(sys.argv) > 2 else SECONDS, MOST_SECONDS)
    os.environ.update(dict.fromkeys(UNLIMITED, "1000000"))
    port = servers.free_port()
    with tempfile.TemporaryDirectory() as folder:
        database, log = Path(folder) / "conversations.db", Path(folder) / "log.txt"
        with servers.Servers(training.ensure_model(), port, servers.free_port(), database, log) as both:
            probe.wait_until_ready(port, both.dead)
            asyncio.new_event_loop().run_until_complete(load(port, 20, 10))  # warm
            before = {name: _cpu(process.pid) for name, process in both.processes.items()}
            result = asyncio.new_event_loop().run_until_complete(load(port, conversations, seconds))
            result["cpu_ms_each"] = {
                name: (_cpu(process.pid) - before[name]) * 1000 / result["n"]
                for name, process in both.processes.items()
            }
            print(json.dumps(result))


if __name__ == "__main__":
    main()
