"""Whether it stays as it is: memory over many messages, a conversation of many turns, a store of many conversations.

`python -m benchmarks.endurance memory [messages]`: the server's memory after a tenth of them, and after all.
`python -m benchmarks.endurance turns [turns]`: the last hundred turns of one conversation beside fresh ones.
`python -m benchmarks.endurance store [conversations] [sqlite|postgres]`: a full store beside a fresh one.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import sqlalchemy as sa
import uvloop

from benchmarks.accuracy import percentiles
from benchmarks.cluster import UNLIMITED
from benchmarks.talk import SCRIPTS, Connection, Heard, conversation, crowd, rehearse
from bot.cli import probe, servers, training
from bot.stores.database import open_engine
from tests.real_servers import postgres

MESSAGES, TURNS, CONVERSATIONS = 50_000, 2_000, 1_000_000
PEOPLE, FRESH = 8, 60
AT_ONCE = 20_000
"""Conversations that are put into the store in one transaction."""


@contextmanager
def served(database: str, folder: Path) -> Iterator[tuple[int, servers.Servers]]:
    """One worker and one action server on a database; its port."""
    os.environ.update(dict.fromkeys(UNLIMITED, "1000000"), TRACKER_DB=database)
    port = servers.free_port()
    with servers.Servers(
        training.ensure_model(), port, servers.free_port(), folder / "unused.db", folder / "log"
    ) as both:
        probe.wait_until_ready(port, both.dead)
        yield port, both


async def memory(messages: int) -> dict[str, Any]:
    """Megabytes of both processes after each tenth of the messages."""
    with tempfile.TemporaryDirectory() as name, served(str(Path(name) / "talk.db"), Path(name)) as (port, both):
        expected, heard, found = await rehearse(port), Heard(), []
        for part in range(1, 11):
            most = messages * part // 10
            await crowd(port, expected, PEOPLE, lambda h: h.messages >= most, heard)  # noqa: B023
            heard.times.clear()
            heard.waits.clear()
            used = {n: round(psutil.Process(p.pid).memory_info().rss / 2**20, 1) for n, p in both.processes.items()}
            found.append({"messages": heard.messages, **used})
            print(json.dumps(found[-1]), flush=True)
    growth = {name: found[-1][name] / found[0][name] - 1 for name in both.processes}
    return {"memory_mb": found, "growth": growth, "faults": heard.faults[:5]}


async def turns(many: int) -> dict[str, Any]:
    """Milliseconds of a long conversation's last hundred turns, and of fresh conversations' turns."""
    script = [text for texts in SCRIPTS for text in texts]
    with tempfile.TemporaryDirectory() as name, served(str(Path(name) / "talk.db"), Path(name)) as (port, _):
        connection = Connection(port)
        fresh = await _fresh(connection)
        long = Heard()
        await conversation(connection, tuple(script[n % len(script)] for n in range(many)), long, None, look=False)
        again = await _fresh(connection)
    return {
        "turns": many, "fresh": percentiles(fresh), "last_100": percentiles(long.times[-100:]),
        "last_500": percentiles(long.times[-500:]), "fresh_again": percentiles(again),
        "times_p95": percentiles(long.times[-500:])["p95"] / percentiles([*fresh, *again])["p95"], "faults": long.faults[:3],
    }  # fmt: skip


async def _fresh(connection: Connection) -> list[float]:
    """Milliseconds of the turns of new conversations."""
    heard = Heard()
    for number in range(FRESH):
        await conversation(connection, SCRIPTS[number % len(SCRIPTS)], heard, None, look=False)
    return heard.times[len(SCRIPTS[0]) :]


async def store(many: int, kind: str) -> dict[str, Any]:
    """Milliseconds of new conversations' turns on a fresh store, and on one with many conversations."""
    with tempfile.TemporaryDirectory() as name:
        if kind == "postgres":
            with postgres() as server:
                return await _both(server.url, Path(name), many)
        return await _both(str(Path(name) / "talk.db"), Path(name), many)


async def _both(database: str, folder: Path, many: int) -> dict[str, Any]:
    with served(database, folder) as (port, _):
        fresh = await _fresh(Connection(port))
    began = time.monotonic()
    size = fill(database, many)
    filled = time.monotonic() - began
    with served(database, folder) as (port, _):
        full = await _fresh(Connection(port))
    return {
        "conversations": many, "gigabytes": size / 2**30, "fill_s": filled, "fresh": percentiles(fresh),
        "full": percentiles(full), "times_p95": percentiles(full)["p95"] / percentiles(fresh)["p95"],
    }  # fmt: skip


def fill(database: str, many: int) -> int:
    """Copies one conversation so many times under other names, in the database itself; gives its size in bytes."""
    engine = open_engine(database)
    series = (
        "WITH RECURSIVE series(n) AS (SELECT CAST(:first AS INTEGER) UNION ALL "
        "SELECT n + 1 FROM series WHERE n < CAST(:last AS INTEGER))"
    )
    with engine.connect() as connection:
        some = connection.execute(
            sa.text(
                "SELECT sender_id FROM events WHERE sender_id LIKE 'web-%' GROUP BY sender_id ORDER BY min(id) LIMIT 1"
            )
        ).scalar()
        # one turn is enough: it is the number of conversations that is asked for
        last = connection.execute(
            sa.text("SELECT min(id) FROM events WHERE sender_id = :some AND type_name = 'bot'"), {"some": some}
        ).scalar()
    statement = sa.text(
        f"INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data) {series} "
        "SELECT 'web-filled-' || n, type_name, timestamp, intent_name, action_name, data FROM events, series "
        "WHERE sender_id = :some AND id <= :last_row ORDER BY n, id"
    )
    for first in range(1, many + 1, AT_ONCE):
        with engine.begin() as connection:
            if engine.dialect.name != "sqlite":
                connection.execute(sa.text("SET LOCAL statement_timeout = 0"))
            asked = {"first": first, "last": min(first + AT_ONCE - 1, many), "some": some, "last_row": last}
            connection.execute(statement, asked)
    if engine.dialect.name != "sqlite":
        # else PostgreSQL would begin to do so just while it is measured, which is another question: see docs/scale.md
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(sa.text("SET statement_timeout = 0"))
            connection.execute(sa.text("VACUUM ANALYZE"))
            connection.execute(sa.text("CHECKPOINT"))
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            return Path(database).stat().st_size
        return int(connection.execute(sa.text("SELECT pg_database_size(current_database())")).scalar() or 0)


def main() -> None:
    uvloop.install()
    kind, *rest = sys.argv[1:] or ["memory"]
    if kind == "store":
        work = store(int(rest[0]) if rest else CONVERSATIONS, rest[1] if len(rest) > 1 else "sqlite")
    elif kind == "turns":
        work = turns(int(rest[0]) if rest else TURNS)
    else:
        work = memory(int(rest[0]) if rest else MESSAGES)
    print(json.dumps(asyncio.run(work), indent=1))


if __name__ == "__main__":
    main()
