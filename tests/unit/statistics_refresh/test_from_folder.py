"""Files in a folder: small ones that are made here, and the real ones where they are at hand."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from actions.statistics.figure import LONDON
from actions.statistics.from_folder import from_folder
from actions.statistics.published import BEFORE
from actions.statistics.refresh import Status
from actions.statistics.store import Store
from bot.errors import SetupError
from bot.paths import CONTENT, ROOT
from tests.unit.statistics_refresh import files
from tests.unit.statistics_refresh.conftest import EVERY

REAL = ROOT.parent / "shared" / "data"
NEWEST = REAL / "mps-recorded-crime" / "mps-borough-24months-202407-202606.csv"
real = pytest.mark.skipif(not NEWEST.is_file(), reason=f"the published files are not in {REAL}")


def test_files_are_known_by_their_headers(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    for n, text in enumerate(EVERY.values()):
        (folder / f"{n}.csv").write_text(text, encoding="utf-8")
    (folder / "shopping.csv").write_text("what,count\nmilk,2\n", encoding="utf-8")
    (folder / "broken.csv").write_text(files.strength() + "Jul-26,31000\n", encoding="utf-8")
    found = {change.origin: change.status for change in from_folder(store, folder)}
    assert found.pop("shopping.csv") is Status.SKIPPED
    assert found.pop("broken.csv") is Status.REFUSED
    assert found == dict.fromkeys(EVERY, Status.NEW)
    again = {change.origin: change.status for change in from_folder(store, folder)}
    assert {again[origin] for origin in EVERY} == {Status.UNCHANGED}


def test_an_older_edition_fills_only_the_months_that_no_newer_one_has(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.csv").write_text(files.wide(), encoding="utf-8")
    before = files.wide(files.span(date(2024, 3, 1), 24), change=lambda *at: files.cell(*at) + 5)
    (folder / "b.csv").write_text(before, encoding="utf-8")
    changes = {change.origin: change for change in from_folder(store, folder)}
    assert (changes[BEFORE].first, changes[BEFORE].last) == (date(2024, 3, 1), date(2024, 6, 30))
    months = [f for f in store.of("shoplifting", "Camden") if f.period_type == "month"]
    assert [f.start for f in months] == files.span(date(2024, 3, 1), 28)
    camden = files.BOROUGHS.index("Camden")
    assert [f.value - files.cell(camden, 4, f.start.year * 12 + f.start.month) for f in months] == [5] * 4 + [0] * 24


def test_a_folder_that_there_is_not_is_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no folder"):
        from_folder(store, tmp_path / "nowhere")


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store with the real files."""
    made = Store(f"sqlite:///{tmp_path_factory.mktemp('real') / 'figures.db'}")
    changes = from_folder(made, REAL)
    assert not [c for c in changes if c.status in (Status.REFUSED, Status.FAILED)]
    new = {c.origin: (c.first, c.last) for c in changes if c.status is Status.NEW}
    assert new == {
        "borough-historical": (date(2010, 4, 1), date(2023, 11, 30)),
        BEFORE: (date(2023, 12, 1), date(2024, 6, 30)),
        "borough-24-months": (date(2024, 7, 1), date(2026, 6, 30)),
        "homicide-victims": (date(2003, 1, 1), date(2024, 3, 31)),
        "force-strength": (date(2013, 5, 1), date(2026, 3, 31)),
        "public-perceptions": (date(2014, 1, 1), date(2025, 9, 30)),
    }
    yield made
    made.close()


def plain_sums(group: str | None) -> dict[tuple[str, str], int]:
    """By area and YYYYMM, and for London, with nothing but the csv module."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    with NEWEST.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            if group in (None, row["Group"]):
                for name, cell in row.items():
                    if name.isdigit():
                        sums[row["BOCU"], name] += int(cell)
                        sums[LONDON, name] += int(cell)
    return sums


@real
@pytest.mark.parametrize(("measure", "group"), [
    ("total_recorded_offences", None), ("burglary", "BURGLARY"), ("theft", "THEFT"), ("public_order", "PUBLIC ORDER OFFENCES"),
    ("violence_against_the_person", "VIOLENCE AGAINST THE PERSON"),
])  # fmt: skip
def test_real_sums_are_those_of_plain_code(full: Store, measure: str, group: str | None) -> None:
    sums = plain_sums(group)
    for area in (*files.BOROUGHS, LONDON):
        months = {
            f"{f.start:%Y%m}": f.value
            for f in full.of(measure, area)
            if f.period_type == "month" and f.start >= date(2024, 7, 1)
        }
        assert months == {name: total for (where, name), total in sums.items() if where == area}


@real
def test_real_months_run_without_a_gap(full: Store) -> None:
    months = [f.start for f in full.of("burglary", "Camden") if f.period_type == "month"]
    assert months == files.span(date(2010, 4, 1), len(months))
    assert months[-1] == date(2026, 6, 1)


@real
def test_a_real_year_in_the_content_is_the_sum_of_its_months(full: Store) -> None:
    with (CONTENT / "statistics.csv").open(encoding="utf-8", newline="") as lines:
        years = {
            row["area"]: float(row["value"]) for row in csv.DictReader(lines)
            if (row["measure"], row["period_start"], row["period_type"]) == ("burglary", "2025-01-01", "calendar_year")
        }  # fmt: skip
    assert set(files.BOROUGHS) <= set(years)
    for borough in files.BOROUGHS:
        months = [f.value for f in full.of("burglary", borough) if f.period_type == "month" and f.start.year == 2025]
        assert (len(months), sum(months)) == (12, years[borough])


@real
@pytest.mark.parametrize("measure", ["homicide_victims", "teenage_homicide_victims", "homicide_victims_knife"])
def test_real_homicide_months_add_up_to_the_years_of_the_content(full: Store, measure: str) -> None:
    found = full.of(measure, LONDON)
    years = {f.start.year: f.value for f in found if f.period_type == "calendar_year" and "Datastore" in f.source_title}
    assert len(years) == 21
    for year, value in years.items():
        assert sum(f.value for f in found if f.period_type == "month" and f.start.year == year) == value
