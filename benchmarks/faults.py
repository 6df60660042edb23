"""Faults in the middle of a load, one at a time: how long people wait, and whether any conversation suffers.

`python -m benchmarks.faults [seconds for each]`. A worker and the action servers are killed with -9, Redis and PostgreSQL
are restarted, the disk under the log is filled (a small one of its own, mounted here: needs root), the processes' clock is
moved an hour back and forth (by Debian's libfaketime; left out where that is not installed). A supervisor starts again what
has ended.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

from benchmarks.accuracy import percentiles
from benchmarks.cluster import Cluster
from benchmarks.talk import Heard, crowd, rehearse

SECONDS, PEOPLE = 40.0, 12
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
CAN_MOVE_CLOCKS = Path(FAKETIME).exists()
LOG_SPACE = "512k"
AWAY_SECONDS = 1.0
"""How long a stopped server stays away before it is started again."""


@contextmanager
def small_disk():
    """A disk of its own for the log."""
    folder = Path(tempfile.mkdtemp(prefix="plan-log-"))
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={LOG_SPACE}", "tmpfs", folder]).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder])


def _fill(folder: Path) -> None:
    try:
        with (folder / "filler").open("wb") as file:
            while True:
                file.write(b"x" * 4096)
    except OSError:
        return


def faults(cluster: Cluster, disk: Path | None, seconds: float) -> dict[str, list[tuple[float, Callable[[], Any]]]]:
    """What is done to the cluster: (seconds from the beginning, what) of each fault."""
    half = seconds / 2

    def restart(server: Any, how: str) -> None:
        getattr(server, how)()
        time.sleep(AWAY_SECONDS)
        server.start()

    found: dict[str, list[tuple[float, Callable[[], Any]]]] = {
        "a worker killed": [(0, lambda: cluster.kill("worker 0"))],
        "one action server killed": [(0, lambda: cluster.kill("action 0"))],
        "both action servers killed": [(0, lambda: [cluster.kill(f"action {n}") for n in range(2)])],
        "Redis restarted": [(0, lambda: restart(cluster.redis, "kill"))],
        "PostgreSQL restarted": [(0, lambda: restart(cluster.postgres, "stop"))],
        "PostgreSQL killed": [(0, lambda: restart(cluster.postgres, "kill"))],
    }
    if disk:
        found["disk full under the log"] = [(0, lambda: _fill(disk)), (half, (disk / "filler").unlink)]
    return found


def jumps(clock: Path) -> dict[str, list[tuple[float, Callable[[], Any]]]]:
    """The clock of all processes, back and forth."""
    return {
        "clock an hour back": [(0, lambda: clock.write_text("-3600"))],
        "clock right again": [(0, lambda: clock.write_text("+0"))],
        "clock an hour forward": [(0, lambda: clock.write_text("+3600"))],
    }


async def one(
    cluster: Cluster, expected: list[list[str]], acts: list[tuple[float, Callable[[], Any]]], seconds: float
) -> dict:
    """What people hear while it happens."""
    heard, began = Heard(), time.monotonic()
    calm, ends = began + seconds / 4, began + seconds
    talking = asyncio.create_task(crowd(cluster.port, expected, PEOPLE, lambda _: time.monotonic() > ends, heard))
    for after, act in acts:
        await asyncio.sleep(max(0.0, calm + after - time.monotonic()))
        await asyncio.to_thread(act)
    await talking
    return {
        "messages": heard.messages, "conversations": heard.conversations, "tried_again": heard.tried_again,
        "refusals": dict(heard.refusals), "faults": len(heard.faults),
        "kinds": dict(Counter(fault.split("(")[0][:60] for fault in heard.faults).most_common(6)), "examples": heard.faults[:4],
        "longest_wait_before_s": round(heard.slowest(began, calm - 2), 2),
        "longest_wait_s": round(heard.slowest(calm - 2, ends), 2), **percentiles(heard.times),
    }  # fmt: skip


async def measure(seconds: float) -> dict[str, Any]:
    """Every fault, one after the other; each waits until all is well again."""
    with small_disk() as disk, Cluster(2, 2, {}, disk / "log" if disk else None) as cluster:
        results = await _in_turn(cluster, faults(cluster, disk, seconds), seconds)
    if CAN_MOVE_CLOCKS:
        # in a cluster of its own: a clock that can be moved is slow
        with tempfile.TemporaryDirectory() as folder:
            clock = Path(folder) / "clock"
            clock.write_text("+0")
            more = {
                "LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_CACHE_DURATION": "1",
                # without this every look at the clock waits for a lock that all processes share
                "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_DISABLE_SHM": "1",
            }  # fmt: skip
            with Cluster(2, 2, more) as cluster:
                results |= await _in_turn(cluster, jumps(clock), seconds)
    return results


async def _in_turn(
    cluster: Cluster, wanted: dict[str, list[tuple[float, Callable[[], Any]]]], seconds: float
) -> dict[str, Any]:
    expected, results = await rehearse(cluster.port), {}
    for name, acts in wanted.items():
        results[name] = await one(cluster, expected, acts, seconds)
        results[name]["started_again"] = [what for _, what in cluster.restarts]
        cluster.restarts.clear()
        print(name, json.dumps(results[name]), flush=True)
        await _until_whole(cluster)
    return results


async def _until_whole(cluster: Cluster) -> None:
    """Waits until a killed worker has come back."""
    from bot.cli import probe

    for port in cluster.worker_ports:
        await asyncio.to_thread(probe.wait_until_ready, port, lambda: None)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    uvloop.install()
    print(json.dumps(asyncio.run(measure(seconds)), indent=1))


if __name__ == "__main__":
    main()
