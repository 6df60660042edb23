"""One limiter for all processes: fewer than ten turns in any second."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.errors import SourceUnavailableError
from bot.paths import ROOT
from bot.sources.database import Database
from bot.sources.limiter import PER_SECOND, Limiter

# reserves turns as fast as it can, and prints when they are
PROCESS = """
import asyncio, json, sys, time
from pathlib import Path
from bot.sources import database
from bot.sources.database import Database
from bot.sources.limiter import Limiter

# on a busy machine the file may be locked for longer, and then each process would count for itself
database.BUSY_SECONDS = 30.0

async def main():
    now = [0.0]
    def clock():
        now[0] = time.time()
        return now[0]
    limiter = Limiter(Database(Path(sys.argv[1])), now=clock)
    turns = []
    for _ in range(20):
        wait = await limiter.reserve(60)
        turns.append(now[0] + wait)
    print(json.dumps(turns))

asyncio.run(main())
"""


class Clock:
    """A time that only passes while somebody sleeps."""

    def __init__(self) -> None:
        self.time = 1_000_000.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


def limiter(path: Path, clock: Clock) -> Limiter:
    return Limiter(Database(path), now=clock.now, sleep=clock.sleep)


async def test_turns_are_apart(path: Path) -> None:
    clock = Clock()
    one, other = limiter(path, clock), limiter(path, clock)
    for _ in range(3):
        await one.take(10)
        await other.take(10)
    assert clock.slept == pytest.approx([n / PER_SECOND for n in range(1, 6)])


async def test_who_would_wait_too_long_gives_up_and_leaves_the_turn(path: Path) -> None:
    clock = Clock()
    one = limiter(path, clock)
    for _ in range(4):
        await one.take(10)
    with pytest.raises(SourceUnavailableError, match="waiting"):
        await one.take(0.4)
    await one.take(0.5)
    assert clock.slept[-1] == pytest.approx(0.5)


async def test_time_that_passed_is_not_saved_up(path: Path) -> None:
    clock = Clock()
    one = limiter(path, clock)
    await one.take(10)
    clock.time += 100
    await one.take(10)
    await one.take(10)
    assert clock.slept == pytest.approx([1 / PER_SECOND])


async def test_a_clock_that_was_set_back_stops_nobody(path: Path) -> None:
    clock = Clock()
    one = limiter(path, clock)
    await one.take(10)
    clock.time -= 86_400
    await one.take(10)
    assert clock.slept == []


async def test_without_the_file_each_process_counts_for_itself(tmp_path: Path) -> None:
    clock = Clock()
    one = limiter(tmp_path, clock)  # a folder is no database
    for _ in range(3):
        await one.take(10)
    assert clock.slept == pytest.approx([0.25, 0.5])
    with pytest.raises(SourceUnavailableError):
        await one.take(0.7)


async def test_many_coroutines(path: Path) -> None:
    clock = Clock()
    one = limiter(path, clock)
    await asyncio.gather(*(one.take(10) for _ in range(50)))
    assert sorted(clock.slept) == pytest.approx([n / PER_SECOND for n in range(1, 50)])


def test_two_processes_share_the_turns(path: Path) -> None:
    assert 1 < PER_SECOND < 10
    command = [sys.executable, "-c", PROCESS, str(path)]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(2)]
    turns = sorted(turn for process in started for turn in json.loads(process.communicate(timeout=60)[0]))
    assert len(turns) == 40
    # reserved turns, not measured sleeps: so a busy machine cannot fail it
    assert min(b - a for a, b in zip(turns, turns[1:], strict=False)) > 0.9 / PER_SECOND
    assert all(sum(begin <= turn < begin + 1 for turn in turns) < 10 for begin in turns)
