"""Where decisions of operators are kept: beside the conversations, so that they hold for all workers and over restarts.

Three tables. `service_state`: what holds. `service_log`: who decided what and when; nothing deletes from it, and it holds no
personal data but the operator's name. `service_workers`: which workers are up, and what each has heard of.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass

import sqlalchemy as sa

from bot.operations import state as states
from bot.operations.state import Choice, Decision, Notice, Off, ServiceState, Value

metadata = sa.MetaData()
STATE = sa.Table(
    "service_state",
    metadata,
    sa.Column("name", sa.String(20), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("by_whom", sa.String(100), nullable=False),
    sa.Column("value", sa.Text),
)
LOG = sa.Table(
    "service_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.Float, nullable=False),
    sa.Column("by_whom", sa.String(100), nullable=False),
    sa.Column("name", sa.String(20), nullable=False),
    sa.Column("what", sa.Text, nullable=False),
)
WORKERS = sa.Table(
    "service_workers",
    metadata,
    sa.Column("worker", sa.String(255), primary_key=True),
    sa.Column("seen", sa.Float, nullable=False),
    sa.Column("heard", sa.Integer, nullable=False),
    sa.Column("model", sa.String(255), nullable=False),
    sa.Column("trouble", sa.Text, nullable=False),
)
ALIVE_SECONDS = 15.0
"""A worker that was not seen for so long has gone."""
# made once: it is asked several times a second
READ = sa.select([STATE.c.name, STATE.c.number, STATE.c.at, STATE.c.by_whom, STATE.c.value])


@dataclass(frozen=True)
class Line:
    """A line of the record."""

    at: float
    by: str
    name: str
    what: str


@dataclass(frozen=True)
class Worker:
    """`heard`: the number of the newest decision that it knows; `model`: what it serves; `trouble`: why not what it should."""

    name: str
    seen: float
    heard: int
    model: str
    trouble: str = ""


class ServiceRecords:
    """`engine`: the tracker store's. Every method is one short transaction."""

    def __init__(self, engine: sa.engine.Engine) -> None:
        self._engine = engine

    def make_tables(self) -> None:
        """Once, before anything is read."""
        try:
            metadata.create_all(self._engine)
        except sa.exc.DBAPIError:
            # another server has made them between our look and our own making
            metadata.create_all(self._engine)

    def read(self) -> ServiceState:
        """What holds."""
        with self._engine.connect() as connection:
            rows = connection.execute(READ).fetchall()
        values = {name: states.unpacked(name, value) for name, _, _, _, value in rows}
        off, notice, choice = values.get(states.OFF), values.get(states.NOTICE), values.get(states.MODEL)
        return ServiceState(
            number=max((row[1] for row in rows), default=0),
            off=off if isinstance(off, Off) else None,
            notice=notice if isinstance(notice, Notice) else None,
            choice=choice if isinstance(choice, Choice) else None,
            decided=tuple((name, Decision(number, at, by)) for name, number, at, by, _ in rows),
        )

    def decide(self, name: str, value: Value | None, by: str, what: str) -> int:
        """Makes a decision and records it; returns its number."""
        row = {"at": time.time(), "by_whom": by}
        with self._engine.begin() as connection:
            number = int(connection.execute(sa.insert(LOG).values(name=name, what=what, **row)).inserted_primary_key[0])
            connection.execute(sa.delete(STATE).where(STATE.c.name == name))
            connection.execute(sa.insert(STATE).values(name=name, number=number, value=states.packed(value), **row))
        return number

    def log(self, most: int) -> list[Line]:
        """The newest lines of the record, oldest first."""
        wanted = sa.select([LOG.c.at, LOG.c.by_whom, LOG.c.name, LOG.c.what]).order_by(LOG.c.id.desc()).limit(most)
        with self._engine.connect() as connection:
            return [Line(*row) for row in reversed(connection.execute(wanted).fetchall())]

    def tell(self, worker: Worker) -> None:
        """Notes what a worker knows and serves; those that have gone are forgotten."""
        gone = (WORKERS.c.worker == worker.name) | (WORKERS.c.seen < worker.seen - 10 * ALIVE_SECONDS)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(WORKERS).where(gone))
            connection.execute(
                sa.insert(WORKERS).values(
                    worker=worker.name, seen=worker.seen, heard=worker.heard, model=worker.model, trouble=worker.trouble
                )
            )

    def leave(self, name: str) -> None:
        """A worker stops."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(WORKERS).where(WORKERS.c.worker == name))

    def workers(self) -> list[Worker]:
        """Those that are up."""
        columns = [WORKERS.c.worker, WORKERS.c.seen, WORKERS.c.heard, WORKERS.c.model, WORKERS.c.trouble]
        alive = WORKERS.c.seen > time.time() - ALIVE_SECONDS
        with self._engine.connect() as connection:
            rows: Iterable = connection.execute(sa.select(columns).where(alive).order_by(WORKERS.c.worker)).fetchall()
        return [Worker(*row) for row in rows]
