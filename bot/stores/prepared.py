"""Statements that are asked at every message: PostgreSQL reads and plans them once for each connection.

For the small ones that takes longer than the answer does. SQLite remembers them itself; there, what SQLAlchemy makes of a
statement and its rows would take longer.
"""

from __future__ import annotations

import itertools
import re
import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError

from bot.stores.database import IS_UNKNOWN

NAMED = re.compile(r"(?<!:):(\w+)")
_numbers = itertools.count(1)


class Rows(Protocol):
    """What a statement gives: as much of SQLAlchemy's CursorResult as is used here."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""

    def first(self) -> Any:
        """The first row, or None."""

    def scalar(self) -> Any:
        """The first value of the first row, or None."""

    def fetchall(self) -> list[Any]:
        """All rows."""

    def __iter__(self) -> Iterator[Any]:
        """All rows."""


class Prepared:
    """`text`: with `:names`; `types`: PostgreSQL's of each name. Run on connections that need no transaction, or within one."""

    def __init__(self, text: str, types: Mapping[str, str]) -> None:
        self._usual, self._text, self._name = sa.text(text), text, f"plan_{next(_numbers)}"
        places = {name: f"${place}" for place, name in enumerate(types, 1)}
        numbered = NAMED.sub(lambda found: places[found[1]], text).replace("%", "%%")
        self._prepare = f"PREPARE {self._name} ({', '.join(types.values())}) AS {numbered}"
        self._execute = f"EXECUTE {self._name} ({', '.join(f'%({name})s' for name in types)})"
        self._is_off = False

    def run(self, connection: Connection, **told: Any) -> Rows:
        """What the statement gives. Raises the database's errors."""
        if connection.dialect.name == "sqlite":
            return _SqliteRows(connection, self._text, told)
        if self._is_off:
            return connection.execute(self._usual, told)
        known = connection.info.setdefault("plan_prepared", set())
        try:
            if self._name not in known:
                connection.exec_driver_sql(self._prepare)
                known.add(self._name)
            return connection.exec_driver_sql(self._execute, told)
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) != IS_UNKNOWN:
                raise
            self._is_off = True
            if connection.in_transaction():
                # which is lost, and done again: see Steady
                raise
            return connection.execute(self._usual, told)


class _SqliteRows:
    """Read at once: a statement that is not read to its end would keep the file's log from being put away."""

    def __init__(self, connection: Connection, text: str, told: Mapping[str, Any]) -> None:
        try:
            # it knows the names itself, and begins a transaction for what changes rows
            cursor = connection.connection.cursor()
            cursor.execute(text, told)
            self._rows, self.rowcount = cursor.fetchall(), cursor.rowcount
            cursor.close()
            if not connection.in_transaction():
                # as SQLAlchemy does for what changes rows outside of a transaction
                connection.connection.commit()
        except sqlite3.Error as error:
            raise DBAPIError.instance(text, None, error, sqlite3.Error, hide_parameters=True) from error

    def first(self) -> Any:
        return self._rows[0] if self._rows else None

    def scalar(self) -> Any:
        return self._rows[0][0] if self._rows else None

    def fetchall(self) -> list[Any]:
        return self._rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)
