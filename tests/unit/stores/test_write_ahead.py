"""SQLite's write-ahead log, while others hold the file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from bot.stores.write_ahead import write_ahead


@pytest.fixture
def held(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """Somebody who has a new file for itself, as while its mode is changed."""
    connection = sqlite3.connect(tmp_path / "new.db", isolation_level=None, check_same_thread=False)
    connection.execute("BEGIN EXCLUSIVE")
    yield connection
    connection.close()


@pytest.fixture
def second(held: sqlite3.Connection, tmp_path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(tmp_path / "new.db", timeout=0, isolation_level=None)
    yield connection
    connection.close()


def test_it_waits_for_who_was_first(held: sqlite3.Connection, second: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        second.execute("PRAGMA journal_mode=WAL")
    ends = Timer(0.2, held.execute, ["COMMIT"])
    ends.start()
    write_ahead(second, 30)
    ends.join()
    assert second.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_it_gives_up(held: sqlite3.Connection, second: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        write_ahead(second, 0.05)
