"""One empty database, as several workers have it: SQLite in a file, and a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from bot.messaging import tables
from bot.stores.database import open_engine
from tests.real_servers import postgres
from tests.unit.messaging.databases import Clock


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="package")
def postgres_url() -> Iterator[str]:
    with postgres() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def engines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], sa.engine.Engine]]:
    """Makes engines of one empty database."""
    address = str(tmp_path / "kept.db") if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    made: list[sa.engine.Engine] = []

    def make() -> sa.engine.Engine:
        made.append(open_engine(address))
        return made[-1]

    tables.metadata.drop_all(make())
    yield make
    for engine in made:
        engine.dispose()
