"""Looks for words in everything that the servers keep: files of SQLite as they lie on the disk, PostgreSQL, Redis, caches, logs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from pathlib import Path

import sqlalchemy as sa

from bot.paths import BUILD
from bot.stores.database import is_address, open_engine
from tests.real_servers import Server

LARGEST = 50_000_000
"""Bytes: what is larger among the project's own files is a model, not something that was said."""
BYTECODE = BUILD / "bytecode"
"""Of the source, whose examples are addresses and numbers too."""


class Stores:
    """`database`: path or address of the conversations; `folder`: with caches and logs; `servers`: with logs of their own."""

    def __init__(self, database: str, folder: Path, redis_url: str, servers: Iterable[Server] = ()) -> None:
        self.database, self.folder, self._redis_url, self._servers = database, folder, redis_url, list(servers)
        self._began = time.time()

    def all(self) -> dict[str, bytes]:
        """What is in each store, by its name."""
        found = {self._name(path): path.read_bytes() for path in self._files() if path.is_file()}
        found |= {f"log of {type(server).__name__}": (server.folder / "log").read_bytes() for server in self._servers}
        found["redis"] = b"\n".join(self._redis())
        if is_address(self.database):
            found |= self._tables()
        return found

    def having(self, *words: str) -> list[str]:
        """The stores in which one of the words is, in any case of letters."""
        wanted = [word.casefold().encode() for word in words]
        return sorted(name for name, content in self.all().items() if any(word in content.lower() for word in wanted))

    def without(self, *words: str, seconds: float = 60.0) -> list[str]:
        """The same when none has them any more, or time is up: the servers empty SQLite's log every few seconds."""
        ends = time.monotonic() + seconds
        while (found := self.having(*words)) and time.monotonic() < ends:
            time.sleep(0.5)
        return found

    def _files(self) -> Iterable[Path]:
        """Those of the test, and those of the project that were written since it began."""
        yield from self.folder.rglob("*")
        for path in BUILD.rglob("*"):
            if BYTECODE in path.parents:
                continue
            if path.is_file() and path.stat().st_mtime >= self._began and path.stat().st_size < LARGEST:
                yield path

    def _name(self, path: Path) -> str:
        # an assistant that runs on this machine beside the tests has files of the same names
        return f"file {path.name}" if self.folder in path.parents else f"file {path.name} of the project"

    def _redis(self) -> Iterable[bytes]:
        from redis import Redis

        read: dict[bytes, Callable[[Redis, bytes], object]] = {
            b"string": lambda redis, key: redis.get(key),
            b"list": lambda redis, key: redis.lrange(key, 0, -1),
            b"hash": lambda redis, key: redis.hgetall(key),
            b"set": lambda redis, key: redis.smembers(key),
            b"zset": lambda redis, key: redis.zrange(key, 0, -1, withscores=True),
            b"stream": lambda redis, key: redis.xrange(key),
            b"none": lambda redis, key: None,
        }
        with Redis.from_url(self._redis_url) as redis:
            for key in redis.scan_iter():
                yield key + b" " + repr(read[redis.type(key)](redis, key)).encode()

    def _tables(self) -> dict[str, bytes]:
        engine = open_engine(self.database)
        try:
            with engine.connect() as connection:
                tables = connection.exec_driver_sql(
                    "SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
                ).fetchall()
                found = {}
                for schema, table in tables:
                    rows = connection.execute(sa.text(f'SELECT * FROM "{schema}"."{table}"')).fetchall()
                    # a row of SQLAlchemy's own shows long values cut in the middle
                    found[f"table {table}"] = repr([tuple(row) for row in rows]).encode()
                return found
        finally:
            engine.dispose()
