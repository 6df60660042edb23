"""The stored figures: read whole, found by measure and area, refused with the line when one is bad."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from actions.statistics.store import FILE, LONDON, Figures
from bot.errors import ContentError
from tests.unit.actions import figures_file

HEAD = "measure,label,area,period_start,period_end,period_type,value,unit,source_title,source_url,published\n"
ROW = "burglary,Burglary,{area},{start},{end},{kind},{value},offences,A source,https://example.org,2026-01-02\n"


def _file(folder: Path, *rows: str) -> Path:
    path = folder / "figures.csv"
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def _row(start: str, end: str, kind: str, value: str, area: str = "Camden") -> str:
    return ROW.format(area=area, start=start, end=end, kind=kind, value=value)


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures.read()


@pytest.mark.parametrize(
    ("measure", "area"),
    [
        ("burglary", "London"),
        ("burglary", "Camden"),
        ("knife_crime", "Hackney"),
        ("police_officers", "London"),
        ("pas_good_job_local", "London"),
        ("homicide_victims", "London"),
        ("total_recorded_offences", "Westminster"),
    ],
)
def test_every_row_of_a_measure_is_read(figures: Figures, measure: str, area: str) -> None:
    expected: dict[tuple[str, ...], tuple[str, float]] = {}
    for row in figures_file.rows(measure, area):  # the last published row of each period, the first of equals
        period = (row["period_end"], row["period_start"], row["period_type"])
        if period not in expected or row["published"] > expected[period][0]:
            expected[period] = (row["published"], float(row["value"]))
    assert expected
    listed = {(f.end.isoformat(), f.start.isoformat(), f.period_type): f.value for f in figures.of(measure, area)}
    assert listed == {period: value for period, (_, value) in expected.items()}


def test_no_row_is_lost(figures: Figures) -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        listed = list(csv.DictReader(file))
    keys = {(r["measure"], LONDON if r["area"] in figures_file.WHOLE_OF_LONDON else r["area"]) for r in listed}
    periods = {
        (
            r["measure"],
            LONDON if r["area"] in figures_file.WHOLE_OF_LONDON else r["area"],
            r["period_start"],
            r["period_end"],
            r["period_type"],
        )
        for r in listed
    }
    assert sum(len(figures.of(*key)) for key in keys) == len(periods)


def test_every_figure_has_a_source(figures: Figures) -> None:
    with FILE.open(encoding="utf-8", newline="") as file:
        bad = [r for r in csv.DictReader(file) if not r["source_title"] or not r["source_url"].startswith("http")]
    assert bad == []


def test_oldest_first(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        _row("2025-01-01", "2025-12-31", "calendar_year", "3"),
        _row("2023-01-01", "2023-12-31", "calendar_year", "1"),
        _row("2024-01-01", "2024-12-31", "calendar_year", "2"),
    )
    assert [f.value for f in Figures.read(path).of("burglary", "Camden")] == [1, 2, 3]


def test_unknown_measure_or_area_has_none(figures: Figures) -> None:
    assert figures.of("unicorns", "London") == []
    assert figures.of("burglary", "Atlantis") == []
    assert figures.newest("burglary", "Atlantis", ("calendar_year",)) is None


def test_newest_takes_the_first_period_type_that_there_is(tmp_path: Path) -> None:
    path = _file(
        tmp_path,
        _row("2024-01-01", "2024-12-31", "calendar_year", "1"),
        _row("2025-01-01", "2025-12-31", "calendar_year", "2"),
        _row("2026-01-01", "2026-01-31", "month", "3"),
    )
    read = Figures.read(path)
    for kinds, value in ((("rolling_12_months", "calendar_year", "month"), 2), (("month", "calendar_year"), 3)):
        newest = read.newest("burglary", "Camden", kinds)
        assert newest is not None
        assert newest.value == value


@pytest.mark.parametrize("area", ["Metropolitan Police Service", "London (MPS area)", "London"])
def test_whole_of_london_has_one_name(tmp_path: Path, area: str) -> None:
    path = _file(tmp_path, _row("2024-01-01", "2024-12-31", "calendar_year", "1", area))
    (figure,) = Figures.read(path).of("burglary", LONDON)
    assert (figure.start, figure.end, figure.area) == (date(2024, 1, 1), date(2024, 12, 31), LONDON)


@pytest.mark.parametrize(
    "bad",
    [
        _row("2024-13-01", "2024-12-31", "calendar_year", "1"),
        _row("2024-01-01", "last year", "calendar_year", "1"),
        _row("2024-01-01", "2024-12-31", "calendar_year", "many"),
        _row("2024-01-01", "2024-12-31", "calendar_year", ""),
        "burglary\n",
    ],
)
def test_bad_row_is_refused_with_its_line(tmp_path: Path, bad: str) -> None:
    path = _file(tmp_path, _row("2024-01-01", "2024-12-31", "calendar_year", "1"), bad)
    with pytest.raises(ContentError, match=r"figures\.csv, line 3: is not a figure"):
        Figures.read(path)


def test_missing_column_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "figures.csv"
    path.write_text("measure,label\nburglary,Burglary\n", encoding="utf-8")
    with pytest.raises(ContentError, match="line 2"):
        Figures.read(path)
