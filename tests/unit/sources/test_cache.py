"""The cache: fresh, then stale, then gone; private names never in clear; a broken file never breaks an answer."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.errors import BadAnswerError, SourceRefusedError, SourceUnavailableError
from bot.paths import ROOT
from bot.sources import cache as cache_module
from bot.sources import database as database_module
from bot.sources.cache import KEPT, PURGE_SECONDS, Cache, Found, Name, secret
from bot.sources.database import Database
from tests.unit.sources.conftest import kept

TEAM = Name("police/team/1", "/metropolitan/E05011110N")
HOME = Name("postcodes.io/place/1", "SE159ZZ", private=True)
VALUE = {"ward": "Peckham", "latitude": 51.474191}

PROCESS = """
import asyncio, sys
from pathlib import Path
from bot.sources import database
from bot.sources.cache import Cache, Name
from bot.sources.database import Database

# a busy machine's disk may be slow; what happens when the file is locked for long is another test
database.BUSY_SECONDS = 30.0

async def main():
    cache = Cache(Database(Path(sys.argv[1])))
    async def one(n):
        name = Name("k", f"{sys.argv[2]}-{n}", private=n % 2 == 0)
        await cache.put(name, {"n": n}, 1000)
        found = await cache.get(name)
        assert found and found.value == {"n": n}, n
    await asyncio.gather(*(one(n) for n in range(100)))

asyncio.run(main())
"""


class Now:
    def __init__(self) -> None:
        self.time = 1_000_000.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def cache(path: Path, now: Now) -> Iterator[Cache]:
    database = Database(path)
    yield Cache(database, now)
    database.close()


@pytest.mark.parametrize("name", [TEAM, HOME])
async def test_fresh_then_stale(cache: Cache, now: Now, name: Name) -> None:
    assert await cache.get(name) is None
    await cache.put(name, VALUE, 100)
    now.time += 40
    assert await cache.get(name) == Found(VALUE, 40, True)
    now.time += 60
    assert await cache.get(name) == Found(VALUE, 100, False)


async def test_a_clock_that_was_set_back_makes_stale(cache: Cache, now: Now) -> None:
    await cache.put(TEAM, VALUE, 100)
    now.time -= 50
    assert await cache.get(TEAM) == Found(VALUE, 0, False)


async def test_old_rows_are_purged(cache: Cache, now: Now, path: Path) -> None:
    await cache.put(TEAM, VALUE, 100)
    await cache.put(HOME, VALUE, 100_000)
    now.time += PURGE_SECONDS + KEPT * 100
    await cache.put(Name("k", "new"), 1, 100)
    assert await cache.get(TEAM) is None
    assert kept(path) == 2


async def test_the_newest_rows_stay(cache: Cache, now: Now, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "MOST_ROWS", 3)
    for n in range(6):
        await cache.put(Name("k", str(n)), n, 1e9)
        now.time += 1
    now.time += PURGE_SECONDS
    await cache.put(Name("k", "last"), 6, 1e9)
    assert kept(path) == 3
    assert await cache.get(Name("k", "5")) and not await cache.get(Name("k", "3"))


async def test_private_is_not_in_clear(cache: Cache, path: Path) -> None:
    await cache.put(HOME, VALUE, 100)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for file in path.parent.iterdir():
        raw = file.read_bytes()
        assert not any(word in raw for word in (b"SE159ZZ", b"SE15", b"9ZZ", b"Peckham", b"51.47"))
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(path.with_suffix(".key").read_bytes()) == 32


async def test_another_secret_finds_nothing(cache: Cache, path: Path) -> None:
    await cache.put(HOME, VALUE, 100)
    path.with_suffix(".key").unlink()
    assert await Cache(Database(path)).get(HOME) is None
    # the same row under its name, sealed with another secret
    with sqlite3.connect(path) as connection:
        other = Cache(Database(path))
        connection.execute("UPDATE answers SET name = ?", (other._stored_name(HOME),))
    assert await other.get(HOME) is None


def test_the_secret_is_made_once(path: Path) -> None:
    first = secret(path)
    assert secret(path) == first
    path.chmod(0o644)
    assert secret(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"short")
    with pytest.raises(OSError, match="delete it"):
        secret(path)
    assert [p.name for p in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize("value", ["", "{", "[1, 2", b"\xff\xfe", 7, "[" * 100_000])
async def test_a_damaged_row_counts_as_none(cache: Cache, path: Path, value: Any) -> None:
    await cache.put(TEAM, VALUE, 100)
    await cache.put(HOME, VALUE, 100)
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE answers SET value = ?", (value,))
    found = await cache.get(TEAM)
    assert found is None or found.value == 7
    assert await cache.get(HOME) is None


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def mend(path: Path) -> None:
    path.unlink()


def broken(path: Path, how: str) -> None:
    path.parent.mkdir()
    if how == "garbage":
        path.write_bytes(b"this is not a database, and it is somebody's own" * 100)
    elif how == "folder":
        path.mkdir()
    elif how == "other tables":
        with sqlite3.connect(path) as connection:
            connection.execute("CREATE TABLE answers (something TEXT)")
    elif how == "no folder":
        path.parent.rmdir()
        path.parent.write_text("a file")
    elif how == "secret":
        path.with_suffix(".key").mkdir()
    elif how == "half":
        with sqlite3.connect(path) as connection:
            connection.executescript(database_module.SCHEMA)
        path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize("how", ["garbage", "folder", "other tables", "no folder", "secret", "half"])
async def test_a_broken_file_breaks_no_answer(path: Path, how: str, caplog: pytest.LogCaptureFixture) -> None:
    broken(path, how)
    before = content(path)
    cache = Cache(Database(path))

    async def fetch() -> Any:
        return VALUE

    for _ in range(3):
        assert await cache.or_fetch(HOME, 100, fetch, lambda v: v) == VALUE
    assert "answers go on without" in caplog.text
    assert len(caplog.records) == 1  # then it is left alone for a while
    if how == "garbage":
        assert content(path) == before


async def test_a_locked_file_costs_little(path: Path, cache: Cache, monkeypatch: pytest.MonkeyPatch) -> None:
    await cache.put(TEAM, VALUE, 100)
    monkeypatch.setattr(database_module, "BUSY_SECONDS", 0.1)
    late = Cache(Database(path))
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("BEGIN IMMEDIATE")
        started = time.monotonic()
        await asyncio.gather(*(late.put(Name("k", str(n)), n, 100) for n in range(50)))
        assert time.monotonic() - started < 5
        connection.execute("ROLLBACK")
    assert await cache.get(TEAM)


async def test_the_file_is_used_again_when_it_is_mended(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_module, "PAUSE_SECONDS", 0.0)
    broken(path, "garbage")
    cache = Cache(Database(path))
    await cache.put(TEAM, VALUE, 100)
    assert await cache.get(TEAM) is None
    mend(path)
    await cache.put(TEAM, VALUE, 100)
    assert await cache.get(TEAM)


async def test_the_loop_does_not_wait_for_the_file(path: Path) -> None:
    database = Database(path)
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            ticks += 1
            await asyncio.sleep(0.01)

    ticking = asyncio.create_task(tick())
    await database.read(lambda _: time.sleep(0.5))
    ticking.cancel()
    assert ticks > 5


def test_two_processes_with_many_coroutines(path: Path) -> None:
    started = [subprocess.Popen([sys.executable, "-c", PROCESS, str(path), n], cwd=ROOT) for n in "ab"]
    assert [p.wait(60) for p in started] == [0, 0]
    assert kept(path) == 200


class TestOrFetch:
    """What serves: the kept value, the service, or an older kept value."""

    @pytest.fixture(autouse=True)
    def _start(self, cache: Cache, now: Now) -> None:
        self.cache, self.now, self.asked = cache, now, 0

    async def get(self, brings: Any) -> Any:
        async def fetch() -> Any:
            self.asked += 1
            if isinstance(brings, Exception):
                raise brings
            return brings

        def read(value: Any) -> Any:
            if not isinstance(value, dict):
                raise BadAnswerError("no dict")
            return value

        return await self.cache.or_fetch(HOME, 100, fetch, read)

    async def test_asked_once_while_fresh(self) -> None:
        assert [await self.get({"n": n}) for n in range(3)] == [{"n": 0}] * 3
        assert self.asked == 1
        self.now.time += 100
        assert await self.get({"n": 9}) == {"n": 9}

    @pytest.mark.parametrize(
        "error",
        [SourceUnavailableError("down"), BadAnswerError("strange"), SourceRefusedError("no entry", 403), "text"],
    )
    async def test_an_older_value_serves(self, error: Any) -> None:
        await self.get({"n": 1})
        self.now.time += 200
        assert await self.get(error) == {"n": 1}
        assert self.asked == 2
        assert await self.get({"n": 2}) == {"n": 2}

    async def test_what_is_gone_is_gone(self) -> None:
        await self.get({"n": 1})
        self.now.time += 200
        with pytest.raises(SourceRefusedError):
            await self.get(SourceRefusedError("gone", 404))

    async def test_nothing_wrong_is_kept(self, path: Path) -> None:
        for brings in (SourceUnavailableError("down"), "a text", None, 7):
            with pytest.raises((SourceUnavailableError, BadAnswerError)):
                await self.get(brings)
        assert kept(path) == 0

    async def test_a_kept_value_of_another_shape_is_asked_for_again(self) -> None:
        await self.cache.put(HOME, ["an", "older", "version"], 100)
        assert await self.get({"n": 1}) == {"n": 1}
        assert json.dumps((await self.cache.get(HOME)).value) == '{"n": 1}'
