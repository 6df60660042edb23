"""Every table that the servers keep: what is in it, for how long, and what goes when a person asks.

Three things delete: a timer in each server, `planbot purge`, and `planbot erase` (with "delete my data" in the chat, which goes
through the channels). A batch is one short transaction, so answers never wait for it; several servers at once share the work.
A table that is not named here fails tests/unit/test_retention.py.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timezone
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.messaging.inbox import INBOX_SECONDS, PERSON_SECONDS
from bot.messaging.records import OUTBOX_SECONDS, REST_SECONDS
from bot.messaging.tables import DELIVERIES, INBOX, OUTBOX, PEOPLE, REST
from bot.settings import KEPT_DAYS, SourceSettings
from bot.sources import cache
from bot.stores.wiping import put_file_away, put_log_away, vacuum
from bot.web.records import ENDED, FEEDBACK, UNLINKED

log = logging.getLogger(__name__)
DAY = 86_400.0
BATCH = 500
"""Rows in a transaction: some milliseconds."""
PAUSE_SECONDS = 0.05
EVERY_SECONDS = 3_600.0
LOG_SECONDS = 10.0
"""How soon SQLite's log is emptied, in which deleted words stand until then."""
DELIVERIES_SECONDS = 2 * DAY
"""For so long a platform may send a message again, whatever is purged: it would be answered twice."""
EVENTS = sa.table(
    "events", sa.column("id", sa.Integer), sa.column("sender_id", sa.String), sa.column("timestamp", sa.Float)
)
SERVICE = ("service_state", "service_log", "service_workers", "channel_workers", "health_probe")
FIGURES = ("statistics_sources", "statistics_figures", "statistics_populations", "statistics_editions")
WITHOUT_PEOPLE = frozenset(SERVICE + FIGURES)
"""Nothing in these is about the people who ask: decisions of operators, which workers are up, published figures."""

Old = Callable[[float, float], Any]


@dataclass(frozen=True)
class Kept:
    """A table about people. `old`: from (before, now), in seconds since 1970, the rows that have had their time.

    `sender`: the column with the conversation's name, where an erasure reaches; `empties`: columns that are emptied in place of
    the row.
    """

    table: Any
    key: Any
    old: Old
    sender: Any = None
    empties: dict[str, Any] | None = None

    @property
    def name(self) -> str:
        return str(self.table.name)

    def gone(self, which: Any) -> Any:
        """The statement that deletes or empties the rows."""
        if self.empties is None:
            return sa.delete(self.table).where(which)
        return sa.update(self.table).where(which).values(**self.empties)


def _until(column: Any, seconds: float) -> Old:
    """Rows that say until when they hold, which is `seconds` after they were made."""
    return lambda before, now: column < max(now, before + seconds)


def _day(moment: float) -> date:
    return datetime.fromtimestamp(moment, timezone.utc).date()


KEPT = (
    Kept(EVENTS, EVENTS.c.id, lambda before, _: EVENTS.c.timestamp < before, EVENTS.c.sender_id),
    # the whole of that day: nothing may be kept for longer than was said
    Kept(
        FEEDBACK, FEEDBACK.c.id, lambda before, _: (FEEDBACK.c.day <= _day(before)) & FEEDBACK.c.sender.is_not(None),
        FEEDBACK.c.sender, UNLINKED,
    ),
    # while its id is good, an ended conversation must stay ended
    Kept(ENDED, ENDED.c.sender, lambda _, now: ENDED.c.until < now),
    Kept(DELIVERIES, DELIVERIES.c.key, lambda before, now: DELIVERIES.c.at < min(before, now - DELIVERIES_SECONDS)),
    Kept(INBOX, INBOX.c.id, _until(INBOX.c.until, INBOX_SECONDS), INBOX.c.sender),
    Kept(REST, REST.c.sender, _until(REST.c.until, REST_SECONDS), REST.c.sender),
    Kept(OUTBOX, OUTBOX.c.id, _until(OUTBOX.c.until, OUTBOX_SECONDS), OUTBOX.c.sender),
    Kept(PEOPLE, PEOPLE.c.sender, _until(PEOPLE.c.until, PERSON_SECONDS)),
)  # fmt: skip
SAID = Kept(PEOPLE, PEOPLE.c.sender, lambda *_: sa.false(), PEOPLE.c.sender, {"said": None, "said_until": None})
"""At an erasure the words go; how often somebody was answered today stays, or deleting would lift the limit."""


def is_registered(table: str) -> bool:
    """Whether it is known what becomes of a table."""
    return table in WITHOUT_PEOPLE or any(kept.name == table for kept in KEPT)


def batches(engine: Engine, before: float, size: int = BATCH) -> Iterator[tuple[str, int]]:
    """Deletes what is older than a time (seconds since 1970), a batch each time that it is asked on: (table, rows)."""
    for kept in _present(engine, KEPT):
        while True:
            old = kept.old(before, time.time())
            with engine.begin() as connection:
                # rows that another server is just deleting are its own
                wanted = sa.select([kept.key]).where(old).limit(size).with_for_update(skip_locked=True)
                keys = [row[0] for row in connection.execute(wanted)]
                if keys:
                    connection.execute(kept.gone(kept.key.in_(keys)))
            if not keys:
                break
            yield kept.name, len(keys)


def tables(engine: Engine) -> list[str]:
    """Those that `batches` looks through."""
    return [kept.name for kept in _present(engine, KEPT)]


def count(engine: Engine, before: float) -> dict[str, int]:
    """How many rows of each table `batches` would delete."""
    found = {}
    with engine.connect() as connection:
        for kept in _present(engine, KEPT):
            old = kept.old(before, time.time())
            found[kept.name] = int(
                connection.execute(sa.select([sa.func.count()]).select_from(kept.table).where(old)).scalar()
            )
    return found


def erase(engine: Engine, sender: str) -> dict[str, int]:
    """Deletes what is kept of a conversation, by its name in the store; says how much of each table it was.

    A server that is just answering in this conversation may add its turn afterwards: erase again, and it is gone.
    """
    gone = {}
    for kept in _present(engine, (*KEPT, SAID)):
        if kept.sender is not None:
            mine = kept.sender == sender
            if kept is SAID:
                mine &= PEOPLE.c.said.is_not(None)
            with engine.begin() as connection:
                gone[kept.name] = int(connection.execute(kept.gone(mine)).rowcount)
    return gone


def _present(engine: Engine, wanted: tuple[Kept, ...]) -> list[Kept]:
    """Those whose tables have been made."""
    tables = set(sa.inspect(engine).get_table_names())
    return [kept for kept in wanted if kept.name in tables]


async def keep(
    engine: Engine, days: float = KEPT_DAYS, *, every: float = EVERY_SECONDS, first: float | None = None
) -> None:
    """Deletes what is older than `days`, for as long as the server runs, in threads of their own so that answers do not wait.

    `every`, `first`: seconds between two purges, and before the first; several servers do not begin at the same moment.
    """
    due = time.monotonic() + (random.uniform(0, LOG_SECONDS) if first is None else first)  # noqa: S311
    while True:
        try:
            if time.monotonic() >= due:
                due = time.monotonic() + every
                await purge(engine, time.time() - days * DAY + every)
            await asyncio.to_thread(put_log_away, engine)
        except Exception as error:
            log.error("what is old could not be deleted (%s); tried again later", type(error).__name__)
        await asyncio.sleep(min(LOG_SECONDS, every))


async def purge(engine: Engine, before: float) -> None:
    """Deletes what is older than a time (seconds since 1970), with a pause behind each batch."""
    steps, gone, emptied = batches(engine, before), dict[str, int](), time.monotonic()
    while step := await asyncio.to_thread(next, steps, None):
        gone[step[0]] = gone.get(step[0], 0) + step[1]
        await asyncio.sleep(PAUSE_SECONDS)
        if time.monotonic() - emptied > LOG_SECONDS:
            # what was deleted stands in it, and a turn would have to put away a long one
            await asyncio.to_thread(put_log_away, engine)
            emptied = time.monotonic()
    if gone:
        log.info("deleted because of its age: %s", ", ".join(f"{n} of {table}" for table, n in gone.items()))
        await asyncio.to_thread(vacuum, engine, list(gone))
    await asyncio.to_thread(purge_cache, before)


def purge_cache(before: float) -> int:
    """Deletes the kept answers on places that people asked for before a time; returns how many there were."""
    file = SourceSettings().cache
    gone = cache.forget_private(file, before)
    put_file_away(file)
    return gone
