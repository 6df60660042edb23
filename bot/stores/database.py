"""The database of conversations: SQLite on one machine, PostgreSQL for several workers. Work on it outlives a restart of it.

SQLite writes ahead (WAL) and syncs every ten seconds (retention.py), so that saving a turn does not wait for the disk: after a
power cut the last ten may be lost, nothing else. What is deleted is overwritten, in both files. Other databases keep their
own settings.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.engine import Engine
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
    SQLAlchemyError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import QueuePool, StaticPool

from bot.errors import SetupError
from bot.stores.write_ahead import write_ahead

log = logging.getLogger(__name__)
T = TypeVar("T")
VARIABLE = "TRACKER_DB"
CONNECT_SECONDS = 3
WORK_MILLISECONDS = 10_000
"""The longest statement of an answer; deleting old conversations goes batch by batch."""
BUSY_SECONDS = 5.0
LONGEST_LOG = 20_000
"""Pages of 4 kB; it is put away before by a thread that nobody waits for. A turn that had to would take twice as long."""
CONNECTIONS = 8
"""Of one worker for single statements, and two for transactions; kept open, since PostgreSQL starts a process for each."""
MORE_CONNECTIONS = 4
FOR_TRANSACTIONS = {"pool_size": 2, "max_overflow": CONNECTIONS}
FOR_SINGLES = {"pool_size": CONNECTIONS, "max_overflow": MORE_CONNECTIONS}
STEADY_SECONDS = 12.0
"""How long work is tried again: a database that is restarted comes back within it, and a turn may take longer."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.5
STATEMENT_TOOK_TOO_LONG = "57014"
IS_UNKNOWN = "26000"
"""A prepared statement is not there: something between PostgreSQL and us hands connections around."""
_singles: WeakKeyDictionary[Engine, Engine] = WeakKeyDictionary()


def is_address(text: str) -> bool:
    """Whether it names a database server, and not a file."""
    return "://" in text


def open_engine(address: str) -> Engine:
    """`address`: path of an SQLite file, or postgresql://... Nothing is connected yet. Raises SetupError for what is neither."""
    try:
        url = sa.engine.make_url(address if is_address(address) else f"sqlite:///{address}")
        if url.drivername.startswith("sqlite"):
            return _sqlite(url)
        if not url.drivername.startswith("postgresql"):
            raise ArgumentError("neither SQLite nor PostgreSQL")
        return _postgresql(url, **FOR_TRANSACTIONS)
    except (ArgumentError, NoSuchModuleError, ValueError, ImportError) as error:
        # the address may hold a password, so it is not repeated
        raise SetupError(
            f"{VARIABLE} is no database: write the path of a file, or postgresql://user:password@host/name."
        ) from error


def _sqlite(url: sa.engine.URL) -> Engine:
    """A database in a file, with connections that stay open.

    Rasa opens and closes one for every query; closing the last one makes SQLite put its log away, which waits for the disk.
    """
    in_memory = url.database in (None, "", ":memory:")
    kept = {"poolclass": StaticPool} if in_memory else {"poolclass": QueuePool, "pool_size": CONNECTIONS}
    more = {"check_same_thread": False, "timeout": BUSY_SECONDS}
    engine = sa.create_engine(url, connect_args=more, hide_parameters=True, **kept)
    sa.event.listen(engine, "connect", _write_ahead)
    return engine


def _write_ahead(connection: Any, _: Any) -> None:
    write_ahead(connection, BUSY_SECONDS)
    cursor = connection.cursor()
    for pragma in ("synchronous=NORMAL", "secure_delete=ON", f"wal_autocheckpoint={LONGEST_LOG}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _postgresql(url: sa.engine.URL, **more: Any) -> Engine:
    return sa.create_engine(
        url, pool_timeout=CONNECT_SECONDS,
        # the one used last: PostgreSQL's process for it has all at hand that it needs
        pool_use_lifo=True, hide_parameters=True, connect_args=_limits(), **more,
    )  # fmt: skip


def _limits() -> dict[str, Any]:
    """A server that is gone without a word is noticed within seconds, not after the system's two hours."""
    return {
        "connect_timeout": CONNECT_SECONDS, "options": f"-c statement_timeout={WORK_MILLISECONDS}",
        "keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 10_000,
    }  # fmt: skip


def single(engine: Engine) -> Engine:
    """The same database for single statements: without a transaction around each, which would be two calls more.

    It has connections of its own: one that changes its ways at every use would cost as many calls again.
    """
    if engine.dialect.name == "sqlite":
        return engine
    if engine not in _singles:
        _singles[engine] = _postgresql(engine.url, **FOR_SINGLES, isolation_level="AUTOCOMMIT")
    return _singles[engine]


class Steady:
    """Does work on a database. `engine`: its own; on SQLite in the caller's thread, else in threads, since a network may hang."""

    def __init__(self, engine: Engine, seconds: float = STEADY_SECONDS) -> None:
        self._engine, self._seconds = engine, seconds
        self._threads: ThreadPoolExecutor | None = None
        if engine.dialect.name != "sqlite":
            self._threads = ThreadPoolExecutor(CONNECTIONS, thread_name_prefix="plan-database")

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, which is one transaction that may be done again from its start.

        Raises what it raises, and the database's own error when that is not back in time.
        """
        ends, pause = time.monotonic() + self._seconds, FIRST_PAUSE
        while True:
            try:
                if self._threads is None:
                    return work()
                return await asyncio.get_running_loop().run_in_executor(self._threads, work)
            except SQLAlchemyError as error:
                if not _passes(error) or time.monotonic() > ends:
                    raise
                log.warning("the database does not answer (%s); tried again", type(error).__name__)
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _passes(error: SQLAlchemyError) -> bool:
    """Whether it is of a kind that ends by itself: the database is away, busy or starting up."""
    if isinstance(error, PoolTimeoutError):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if error.connection_invalidated:
        return True
    if isinstance(error.orig, sqlite3.OperationalError):
        return "locked" in str(error.orig) or "busy" in str(error.orig)
    code = getattr(error.orig, "pgcode", None)
    return code == IS_UNKNOWN or (
        isinstance(error, (OperationalError, InterfaceError)) and code != STATEMENT_TOOK_TOO_LONG
    )
