"""The database of conversations: what is an address, and what is tried again."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.errors import SetupError
from bot.stores.database import Steady, open_engine


@pytest.mark.parametrize("wrong", ["mysql://u:secret@host/name", "nonsense://secret", "postgresql+none://secret@x/y"])
def test_what_is_no_database_is_named_without_its_password(wrong: str) -> None:
    with pytest.raises(SetupError, match="TRACKER_DB") as failed:
        open_engine(wrong)
    assert "secret" not in str(failed.value)


def test_what_is_deleted_is_overwritten(tmp_path: Path) -> None:
    engine = open_engine(str(tmp_path / "a.db"))
    with engine.begin() as connection:
        assert connection.exec_driver_sql("PRAGMA secure_delete").scalar() == 1
        connection.exec_driver_sql("CREATE TABLE t (x TEXT)")
        connection.exec_driver_sql("INSERT INTO t VALUES ('marker-in-the-file')")
    with engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM t")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert b"marker-in-the-file" not in kept


def test_a_turn_does_not_put_the_log_away(tmp_path: Path) -> None:
    engine = open_engine(str(tmp_path / "a.db"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x TEXT)")
    # more than the 1,000 pages at which SQLite would
    for _ in range(3):
        with engine.begin() as connection:
            connection.exec_driver_sql("INSERT INTO t VALUES (?)", ("x" * 3_000_000,))
    assert (tmp_path / "a.db-wal").stat().st_size > 8_000_000


async def test_a_locked_file_is_tried_again(tmp_path: Path) -> None:
    steady, tries = Steady(open_engine(str(tmp_path / "a.db"))), []

    def work() -> str:
        tries.append(1)
        if len(tries) < 3:
            raise sa.exc.OperationalError("INSERT", {}, sqlite3.OperationalError("database is locked"))
        return "done"

    assert await steady.run(work) == "done"
    assert len(tries) == 3


@pytest.mark.parametrize(
    "error",
    [
        sa.exc.OperationalError("SELECT", {}, sqlite3.OperationalError("no such table: events")),
        sa.exc.IntegrityError("INSERT", {}, sqlite3.IntegrityError("UNIQUE constraint failed")),
        ValueError("a fault of our own"),
    ],
)
async def test_what_will_not_pass_is_raised_at_once(tmp_path: Path, error: Exception) -> None:
    steady, tries = Steady(open_engine(str(tmp_path / "a.db"))), []

    def work() -> None:
        tries.append(1)
        raise error

    with pytest.raises(type(error)):
        await steady.run(work)
    assert len(tries) == 1
