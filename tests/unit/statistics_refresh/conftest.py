"""A played Datastore with every file, a store of its own, and a client that does not wait long."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from actions.statistics.published import BY_ORIGIN
from actions.statistics.refresh import Copy, take_in
from actions.statistics.store import Store
from bot import clock
from bot.sources.datastore import Datastore
from bot.sources.http import Waits
from tests.published_files import PublishedFiles
from tests.unit.statistics_refresh import files

TODAY = "2026-11-28"
EVERY = {
    "borough-24-months": files.wide(),
    "borough-historical": files.wide(files.HISTORICAL, names=files.MIDDLE_WIDE),
    "dashboard-total": files.total(),
    "dashboard-knife": files.KNIFE,
    "dashboard-other": files.OTHER,
    "homicide-victims": files.homicide(),
    "force-strength": files.strength(),
    "public-perceptions": files.perceptions(),
}


# for one test at a time: kept for longer, it would be this day in the tests of other folders too
@pytest.fixture(autouse=True)
def that_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, TODAY)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")


@pytest.fixture
def published() -> Iterator[PublishedFiles]:
    with PublishedFiles() as server:
        for origin, text in EVERY.items():
            server.put(origin, text)
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(f"sqlite:///{tmp_path / 'figures.db'}")
    yield made
    made.close()


@pytest.fixture(scope="session")
def first_editions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database that has the 24-month file and the strength of the force."""
    folder = tmp_path_factory.mktemp("first")
    made = Store(f"sqlite:///{folder / 'figures.db'}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(clock.VARIABLE, TODAY)
        for origin in ("borough-24-months", "force-strength"):
            path = folder / f"{origin}.csv"
            path.write_text(EVERY[origin], encoding="utf-8")
            checksum = hashlib.sha256(path.read_bytes()).hexdigest()
            take_in(made, BY_ORIGIN[origin], Copy(path, "first", None, checksum, date(2026, 9, 9)))
    # writes its log into the file, so that the file alone is the whole
    with made._open().connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    made.close()
    return folder / "figures.db"


@pytest.fixture
def filled(first_editions: Path, tmp_path: Path) -> Iterator[Store]:
    """A store with the first editions."""
    shutil.copy(first_editions, tmp_path / "figures.db")
    made = Store(f"sqlite:///{tmp_path / 'figures.db'}")
    yield made
    made.close()


@pytest.fixture
def client(published: PublishedFiles) -> Callable[..., Datastore]:
    def made(**more: float) -> Datastore:
        waits = Waits(first=0.01, longest=0.02, jitter=0.0, longest_told=2.0)
        options = {"read_seconds": 0.5, "deadline": 3.0, **more}
        return Datastore(published.url, waits=waits, **options)  # type: ignore[arg-type]

    return made
