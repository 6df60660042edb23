"""Opens the database of figures: SQLite unless PLAN_STATISTICS_DB names another (postgresql://...)."""

from __future__ import annotations

import os
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError, NoSuchModuleError
from sqlalchemy.pool import QueuePool, StaticPool

from bot.errors import SetupError
from bot.paths import BUILD
from bot.stores.write_ahead import write_ahead

VARIABLE = "PLAN_STATISTICS_DB"
CONNECT_SECONDS = 3
BUSY_SECONDS = 3
ANSWER_MILLISECONDS = 5000
IN_MEMORY = "sqlite://"


def address() -> str:
    """The database's URL, from the environment or the project's own folder."""
    named = os.environ.get(VARIABLE, "").strip()
    if named:
        return named
    BUILD.mkdir(exist_ok=True)
    return f"sqlite:///{BUILD / 'statistics.db'}"


def open_engine(url: str) -> Engine:
    """An engine; nothing is connected before the first question. Raises SetupError for an address that is none."""
    more: dict[str, Any] = {}
    if url == IN_MEMORY:
        more = {"connect_args": {"check_same_thread": False}, "poolclass": StaticPool}
    elif url.startswith("sqlite"):
        # kept open: SQLAlchemy's usual pool for files opens one for every question
        more = {"connect_args": {"timeout": BUSY_SECONDS, "check_same_thread": False}, "poolclass": QueuePool}
    elif url.startswith("postgres"):
        more = _postgresql()
    try:
        engine = create_engine(url, **more)
    except (ArgumentError, NoSuchModuleError, ValueError, ImportError) as error:
        # the address may hold a password, so it is not repeated
        raise SetupError(
            f"{VARIABLE} is no database address: write sqlite:///path or postgresql://user:password@host/name, or unset it."
        ) from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_at_once)
    return engine


def single(engine: Engine) -> Engine:
    """The same database for single questions: in PostgreSQL without a transaction around each, which would be three calls more.

    It has connections of its own: one that changes its ways at every use would cost as many calls again.
    """
    if engine.dialect.name != "postgresql":
        return engine
    return create_engine(engine.url, **_postgresql(), isolation_level="AUTOCOMMIT")


def _postgresql() -> dict[str, Any]:
    limits = f"-c statement_timeout={ANSWER_MILLISECONDS}"
    return {
        "connect_args": {"connect_timeout": CONNECT_SECONDS, "options": limits},
        "pool_timeout": CONNECT_SECONDS,
    }


def _prepare_sqlite(connection: Any, _: Any) -> None:
    # SQLAlchemy begins transactions itself below: the driver's own way would begin them too late for a writer
    connection.isolation_level = None
    write_ahead(connection, BUSY_SECONDS)
    connection.execute("PRAGMA synchronous=NORMAL")


def _begin_at_once(connection: Any) -> None:
    """Writers queue up at their first step; readers see the last whole state meanwhile."""
    writes = connection.get_execution_options().get("plan_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
