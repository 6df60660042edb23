"""One SQLite file for what the processes of this machine share: kept answers, and the next free turn to ask.

A file that is broken, locked or not writable never stops an answer: the work is left out, it is logged, and the file is
tried again a little later.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from bot.stores.write_ahead import write_ahead

log = logging.getLogger(__name__)
T = TypeVar("T")
BUSY_SECONDS = 0.5
PAUSE_SECONDS = 10.0
"""How long a failing file is left alone: without it, every coroutine would wait for the lock in turn."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (name TEXT PRIMARY KEY, value BLOB NOT NULL, stored REAL NOT NULL, ttl REAL NOT NULL);
CREATE TABLE IF NOT EXISTS turns (one INTEGER PRIMARY KEY CHECK (one = 1), next REAL NOT NULL);
"""


class Database:
    """Opened at first use. Works in one thread of its own, so that the event loop never waits for the disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._connection: sqlite3.Connection | None = None
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="plan-cache")
        self._paused_until = 0.0

    async def read(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """What `work` returns, done in the thread; None when the file failed. It waits for no writer."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work, False)

    async def write(self, work: Callable[[sqlite3.Connection], T]) -> T | None:
        """As `read`, within one transaction that is the only one of the machine."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._run, work, True)

    def close(self) -> None:
        """Ends the thread and closes the file; what was asked before is still done."""
        self._thread.submit(self._disconnect)
        self._thread.shutdown()

    def _run(self, work: Callable[[sqlite3.Connection], T], writes: bool) -> T | None:
        if time.monotonic() < self._paused_until:
            return None
        try:
            connection = self._connect()
            if not writes:
                return work(connection)
            # at once a writer: a reader that turns writer half-way would fail when another process wrote meanwhile
            connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            self._disconnect()
            # it is not deleted here: PLAN_CACHE may point at a file that is somebody's own
            log.error(
                "The cache %s is not usable (%s): answers go on without; if it stays so, delete it.", self.path, error
            )
            return None
        except BaseException:
            self._disconnect()
            raise
        return result

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
            connection = sqlite3.connect(self.path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
            try:
                write_ahead(connection, BUSY_SECONDS)
                connection.execute("PRAGMA synchronous=NORMAL")
                connection.execute("PRAGMA secure_delete=ON")
                connection.executescript(SCHEMA)
            except BaseException:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
