"""Statements that are prepared once for each connection, in a real PostgreSQL, and what happens where that cannot be."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy as sa

from bot.stores.database import Steady, open_engine, single
from bot.stores.prepared import Prepared
from tests.real_servers import Server, postgres


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with postgres() as running:
        yield running


def known(connection: sa.engine.Connection) -> int:
    return connection.execute(sa.text("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'plan_%'")).scalar()


def asked(most: int = 100) -> Prepared:
    return Prepared(
        "SELECT :word || '!' AS said, :number + 1 WHERE :number < CAST(:most AS int)",
        {"number": "int", "word": "text", "most": "int"},
    )


def test_it_is_prepared_once_for_each_connection(server: Server) -> None:
    engine, statement = single(open_engine(server.url)), asked()
    for _ in range(2):
        with engine.connect() as connection:
            assert [tuple(statement.run(connection, word=w, number=1, most=9).first()) for w in ("a", "b%s'")] == [
                ("a!", 2),
                ("b%s'!", 2),
            ]
            assert statement.run(connection, word="a", number=10, most=9).first() is None
            assert known(connection) == 1


def test_within_a_transaction(server: Server) -> None:
    with open_engine(server.url).begin() as connection:
        assert asked().run(connection, word="a", number=1, most=9).first()[1] == 2


def test_where_statements_get_lost_on_the_way_it_is_asked_in_the_usual_way(server: Server) -> None:
    engine, statement = single(open_engine(server.url)), asked()
    with engine.connect() as connection:
        statement.run(connection, word="a", number=1, most=9)
        # as a pool between it and us does that hands out another connection
        connection.exec_driver_sql("DEALLOCATE ALL")
        assert statement.run(connection, word="a", number=1, most=9).first()[1] == 2
        assert statement.run(connection, word="a", number=2, most=9).first()[1] == 3
        assert known(connection) == 0


async def test_a_transaction_that_lost_a_statement_is_done_again(server: Server) -> None:
    engine, statement, tries = open_engine(server.url), asked(), []

    def work() -> int:
        with engine.begin() as connection:
            tries.append(1)
            if len(tries) == 1:
                statement.run(connection, word="a", number=1, most=9)
                connection.exec_driver_sql("DEALLOCATE ALL")
            return int(statement.run(connection, word="a", number=1, most=9).first()[1])

    assert await Steady(engine).run(work) == 2
    assert len(tries) == 2


def test_after_a_restart_it_is_prepared_again(server: Server) -> None:
    engine, statement = single(open_engine(server.url)), asked()
    with engine.connect() as connection:
        statement.run(connection, word="a", number=1, most=9)
    server.stop()
    server.start()
    with pytest.raises(sa.exc.DBAPIError) as gone, engine.connect() as connection:
        statement.run(connection, word="a", number=1, most=9)
    assert gone.value.connection_invalidated
    with engine.connect() as connection:
        assert statement.run(connection, word="a", number=1, most=9).first()[1] == 2


def test_sqlite_is_asked_in_the_usual_way() -> None:
    with open_engine(":memory:").connect() as connection:
        assert asked().run(connection, word="a", number=1, most=9).first()[1] == 2
