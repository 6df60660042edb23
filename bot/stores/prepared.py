"""Statements that are asked at every message: PostgreSQL reads and plans them once for each connection.

For the small ones that takes longer than the answer does.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, CursorResult
from sqlalchemy.exc import DBAPIError

from bot.stores.database import IS_UNKNOWN

NAMED = re.compile(r"(?<!:):(\w+)")
_numbers = itertools.count(1)


class Prepared:
    """`text`: with `:names`; `types`: PostgreSQL's of each name. Run on connections that need no transaction, or within one."""

    def __init__(self, text: str, types: Mapping[str, str]) -> None:
        self._usual, self._text, self._name = sa.text(text), text, f"plan_{next(_numbers)}"
        places = {name: f"${place}" for place, name in enumerate(types, 1)}
        numbered = NAMED.sub(lambda found: places[found[1]], text).replace("%", "%%")
        self._prepare = f"PREPARE {self._name} ({', '.join(types.values())}) AS {numbered}"
        self._execute = f"EXECUTE {self._name} ({', '.join(f'%({name})s' for name in types)})"
        self._is_off = False

    def run(self, connection: Connection, **told: Any) -> CursorResult:
        """What the statement gives. Raises the database's errors."""
        if connection.dialect.name == "sqlite":
            # it knows the names itself
            return connection.exec_driver_sql(self._text, told)
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
