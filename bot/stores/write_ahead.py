"""Turns SQLite's write-ahead log on, also when several processes open a new file at the same moment."""

from __future__ import annotations

import sqlite3
import time

PAUSE_SECONDS = 0.01


def write_ahead(connection: sqlite3.Connection, seconds: float) -> None:
    """Returns when the file has such a log. Raises sqlite3.OperationalError when it is locked for longer than `seconds`.

    SQLite's own timeout does not hold here: who comes second while a file changes its mode is refused at once.
    """
    ends = time.monotonic() + seconds
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() >= ends:
                raise
            time.sleep(PAUSE_SECONDS)
