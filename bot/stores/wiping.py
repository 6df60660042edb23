"""What was deleted must not lie on in the database's files: SQLite overwrites it, PostgreSQL is asked to tidy up.

SQLite overwrites pages as it deletes (see database.py); older copies of them are in its log (-wal) until the log is put away.
PostgreSQL keeps dead rows until a VACUUM, and bytes in its files and its own log until they are used again: see docs/privacy.md.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)
WAIT_SECONDS = 0.2
"""The longest that answers may be held up by this; it is tried again soon."""


def put_log_away(engine: Engine) -> bool:
    """Empties the log of an SQLite file; False when somebody is just reading or writing, and it should be tried again."""
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:":
        return True
    return put_file_away(Path(database))


def put_file_away(file: Path) -> bool:
    """The same for the path of a file; one that is not there needs nothing."""
    log_file = file.with_name(f"{file.name}-wal")
    try:
        if not log_file.exists() or log_file.stat().st_size == 0:
            return True
        with closing(sqlite3.connect(file, timeout=WAIT_SECONDS, isolation_level=None)) as connection:
            # waits for the disk while others write on; what is left for the second, which they wait for, is little
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            busy, _, _ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except (sqlite3.Error, OSError) as error:
        log.warning("the log of %s could not be put away (%s); tried again soon", file.name, type(error).__name__)
        return False
    return not busy


def vacuum(engine: Engine, tables: Iterable[str]) -> bool:
    """Frees the dead rows of tables in PostgreSQL; False when that was not done. Needs the tables' owner, and may take long."""
    if engine.dialect.name != "postgresql":
        return True
    try:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("SET statement_timeout = 0")
            try:
                for table in tables:
                    # another server may be at the same: then it is done anyway
                    connection.exec_driver_sql(f'VACUUM (SKIP_LOCKED) "{table}"')
            finally:
                connection.exec_driver_sql("RESET statement_timeout")
    except SQLAlchemyError as error:
        log.warning("dead rows were not freed (%s); PostgreSQL does so by itself later", type(error).__name__)
        return False
    return True
