"""Each layout, old and new: what is read, and what is left unknown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest

from actions.statistics.figure import Figure
from actions.statistics.layouts import (
    columns,
    dashboard_total,
    dashboard_types,
    homicide,
    perceptions,
    strength,
    wide,
)
from bot.errors import RefusedFileError
from tests.unit.statistics_refresh import files

TODAY = date(2026, 11, 28)
JUNE = date(2026, 6, 1)
Read = Callable[..., Iterator[Figure]]


def read(layout: object, text: str) -> list[Figure]:
    return list(layout.read(text.splitlines(keepends=True), published=date(2026, 9, 9), today=TODAY))  # type: ignore[attr-defined]


def value(figures: list[Figure], measure: str, area: str, first: date = JUNE) -> float | None:
    found = [f.value for f in figures if (f.measure, f.area, f.start) == (measure, area, first)]
    assert len(found) < 2
    return found[0] if found else None


@pytest.mark.parametrize("names", [files.OLD_WIDE, files.MIDDLE_WIDE, files.NEW_WIDE])
def test_the_borough_file_is_read_under_old_and_new_names(names: tuple[str, ...]) -> None:
    text = files.wide(names=names, areas=[b.replace(" and ", " & ").upper() for b in files.BOROUGHS])
    assert wide.fits(columns.columns(text.split("\n")[0]))
    figures = read(wide, text)
    month = 2026 * 12 + 6
    camden = files.BOROUGHS.index("Camden")
    assert value(figures, "burglary", "Camden") == files.cell(camden, 2, month) + files.cell(camden, 3, month)
    assert value(figures, "burglary", "London") == sum(files.cell(b, o, month) for b in range(32) for o in (2, 3))
    assert value(figures, "total_recorded_offences", "London") == sum(
        files.cell(b, o, month) for b in range(32) for o in range(9)
    )
    assert {f.start for f in figures if f.provisional} == {JUNE}
    assert {(f.start, f.end) for f in figures if f.start == date(2026, 2, 1)} == {(date(2026, 2, 1), date(2026, 2, 28))}
    assert {f.area for f in figures} == {*files.BOROUGHS, "London"}


def test_a_missing_row_is_zero_and_a_blank_cell_is_not_known() -> None:
    lines = files.wide().splitlines()
    n = next(i for i, line in enumerate(lines) if "SHOPLIFTING,Camden" in line)
    without = read(wide, "\n".join(lines[:n] + lines[n + 1 :]) + "\n")
    assert value(without, "shoplifting", "Camden") == 0
    for blank in ("", "n/a", "-"):
        lines[n] = lines[n].rpartition(",")[0] + f",{blank}"
        figures = read(wide, "\n".join(lines) + "\n")
        for measure in ("shoplifting", "theft", "total_recorded_offences"):
            assert value(figures, measure, "Camden") is None
            assert value(figures, measure, "London") is None
            assert value(figures, measure, "Barnet")
        assert value(figures, "shoplifting", "Camden", date(2026, 5, 1))
        assert value(figures, "burglary", "London")


def test_airports_and_unknown_places_count_for_london_only_as_they_should() -> None:
    more = [f"THEFT,SHOPLIFTING,{area}," + ",".join([count] * 24) for area, count in
            (("Unknown", "7"), ("London Heathrow and London City Airports", "5"), ("Aviation Security (SO18)", "2"), ("Mars", "1"))]  # fmt: skip
    plain, figures = read(wide, files.wide()), read(wide, files.wide(more=more))
    assert value(figures, "theft", "London") == value(plain, "theft", "London") + 15
    assert value(figures, "shoplifting", "Heathrow") == 7
    assert value(figures, "offences_without_borough", "London") == 7
    assert not any(f.measure == "offences_without_borough" for f in plain)
    assert {f.area for f in figures} == {*files.BOROUGHS, "London", "Heathrow"}


def test_a_kind_that_was_not_counted_yet_is_unknown_and_not_zero() -> None:
    def change(borough: int, offence: int, month: int) -> int:
        return 0 if offence == 3 and month < 2025 * 12 else files.cell(borough, offence, month)

    figures = read(wide, files.wide(change=change))
    assert value(figures, "burglary_residential_home", "London", date(2024, 11, 1)) is None
    assert value(figures, "burglary_residential_home", "Camden", date(2024, 11, 1)) is None
    assert value(figures, "burglary_residential_home", "London", date(2025, 1, 1))
    old = "BURGLARY,DOMESTIC BURGLARY,Camden," + ",".join("3" if n < 10 else "0" for n in range(24))
    figures = read(wide, files.wide(more=[old]))
    assert value(figures, "burglary_residential_home", "London", files.RECENT[9]) is None
    assert value(figures, "burglary_residential_home", "London", files.RECENT[10])
    assert value(figures, "burglary", "London", files.RECENT[9])


@pytest.mark.parametrize(("header", "old"), [(files.OLD_TNO, True), (files.NEW_TNO, False)])
def test_the_dashboard_counts_each_offence_once(header: tuple[str, ...], old: bool) -> None:
    text = files.total(header=header, old=old)
    assert dashboard_total.fits(columns.columns(text.split("\n")[0]))
    figures = read(dashboard_total, text)
    assert value(figures, "tno_offences_dashboard", "Barking and Dagenham") == 2100
    assert value(figures, "tno_offences_dashboard", "Heathrow") == 50
    assert value(figures, "tno_offences_dashboard", "London") == 32 * 2100 + 496 + 149
    assert min(f.start for f in figures) == date(2024, 7, 1)


def test_the_dashboard_with_a_row_twice_or_a_borough_month_missing_is_refused() -> None:
    text = files.total()
    with pytest.raises(RefusedFileError, match="repeats"):
        read(dashboard_total, text + text.splitlines()[1] + "\n")
    without = "\n".join(line for line in text.splitlines() if not line.startswith("2025-03-01,Borough,Camden"))
    with pytest.raises(RefusedFileError, match="Camden in March 2025"):
        read(dashboard_total, without)


def test_the_whole_of_a_crime_type_is_its_headline() -> None:
    knife, other = read(dashboard_types, files.KNIFE), read(dashboard_types, files.OTHER)
    assert {f.measure for f in knife} == {"knife_crime"}
    assert value(knife, "knife_crime", "Camden") == 30
    assert value(knife, "knife_crime", "London") == 960
    assert value(other, "hate_crime_dashboard", "London") == 1600
    assert value(other, "gun_crime", "Camden") == 3
    assert value(other, "domestic_abuse_dashboard", "Camden") == 200  # incidents are no offences
    unnamed = read(dashboard_types, files.types([("KNIFE CRIME", "Part", 4), ("KNIFE CRIME", "All of it", 11)]))
    assert value(unnamed, "knife_crime", "Camden") == 11
    assert all("largest" in f.notes for f in unnamed)


@pytest.mark.parametrize("split", [False, True])
def test_homicide_victims_are_summed_by_month(split: bool) -> None:
    text = files.homicide(split=split)
    assert homicide.fits(columns.columns(text.split("\n")[0]))
    figures = read(homicide, text)
    first = date(2020, 1, 1)  # the tenth month: its second row is unmapped
    assert value(figures, "homicide_victims", "London", first) == 3
    assert value(figures, "teenage_homicide_victims", "London", first) == 1
    assert value(figures, "homicide_victims_knife", "London", first) == 1
    assert value(figures, "homicide_victims_shooting", "London", first) == 2
    assert value(figures, "homicide_victims_domestic", "London", first) == 2
    assert value(figures, "homicide_victims", "Camden", first) == 0
    assert value(figures, "homicide_victims", files.BOROUGHS[9], first) == 1
    kensington = [f for f in figures if f.area == "Kensington and Chelsea" and f.value]
    assert kensington


def test_strength_is_a_count_on_a_day() -> None:
    figures = read(strength, files.strength())
    assert value(figures, "police_officers", "London", date(2024, 7, 1)) == 31000.5
    assert {(f.period_type, f.unit, f.end) for f in figures if f.start == date(2026, 2, 1)} == {
        ("snapshot", "FTE", date(2026, 2, 28))
    }


def test_perceptions_are_of_twelve_months() -> None:
    figures = read(perceptions, files.perceptions())
    assert {f.measure for f in figures} == {"pas_good_job_local", "pas_listen"}
    assert {(f.start, f.end) for f in figures if f.end == date(2024, 3, 31)} == {(date(2023, 4, 1), date(2024, 3, 31))}
    shares = read(
        perceptions, files.perceptions().replace(",45", ",0.45").replace(",46", ",46%").replace("46%", "0.46")
    )
    assert value(shares, "pas_good_job_local", "London", date(2023, 4, 1)) == 45


@pytest.mark.parametrize(("text", "first"), [
    ("202102", date(2021, 2, 1)), ("2021-02-01", date(2021, 2, 1)), ("01/02/2021", date(2021, 2, 1)), ("Feb-21", date(2021, 2, 1)),
    ("February 2021", date(2021, 2, 1)), ("2021-02-01T00:00:00", date(2021, 2, 1)), ("2021-13-01", None), ("", None), ("soon", None),
    ("01/25/2021", None), ("Foo-21", None),
])  # fmt: skip
def test_months_as_cells_name_them(text: str, first: date | None) -> None:
    assert columns.month(text) == first


@pytest.mark.parametrize(("text", "found"), [("12", 12.0), (" 1,234 ", 1234.0), ("12.0", 12.0), ("0", 0.0)])
def test_numbers(text: str, found: float) -> None:
    assert columns.number(text, 2, 5000) == found


@pytest.mark.parametrize("text", ["", "n/a", "1e5", "inf", "²", "1,2", "12-"])
def test_what_is_no_number_is_not_known(text: str) -> None:
    assert columns.number(text, 2, 5000) != columns.number(text, 2, 5000)
