"""Statements of every message on SQLite: what they give, what becomes of transactions, and which errors they raise."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError, OperationalError

from bot.stores.database import open_engine
from bot.stores.prepared import Prepared

ADD = Prepared("INSERT INTO t (x) VALUES (:x) RETURNING x", {"x": "int"})
ALL = Prepared("SELECT x FROM t ORDER BY x", {})


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    engine = open_engine(str(tmp_path / "a.db"))
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE t (x INTEGER UNIQUE)")
    return engine


def kept(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        return [row[0] for row in ALL.run(connection)]


def test_a_transaction_holds_all_or_nothing(engine: Engine) -> None:
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        assert ADD.run(connection, x=1).scalar() == 1
        raise ZeroDivisionError
    assert kept(engine) == []
    with engine.begin() as connection:
        ADD.run(connection, x=1)
        ADD.run(connection, x=2)
    assert kept(engine) == [1, 2]


def test_outside_of_a_transaction_it_is_kept_at_once(engine: Engine) -> None:
    with engine.connect() as connection:
        assert ADD.run(connection, x=1).first()[0] == 1
    assert kept(engine) == [1]


def test_nothing_found(engine: Engine) -> None:
    with engine.connect() as connection:
        rows = ALL.run(connection)
    assert (rows.first(), rows.scalar(), rows.fetchall(), list(rows)) == (None, None, [], [])


def test_errors_are_those_that_work_is_tried_again_for(engine: Engine) -> None:
    with engine.begin() as connection:
        ADD.run(connection, x=1)
        with pytest.raises(IntegrityError):
            ADD.run(connection, x=1)
    with engine.connect() as connection, pytest.raises(OperationalError) as failed:
        Prepared("SELECT nothing FROM nowhere WHERE x = :x", {"x": "varchar"}).run(connection, x="typed words")
    assert "typed words" not in str(failed.value)
