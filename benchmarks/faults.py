"""Faults in the middle of a load, one at a time: how long people wait, and whether any conversation suffers.

`python -m benchmarks.faults [seconds for each]`. A worker and the action servers are killed with -9, Redis and PostgreSQL
are restarted, the disk under the log is filled (a small one of its own, mounted here: needs root), the processes' clock is
moved an hour back and forth (by moved_clock.c; left out where there is no C compiler). A supervisor starts again what has ended.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import struct
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
HOUR = 3_600
COMPILER = shutil.which("cc")
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


class Clock:
    """The clock of the day of the processes that get this environment. `compiler`: of C."""

    def __init__(self, compiler: str, folder: Path) -> None:
        library, self._file = folder / "moved_clock.so", folder / "clock"
        source = Path(__file__).with_name("moved_clock.c")
        subprocess.run([compiler, "-shared", "-fPIC", "-O2", "-o", library, source, "-ldl"], check=True)
        self._file.write_bytes(bytes(8))
        self.environment = {"LD_PRELOAD": str(library), "MOVED_CLOCK": str(self._file)}

    def put(self, seconds: int) -> None:
        """So many seconds ahead of the right time."""
        with self._file.open("r+b") as file:
            file.write(struct.pack("q", seconds))


def jumps(clock: Clock) -> dict[str, list[tuple[float, Callable[[], Any]]]]:
    """The clock of all processes, back and forth."""
    return {
        "clock an hour back": [(0, lambda: clock.put(-HOUR))],
        "clock right again": [(0, lambda: clock.put(0))],
        "clock an hour forward": [(0, lambda: clock.put(HOUR))],
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
    if COMPILER:
        # in a cluster of its own, because nobody should wonder which clock the other faults went by
        with tempfile.TemporaryDirectory() as folder:
            clock = Clock(COMPILER, Path(folder))
            with Cluster(2, 2, clock.environment) as cluster:
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
