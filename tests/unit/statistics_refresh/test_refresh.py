"""The whole of `refresh` against a played Datastore that behaves well or badly."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from actions.statistics.published import BEFORE, BY_ORIGIN
from actions.statistics.refresh import Change, Status, refresh
from actions.statistics.store import Store
from bot.errors import SetupError
from bot.sources.datastore import Datastore
from tests.published_files import CATALOGUE_MODES, PublishedFiles
from tests.unit.statistics_refresh import files

ONE = "borough-24-months"
Client = Callable[..., Datastore]


def every_row(path: Path) -> list[tuple]:
    """All that the database holds, read past the store."""
    engine = sa.create_engine(f"sqlite:///{path / 'figures.db'}")
    with engine.connect() as connection:
        tables = ("statistics_figures", "statistics_editions", "statistics_sources", "statistics_populations")
        return [
            tuple(row) for table in tables for row in connection.execute(sa.text(f"SELECT * FROM {table} ORDER BY 1"))
        ]


async def run(store: Store, client: Client, *only: str, force: bool = False, **more: float) -> list[Change]:
    async with client(**more) as datastore:
        return await refresh(store, datastore, only=only, force=force)


def of_london(store: Store, measure: str, month: date) -> float | None:
    return next(
        (f.value for f in store.of(measure, "London") if f.start == month and f.period_type != "calendar_year"), None
    )


async def test_all_files_are_taken_in_and_then_are_unchanged(
    store: Store, client: Client, published: PublishedFiles
) -> None:
    changes = await run(store, client)
    assert {c.origin: (c.status, c.reason) for c in changes} == {origin: (Status.NEW, "") for origin in BY_ORIGIN}
    assert of_london(store, "tno_offences_dashboard", date(2026, 6, 1)) == 32 * 2100 + sum(range(32)) + 99 + 50
    assert of_london(store, "knife_crime", date(2026, 6, 1)) == 960
    assert of_london(store, "homicide_victims", date(2025, 3, 1)) == 3
    again = await run(store, client)
    assert {c.status for c in again} == {Status.UNCHANGED}
    assert published.sent[-8:] == [304] * 8


async def test_a_file_without_an_etag_is_known_by_its_checksum(
    store: Store, client: Client, published: PublishedFiles
) -> None:
    published.etags = False
    await run(store, client, ONE)
    [change] = await run(store, client, ONE)
    assert change.status is Status.UNCHANGED
    assert published.sent == [200, 200]


async def test_a_new_edition_says_what_changed(filled: Store, client: Client, published: PublishedFiles) -> None:
    last = files.RECENT[-1]
    old = of_london(filled, "total_recorded_offences", last)

    def one_more(borough: int, offence: int, month: int) -> int:
        extra = (borough, offence, month) == (0, 4, last.year * 12 + last.month)
        return files.cell(borough, offence, month) + extra

    published.put(ONE, files.wide(change=one_more))
    [change] = await run(filled, client, ONE)
    # shoplifting, theft and all offences, each in the borough and in London
    assert (change.status, change.changed, change.before, change.after) == (Status.UPDATED, 6, old, old + 1)
    assert (change.first, change.last) == (date(2024, 7, 1), date(2026, 6, 30))


async def test_months_that_leave_the_window_are_kept_until_the_historical_file_has_them(
    filled: Store, client: Client, published: PublishedFiles
) -> None:
    first = of_london(filled, "burglary", date(2024, 7, 1))
    for start in (date(2024, 8, 1), date(2024, 9, 1)):
        published.put(ONE, files.wide(files.span(start, 24)))
        [change] = await run(filled, client, ONE)
        assert change.status is Status.UPDATED
    assert first and of_london(filled, "burglary", date(2024, 7, 1)) == first
    assert of_london(filled, "burglary", date(2024, 8, 1)) is not None
    kept = filled.edition(BEFORE)
    assert kept and (kept.first_day, kept.last_day) == (date(2024, 7, 1), date(2024, 8, 31))
    months = [f for f in filled.of("burglary", "London") if f.period_type == "month"]
    assert [f.start for f in months if f.provisional] == [date(2026, 8, 1)]


@pytest.mark.parametrize("mode", [
    "dead", "slow_headers", "slow_body", "reset", "not_found", "fault", "down", "busy", "truncated", "truncated_chunked",
    "truncated_untold", "empty", "html", "html_as_csv", "workbook", "away", "round", "huge",
])  # fmt: skip
async def test_a_server_that_misbehaves_changes_no_row(
    filled: Store, client: Client, published: PublishedFiles, tmp_path: Path, mode: str
) -> None:
    before = every_row(tmp_path)
    published.put(ONE, files.wide(change=lambda *at: files.cell(*at) + 1))
    published.put("force-strength", files.strength(files.span(date(2024, 7, 1), 25)))
    published.mode = mode
    changes = await run(filled, client, ONE, "force-strength", deadline=1.5)
    assert all(c.status in (Status.REFUSED, Status.FAILED) and c.reason for c in changes)
    assert every_row(tmp_path) == before
    published.mode = "well"
    assert {c.status for c in await run(filled, client, ONE, "force-strength")} == {Status.UPDATED}


@pytest.mark.parametrize(("mode", "wait"), [("down_once", None), ("busy_once", "1"), ("busy_once", None)])
async def test_a_server_that_was_busy_once_is_asked_again(
    store: Store, client: Client, published: PublishedFiles, mode: str, wait: str | None
) -> None:
    published.mode, published.retry_after = mode, wait
    [change] = await run(store, client, ONE)
    assert change.status is Status.NEW
    assert len(published.sent) == 2


async def test_a_wait_that_is_too_long_is_not_waited(store: Store, client: Client, published: PublishedFiles) -> None:
    published.mode, published.retry_after = "busy", "3600"
    [change] = await run(store, client, ONE)
    assert change.status is Status.FAILED and "3600" in change.reason
    assert published.sent == [429]


SOUND = files.wide()
HEADER = SOUND.split("\n", 1)[0]
BAD_FILES = {
    "mis-headed": (SOUND.replace("BOCU", "Where"), "no column"),
    "a header only": (HEADER + "\n", "nothing else"),
    "doubled": (SOUND + SOUND.split("\n", 1)[1], "repeats"),
    "a month twice": (SOUND.replace("202605", "202606", 1), "same month twice"),
    "a month missing": (SOUND.replace("202512", "202712", 1), "is not over yet"),
    "a hole in the months": (
        files.wide([m for m in files.span(date(2024, 6, 1), 25) if m != date(2025, 3, 1)]),
        "March 2025 is missing",
    ),
    "too few months": (files.wide(files.span(date(2025, 7, 1), 12)), "at least 24"),
    "the historical file": (files.wide(files.span(date(2023, 1, 1), 42)), "at most 36"),
    "in the future": (files.wide(files.span(date(2024, 12, 1), 24)), "is not over yet"),
    "a borough missing": (files.wide(areas=files.BOROUGHS[1:]), "Barking and Dagenham"),
    "wards": (SOUND.replace("BOCU", "WardName,BOCU", 1), "ward"),
    "a negative number": (SOUND.replace(",180,", ",-180,", 1), "cannot be right"),
    "an absurd number": (SOUND.replace(",180,", ",99999999,", 1), "cannot be right"),
    "words in all cells": (files.wide(change=lambda *_: "n/a"), "blank or hold words"),
    "totals ten times too high": (files.wide(change=lambda *at: files.cell(*at) * 10), "is not from"),
    "totals a fifth higher": (files.wide(change=lambda *at: files.cell(*at) * 6 // 5), "shares with the last edition"),
    "older than before": (files.wide(files.span(date(2024, 6, 1), 24)), "last edition goes to"),
    "broken off in a row": (SOUND[: len(SOUND) - 40], "breaks off"),
    "an open quotation mark": (SOUND.replace("THEFT,", '"THEFT,', 1), "row"),
    "binary": ("\x00\x01" * 400, "no table"),
}


@pytest.mark.parametrize("name", BAD_FILES)
async def test_a_file_that_cannot_be_right_changes_no_row(
    filled: Store, client: Client, published: PublishedFiles, tmp_path: Path, name: str
) -> None:
    before = every_row(tmp_path)
    text, reason = BAD_FILES[name]
    published.put(ONE, text)
    [change] = await run(filled, client, ONE)
    assert change.status is Status.REFUSED
    assert reason in change.reason
    assert every_row(tmp_path) == before


async def test_force_accepts_a_large_revision_but_no_broken_file(
    filled: Store, client: Client, published: PublishedFiles
) -> None:
    published.put(ONE, BAD_FILES["totals a fifth higher"][0])
    [change] = await run(filled, client, ONE, force=True)
    assert change.status is Status.UPDATED and change.after > change.before * 1.15
    published.put(ONE, BAD_FILES["doubled"][0])
    [change] = await run(filled, client, ONE, force=True)
    assert change.status is Status.REFUSED


async def test_one_bad_file_does_not_keep_the_others_out(
    store: Store, client: Client, published: PublishedFiles
) -> None:
    published.put("dashboard-total", "<html></html>")
    changes = await run(store, client, "dashboard-total", "dashboard-knife", "force-strength")
    assert [c.status for c in changes] == [Status.REFUSED, Status.NEW, Status.NEW]


@pytest.mark.parametrize("mode", [m for m in CATALOGUE_MODES if m not in ("well", "list", "other_host", "only_single")])
async def test_a_catalogue_that_misbehaves_changes_no_row(
    filled: Store, client: Client, published: PublishedFiles, tmp_path: Path, mode: str
) -> None:
    before = every_row(tmp_path)
    published.catalogue_mode = mode
    published.put(ONE, files.wide(change=lambda *at: files.cell(*at) + 1))
    [change] = await run(filled, client, ONE)
    assert change.status in (Status.REFUSED, Status.FAILED) and change.reason
    assert every_row(tmp_path) == before


@pytest.mark.parametrize("mode", ["list", "only_single", "other_host"])
async def test_other_shapes_of_the_catalogue_are_read(
    store: Store, client: Client, published: PublishedFiles, mode: str
) -> None:
    published.catalogue_mode = mode
    assert [c.status for c in await run(store, client, "force-strength", "dashboard-knife")] == [Status.NEW] * 2


async def test_a_name_that_there_is_not_is_refused(store: Store, client: Client) -> None:
    with pytest.raises(SetupError, match="borough-24-months"):
        await run(store, client, "burglaries")


async def test_a_reader_sees_the_old_edition_or_the_new_one(
    filled: Store, client: Client, published: PublishedFiles, tmp_path: Path
) -> None:
    reader = Store(f"sqlite:///{tmp_path / 'figures.db'}")
    sums: set[float] = set()
    stop = threading.Event()

    def watch() -> None:
        while not stop.is_set():
            sums.add(sum(f.value for f in reader.of("burglary", "London") if f.period_type == "month"))

    thread = threading.Thread(target=watch)
    thread.start()
    ends = set()
    try:
        for more in (1, 0, 1, 0):
            published.put(ONE, files.wide(change=lambda *at, more=more: files.cell(*at) + more))
            [change] = await run(filled, client, ONE)
            assert change.status is Status.UPDATED
            ends.add(sum(f.value for f in filled.of("burglary", "London") if f.period_type == "month"))
    finally:
        stop.set()
        thread.join()
        reader.close()
    assert len(ends) == 2
    assert sums <= ends


async def test_a_store_that_cannot_be_written_is_said_of_each_file(client: Client, tmp_path: Path) -> None:
    broken = Store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    changes = await run(broken, client, ONE, "force-strength")
    assert [c.status for c in changes] == [Status.FAILED, Status.FAILED]
