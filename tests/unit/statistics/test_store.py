"""The store: every row is kept, the best one is given, an origin is replaced whole or not at all, on both databases."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, datetime
from itertools import repeat
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError

from actions.statistics import seed
from actions.statistics.database import open_engine
from actions.statistics.figure import LONDON, Edition, Figure
from actions.statistics.store import Store
from actions.statistics.tables import figures
from bot.errors import ContentError, SetupError, StoreError
from tests.unit.statistics.reference import content_rows

JULY = Figure("burglary", "Camden", date(2026, 7, 1), date(2026, 7, 31), "month", 190.0, "offences", "A (London Datastore)", "https://example.org",
              date(2026, 9, 1), True, "")  # fmt: skip


def edition(origin: str = "test", rows: int = 1) -> Edition:
    return Edition(
        origin,
        "https://example.org/file.csv",
        '"tag"',
        "0" * 64,
        datetime.fromisoformat("2026-09-01"),
        JULY.start,
        JULY.end,
        rows,
        190.0,
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    url = f"sqlite:///{tmp_path / 'figures.db'}" if request.param == "sqlite" else request.getfixturevalue("postgres")
    opened = Store(url)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real PostgreSQL, from its wheel."""
    pgserver = pytest.importorskip("pgserver", reason="no PostgreSQL wheel for this machine")
    server = pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri()
    server.cleanup()


def test_no_row_of_the_project_is_lost(store: Store) -> None:
    rows = content_rows()
    best = {(r.measure, r.area, r.start, r.end, r.kind) for r in rows}
    kept = {
        (f.measure, f.area, f.start.isoformat(), f.end.isoformat(), f.period_type)
        for measure, area in {(r.measure, r.area) for r in rows}
        for f in store.of(measure, area)
    }
    assert kept == best


def test_datastore_goes_before_a_newspaper_and_later_before_earlier(store: Store) -> None:
    (victims,) = [
        f
        for f in store.of("homicide_victims", LONDON)
        if f.start == date(2022, 1, 1) and f.period_type == "calendar_year"
    ]
    assert (victims.value, "Datastore" in victims.source_title) == (108, True)
    newer = replace(JULY, value=200.0, published=date(2026, 10, 1))
    store.replace(edition("older"), [JULY])
    store.replace(edition("newer"), [newer])
    assert [f.value for f in store.of("burglary", "Camden") if f.start == JULY.start] == [200.0]
    store.replace(edition("newer", 0), [])
    assert [f.value for f in store.of("burglary", "Camden") if f.start == JULY.start] == [190.0]
    store.replace(edition("older", 0), [])


def test_across_has_every_borough(store: Store) -> None:
    found = store.across("burglary", date(2025, 7, 1), date(2026, 6, 30))
    assert len(found) == 33
    assert all(len(rows) == 1 for area, rows in found.items() if area != LONDON)


def test_edition_is_kept_and_replaced(store: Store) -> None:
    store.replace(edition(), [JULY])
    assert store.edition("test") == edition()
    assert store.replace(replace(edition(), etag=None), []) == 0
    kept = store.edition("test")
    assert kept and kept.etag is None
    assert store.edition("nothing") is None


def test_what_fails_half_way_changes_nothing(store: Store) -> None:
    store.replace(edition(), [JULY])
    before = store.of("burglary", "Camden")

    def breaks_off() -> Iterator[Figure]:
        yield replace(JULY, value=1.0)
        raise StoreError("the file broke off")

    with pytest.raises(StoreError):
        store.replace(replace(edition(), checksum="1" * 64), breaks_off())
    with pytest.raises(StoreError):
        store.replace(edition(), [replace(JULY, value=None)])  # type: ignore[arg-type]
    assert store.of("burglary", "Camden") == before
    assert store.edition("test") == edition()


def test_reader_sees_the_old_or_the_new_whole(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'figures.db'}"
    writer, seen = Store(url), set()
    months = [
        replace(JULY, start=date(y, m, 1), end=date(y, m, 28), measure="made_up")
        for y in range(1950, 2000)
        for m in range(1, 13)
    ]
    writer.replace(edition(), [replace(f, value=1.0) for f in months])
    stop = threading.Event()

    def read() -> None:
        reader = Store(url)
        while not stop.is_set():
            # else it would look at what it read first, and leave the writer hardly any time
            reader._recent.clear()
            seen.add(sum(f.value for f in reader.of("made_up", "Camden")))
        reader.close()

    thread = threading.Thread(target=read)
    thread.start()
    for value in (2.0, 1.0) * 10:
        writer.replace(edition(), [replace(f, value=value) for f in months])
    stop.set()
    thread.join()
    assert seen == {600.0, 1200.0}
    writer.close()


def test_edited_project_figures_are_taken_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"sqlite:///{tmp_path / 'figures.db'}"
    first = Store(url)
    assert [f.value for f in first.of("burglary", "Camden") if f.start == date(2025, 1, 1)] == [2346.0]
    first.replace(edition(), [JULY])
    first.close()
    edited = tmp_path / "statistics.csv"
    edited.write_text(seed.FILE.read_text().replace(",calendar_year,2346,", ",calendar_year,2347,"))
    monkeypatch.setattr(seed, "FILE", edited)
    again = Store(url)
    assert [f.value for f in again.of("burglary", "Camden") if f.start == date(2025, 1, 1)] == [2347.0]
    assert again.edition("test"), "what was refreshed must stay"
    again.close()


@pytest.mark.parametrize(
    "before", ["DROP TABLE IF EXISTS statistics_figures", "UPDATE statistics_editions SET checksum = 'old'"]
)
def test_servers_that_start_together_take_the_project_s_figures_in_once(store: Store, before: str) -> None:
    taken_in = sa.select(figures.c.id).where(figures.c.origin == seed.ORIGIN)
    once = len(store._rows(taken_in))
    engine = store._open()
    with engine.execution_options(plan_writes=True).begin() as connection:
        connection.execute(sa.text(before))
        if before.startswith("DROP"):
            connection.execute(sa.text("DELETE FROM statistics_editions"))
    together = [Store(engine.url.render_as_string(hide_password=False)) for _ in range(3)]
    with ThreadPoolExecutor(len(together)) as threads:
        found = list(threads.map(lambda one: len(one._rows(taken_in)), together))
    for one in together:
        one.close()
    assert once > 1000
    assert found == [once] * len(together)


def test_broken_database_is_an_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "figures.db"
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    with pytest.raises(StoreError, match="cannot be read"):
        Store(f"sqlite:///{path}").of("burglary", "Camden")


def test_dead_database_is_an_error_of_ours_and_soon() -> None:
    with pytest.raises(StoreError):
        Store("postgresql://nobody@127.0.0.1:9/none").of("burglary", "Camden")


def test_a_database_that_is_restarted_is_waited_for_and_one_that_stays_away_only_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures, failures = Store(f"sqlite:///{tmp_path / 'figures.db'}"), iter([True] * 3)
    really, away = figures._ask, OperationalError("SELECT", {}, Exception("connection refused"))

    def ask(question: object, told: dict) -> list:
        if next(failures, False):
            raise away
        return really(question, told)

    monkeypatch.setattr(figures, "_ask", ask)
    assert figures.of("burglary", "Camden")
    monkeypatch.setattr("actions.statistics.store.RESTART_SECONDS", 0.5)
    failures, waited = repeat(True), []
    for _ in range(2):
        began = time.monotonic()
        with pytest.raises(StoreError):
            figures.of("burglary", "Barnet")
        waited.append(time.monotonic() - began)
    assert waited[0] >= 0.5
    assert waited[1] < 0.3


@pytest.mark.parametrize("url", ["figures", "nosuch://x", "://"])
def test_wrong_address_says_what_to_write(url: str) -> None:
    with pytest.raises(SetupError, match="PLAN_STATISTICS_DB"):
        open_engine(url)


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (",2346,", ",many,", "line"),
        ("2025-01-01", "2025-13-01", "is not a figure"),
        ("period_start", "begins", "is not a figure"),
    ],
)
def test_bad_row_is_named_by_its_line(tmp_path: Path, old: str, new: str, reason: str) -> None:
    edited = tmp_path / "statistics.csv"
    edited.write_text(seed.FILE.read_text().replace(old, new))
    with pytest.raises(ContentError, match=reason):
        seed.read_figures(edited)


def test_city_is_not_in_the_mets_london(store: Store) -> None:
    people = store.populations()
    assert {len(listed) for listed in people.values()} == {3}
    assert people[LONDON][-1].value == 9_089_736
