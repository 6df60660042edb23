"""The store of figures: read by measure and area, or across the boroughs; written whole, one origin at a time.

Fed from content/statistics.csv and content/populations.csv, so that a fresh clone answers offline, and by `planbot refresh`
from the published files. Where two origins have the same figure, the London Datastore's goes before a newspaper's, and the last
published before an older one.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError

from actions.statistics import seed
from actions.statistics.database import IN_MEMORY, address, open_engine, single
from actions.statistics.figure import Edition, Figure, Population
from actions.statistics.recent import Recent
from actions.statistics.tables import TABLES, editions, figures, populations, sources
from bot.errors import StoreError
from bot.stores.database import STATEMENT_TOOK_TOO_LONG

DATASTORE = "London Datastore"
RESTART_SECONDS, PAUSE_SECONDS = 2.5, 0.1
"""How long a database that is away is waited for, with this between two tries: an action has 8 s."""
GIVEN_UP_SECONDS = 10.0
"""After that was in vain, nobody waits for so long."""
FILLING = 7_362_001
"""The lock of PostgreSQL that an action server holds while it makes and fills the tables: several start at once."""
_COLUMNS = (
    figures.c.measure, figures.c.area, figures.c.first_day, figures.c.last_day, figures.c.period_type, figures.c.value,
    figures.c.unit, sources.c.title, sources.c.url, figures.c.published, figures.c.provisional, figures.c.notes,
)  # fmt: skip
_ALL = sa.select(*_COLUMNS).join(sources, figures.c.source_id == sources.c.id).order_by(figures.c.id)
_OF = _ALL.where(figures.c.measure == sa.bindparam("measure"), figures.c.area == sa.bindparam("area"))
_ACROSS = _ALL.where(
    figures.c.measure == sa.bindparam("measure"),
    figures.c.first_day >= sa.bindparam("first"),
    figures.c.last_day <= sa.bindparam("last"),
)


class Store:
    """One for a process. `url`: a SQLAlchemy address; the one of the settings unless given."""

    def __init__(self, url: str | None = None) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._questions: Engine
        self._recent = Recent()
        self._gave_up = float("-inf")

    @classmethod
    def of_the_project(cls) -> Store:
        """The project's own figures alone, in memory: what is left when the database is not."""
        return cls(IN_MEMORY)

    def of(self, measure: str, area: str) -> list[Figure]:
        """The figures of a measure in an area, oldest first, the best one for each period. Raises StoreError."""

        def read() -> list[Figure]:
            return _best(Figure(*row) for row in self._rows(_OF, measure=measure, area=area))

        return list(self._recent.get((measure, area), read))

    def across(self, measure: str, first: date, last: date) -> dict[str, list[Figure]]:
        """For each area, its figures of a measure that lie within the days, as `of` gives them. Raises StoreError."""
        found: dict[str, list[Figure]] = {}
        for row in self._rows(_ACROSS, measure=measure, first=first, last=last):
            found.setdefault(row[1], []).append(Figure(*row))
        return {area: _best(listed) for area, listed in found.items()}

    def newest_day(self, measure: str) -> date | None:
        """The last day that any borough or London has a figure of the measure for. Raises StoreError."""
        (row,) = self._rows(sa.select(sa.func.max(figures.c.last_day)).where(figures.c.measure == measure))
        return row[0]

    def populations(self) -> dict[str, list[Population]]:
        """People who live in each area, oldest first. Raises StoreError."""
        found: dict[str, list[Population]] = {}
        for row in self._rows(sa.select(populations).order_by(populations.c.area, populations.c.day)):
            found.setdefault(row.area, []).append(Population(*row))
        return found

    def edition(self, origin: str) -> Edition | None:
        """What was last taken in from an origin; None when nothing was. Raises StoreError."""
        rows = self._rows(sa.select(editions).where(editions.c.origin == origin))
        return Edition(*rows[0]) if rows else None

    def all_editions(self) -> list[Edition]:
        """Every edition, the last taken in first. Raises StoreError."""
        return [Edition(*row) for row in self._rows(sa.select(editions).order_by(editions.c.loaded.desc()))]

    def replace(self, edition: Edition, rows: Iterable[Figure]) -> int:
        """Puts the figures of an origin in the place of what it brought before, all or nothing; how many.

        Raises StoreError; then nothing has changed.
        """
        with self._writing() as connection:
            return put(connection, edition, rows)

    def _rows(self, question: Any, **told: Any) -> list[Any]:
        """What a question brings. A database that is just restarted is waited for, unless that was in vain a moment ago."""
        began = time.monotonic()
        patience = RESTART_SECONDS if began - self._gave_up > GIVEN_UP_SECONDS else 0.0
        while True:
            try:
                return self._ask(question, told)
            except SQLAlchemyError as error:
                if not _is_away(error) or time.monotonic() - began > patience:
                    self._gave_up = time.monotonic() if _is_away(error) else self._gave_up
                    told_why = f"The figures cannot be read ({type(error).__name__}): is the database there?"
                    raise StoreError(told_why) from error
            time.sleep(PAUSE_SECONDS)

    def _ask(self, question: Any, told: dict[str, Any]) -> list[Any]:
        self._open()
        with self._questions.connect() as connection:
            return connection.execute(question, told).all()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            engine = self._open().execution_options(plan_writes=True)
            with engine.begin() as connection:
                yield connection
            self._recent.clear()
        except SQLAlchemyError as error:
            raise StoreError(f"The figures cannot be written ({type(error).__name__}): nothing has changed.") from error

    def _open(self) -> Engine:
        """The engine, with tables made and the project's own figures in it."""
        if self._engine is None:
            engine = open_engine(self._url or address())
            content = seed.checksum()
            with engine.execution_options(plan_writes=True).begin() as connection:
                if engine.dialect.name != "sqlite":  # which lets one write at a time anyway
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(FILLING)))
                TABLES.create_all(connection)
                known = connection.execute(
                    sa.select(editions.c.checksum).where(editions.c.origin == seed.ORIGIN)
                ).scalar()
                if known != content:
                    edition, rows, people = seed.read()
                    put(connection, edition, rows)
                    connection.execute(populations.delete())
                    connection.execute(populations.insert(), [vars(p) for p in people])
            self._engine, self._questions = engine, single(engine)
        return self._engine

    def close(self) -> None:
        """Lets go of the database; a later question opens it again."""
        engine, self._engine = self._engine, None
        self._recent.clear()
        if engine is not None:
            engine.dispose()
            self._questions.dispose()


def put(connection: Connection, edition: Edition, rows: Iterable[Figure]) -> int:
    """Replaces an origin's figures within a transaction that is already open; how many there are now."""
    known = {(title, url): number for number, title, url in connection.execute(sa.select(sources))}
    connection.execute(figures.delete().where(figures.c.origin == edition.origin))
    batch, count = [], 0
    for row in rows:
        source = (row.source_title, row.source_url)
        if source not in known:
            added = connection.execute(sources.insert().values(title=source[0], url=source[1]))
            known[source] = added.inserted_primary_key[0]
        batch.append(
            {
                "origin": edition.origin, "measure": row.measure, "area": row.area, "first_day": row.start,
                "last_day": row.end, "period_type": row.period_type, "value": row.value, "unit": row.unit,
                "source_id": known[source], "published": row.published, "provisional": row.provisional, "notes": row.notes,
            }
        )  # fmt: skip
        count += 1
        if len(batch) == 5000:
            connection.execute(figures.insert(), batch)
            batch = []
    if batch:
        connection.execute(figures.insert(), batch)
    connection.execute(editions.delete().where(editions.c.origin == edition.origin))
    connection.execute(editions.insert().values(**vars(edition)))
    return count


def _is_away(error: SQLAlchemyError) -> bool:
    """Whether a server is restarting, or has closed the connection; not a question that took too long."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    is_server = not isinstance(getattr(error, "orig", None), sqlite3.Error)
    too_long = getattr(getattr(error, "orig", None), "pgcode", None) == STATEMENT_TOOK_TOO_LONG
    return is_server and isinstance(error, (OperationalError, InterfaceError)) and not too_long


def _best(listed: Iterable[Figure]) -> list[Figure]:
    best: dict[tuple[date, date, str], Figure] = {}
    for figure in listed:
        period = (figure.end, figure.start, figure.period_type)
        if period not in best or _rank(figure) > _rank(best[period]):
            best[period] = figure
    return [best[period] for period in sorted(best)]


def _rank(figure: Figure) -> tuple[bool, date]:
    return DATASTORE in figure.source_title, figure.published or date.min
