"""Two workers beside one, in the same run; people who come by chance; ten thousand conversations with every answer checked.

`python -m benchmarks.load [seconds for each comparison] [conversations]`. PostgreSQL, Redis and nginx are real and on this
machine, as is the load, so all of them share its cores.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections import Counter
from typing import Any

import uvloop

from benchmarks.accuracy import percentiles
from benchmarks.cluster import Cluster
from benchmarks.talk import TURNS, Heard, arrivals, crowd, rehearse

SECONDS, CONVERSATIONS, PEOPLE = 60.0, 10_000, 64
ORDER, WARM, SETTLES = (1, 2, 2, 1, 1, 2, 2, 1), 30.0, 1.0
"""Workers of each round: a machine that becomes slower or quicker from round to round favours neither."""
RATES = (15.0, 30.0, 45.0)
"""Messages a second, of two workers that can answer some 75."""


async def _pace(cluster: Cluster, expected: list[list[str]], seconds: float) -> dict[str, Any]:
    """What is answered while all are talking: not in the first second, and not when one after the other has finished."""
    heard, ends = Heard(), time.monotonic() + SETTLES + seconds
    talking = asyncio.create_task(
        crowd(cluster.port, expected, PEOPLE, lambda _: time.monotonic() > ends, heard, look=False)
    )
    await asyncio.sleep(SETTLES)
    before, first, began = _used(cluster), heard.messages, time.monotonic()
    heard.times.clear()
    await asyncio.sleep(seconds)
    after, n, took = _used(cluster), heard.messages - first, time.monotonic() - began
    times = list(heard.times)
    await talking
    return {
        "messages_a_second": n / took, "n": n, "faults": heard.faults[:5], **percentiles(times),
        "processor_ms_a_message": {name: round((after[name] - before.get(name, 0)) * 1000 / n, 2) for name in after},
    }  # fmt: skip


async def _arrivals(cluster: Cluster, expected: list[list[str]], rate: float, seconds: float) -> dict[str, Any]:
    heard = await arrivals(cluster.port, expected, rate, seconds)
    return {"n": heard.messages, "faults": heard.faults[:5], **percentiles(heard.times)}


def _used(cluster: Cluster) -> dict[str, float]:
    return {**cluster.processor_seconds(), "this load": time.process_time()}


async def measure(seconds: float, conversations: int) -> dict[str, Any]:
    """Paces of one and of two workers, in turn, and what the long run found."""
    with Cluster(workers=2, actions=2) as cluster:
        expected = await rehearse(cluster.port)
        await _pace(cluster, expected, WARM)
        paces: dict[int, list[dict[str, Any]]] = {1: [], 2: []}
        for workers in ORDER:
            cluster.use(workers)
            paces[workers].append(await _pace(cluster, expected, seconds))
        mean = {n: sum(p["messages_a_second"] for p in found) / len(found) for n, found in paces.items()}
        result: dict[str, Any] = {"paces": paces, "mean": mean, "times": mean[2] / mean[1]}
        print(json.dumps(result), flush=True)
        # people who come by chance, and think between their messages
        result["arrivals"] = {rate: await _arrivals(cluster, expected, rate, seconds) for rate in RATES}
        print(json.dumps(result["arrivals"]), flush=True)
        if conversations:
            began = time.monotonic()
            heard = await crowd(cluster.port, expected, PEOPLE, lambda h: h.conversations >= conversations - PEOPLE + 1)
            result["conversations"] = summary(heard, time.monotonic() - began)
        result["memory_mb"] = cluster.memory_mb()
    return result


def summary(heard: Heard, took: float) -> dict[str, Any]:
    """The figures of a run."""
    return {
        "conversations": heard.conversations, "turns": TURNS, "messages": heard.messages, "seconds": took,
        "a_second": heard.messages / took, **percentiles(heard.times), "tried_again": heard.tried_again,
        "refusals": dict(heard.refusals), "faults": len(heard.faults),
        "kinds": dict(Counter(fault.split("(")[0] for fault in heard.faults).most_common(8)),
    }  # fmt: skip


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    conversations = int(sys.argv[2]) if len(sys.argv) > 2 else CONVERSATIONS
    uvloop.install()
    print(json.dumps(asyncio.run(measure(seconds, conversations)), indent=1))


if __name__ == "__main__":
    main()
