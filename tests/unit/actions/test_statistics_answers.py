"""Answers about figures: the right number with its period, area, source and date, recomputed from the file."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.statistics.answers import MOST_COMPARED, YEARS_IN_MORE, Question, Reply, amount, reply
from actions.statistics.measures import MEASURES, NEW_SYSTEM
from actions.statistics.store import Figures
from bot.errors import FactsMissingError
from tests.unit.actions import figures_file

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def figures() -> Figures:
    return Figures.read()


def _reply(figures: Figures, *crimes: str, **asked: Any) -> Reply:
    return reply(Question(crimes, **asked), figures, TODAY)


@pytest.mark.parametrize(
    ("crime", "measure", "noun"),
    [
        ("all_crime", "total_recorded_offences", "offences of all kinds"),
        ("burglary", "burglary", "burglaries"),
        ("robbery", "robbery", "robberies"),
        ("rape", "rape", "rapes"),
        ("shoplifting", "shoplifting", "shoplifting offences"),
        ("vehicle_crime", "vehicle_offences", "vehicle offences"),
        ("drugs", "drug_offences", "drug offences"),
        ("violence", "violence_against_the_person", "offences of violence against the person"),
        ("sexual_offences", "sexual_offences", "sexual offences"),
        ("public_order", "public_order", "public order offences"),
        ("theft_from_person", "theft_from_the_person", "thefts from the person"),
    ],
)
def test_newest_figure_of_london(figures: Figures, crime: str, measure: str, noun: str) -> None:
    row = figures_file.rows(measure, period_type="rolling_12_months")[-1]
    month = date.fromisoformat(row["period_end"])
    text = _reply(figures, crime).text
    assert (
        text == f"In the 12 months to {month:%B %Y}, the Met recorded {figures_file.written(row)} {noun} across London."
    )


@pytest.mark.parametrize("area", ["Camden", "Hackney", "Westminster", "Kingston upon Thames", "Bexley"])
@pytest.mark.parametrize("crime", ["burglary", "robbery", "rape"])
def test_newest_figure_of_a_borough(figures: Figures, crime: str, area: str) -> None:
    text = _reply(figures, crime, areas=(area,)).text
    assert f" {figures_file.newest(crime, area)} {MEASURES[crime][0].noun} in {area}." in text
    assert "London" not in text


@pytest.mark.parametrize("number", range(2011, 2026))
def test_calendar_year_of_london(figures: Figures, number: int) -> None:
    text = _reply(figures, "burglary", periods=(str(number),)).text
    assert text == f"In {number}, the Met recorded {figures_file.year('burglary', number)} burglaries across London."


@pytest.mark.parametrize(
    ("area", "period", "number"),
    [("Camden", "2024", 2024), ("Hackney", "2025", 2025), ("Camden", "last_year", 2025)],
)
def test_calendar_year_of_a_borough(figures: Figures, area: str, period: str, number: int) -> None:
    value = figures_file.year("burglary", number, area)
    text = _reply(figures, "burglary", areas=(area,), periods=(period,)).text
    assert text == f"In {number}, the Met recorded {value} burglaries in {area}."


def test_financial_year(figures: Figures) -> None:
    row = figures_file.rows("robbery", period_type="financial_year")[-1]
    first = int(row["period_start"][:4])
    text = _reply(figures, "robbery", periods=(f"{first}/{(first + 1) % 100:02d}",)).text
    assert text.startswith(f"In the year from April {first} to March {first + 1}, ")
    assert f" {figures_file.written(row)} robberies " in text


def test_month(figures: Figures) -> None:
    row = figures_file.rows("knife_crime", period_type="month")[0]
    month = date.fromisoformat(row["period_start"])
    text = _reply(figures, "knife_crime", periods=(f"{month:%Y-%m}",)).text
    assert text.startswith(
        f"In {month:%B %Y}, the Met recorded {figures_file.written(row)} knife crimes across London."
    )


def test_officers(figures: Figures) -> None:
    text = _reply(figures, about="officers").text
    value = figures_file.newest("police_officers", period_type="snapshot")
    assert f"the Met had {value} police officers (full-time equivalent) across London" in text


def test_confidence_is_not_called_trust(figures: Figures) -> None:
    text = _reply(figures, about="confidence").text
    assert f" {figures_file.newest('pas_good_job_local')} per cent of Londoners " in text
    assert text.endswith("This is confidence, which is not the same as trust.")


def test_borough_without_victims_gets_recorded_homicides(figures: Figures) -> None:
    assert figures_file.rows("homicide_victims", "Camden") == []
    text = _reply(figures, "homicide", areas=("Camden",)).text
    assert f"the Met recorded {figures_file.newest('homicide_offences', 'Camden')} homicides in Camden." in text


def test_victims_come_before_offences_for_a_year(figures: Figures) -> None:
    value = figures_file.year("homicide_victims", 2024)
    text = _reply(figures, "homicide", periods=("2024",)).text
    assert text == f"In 2024, there were {value} people killed (homicide victims) across London."


def test_year_without_a_figure_is_said_and_the_newest_given(figures: Figures) -> None:
    text = _reply(figures, "burglary", areas=("Camden",), periods=("2019",)).text
    assert text.startswith("I have no figure for 2019. The newest: in the 12 months to ")
    assert f" {figures_file.newest('burglary', 'Camden')} burglaries in Camden." in text


def test_area_without_a_figure_is_said_and_london_given(figures: Figures) -> None:
    text = _reply(figures, "burglary", areas=("Heathrow",)).text
    assert text.startswith("I have no figure for Heathrow alone. In the 12 months to ")
    assert f" {figures_file.newest('burglary')} burglaries across London." in text


def test_area_without_a_figure_keeps_the_year(figures: Figures) -> None:
    text = _reply(figures, "burglary", areas=("City of London",), periods=("2023",)).text
    value = figures_file.year("burglary", 2023)
    assert (
        text
        == f"The City of London has its own police, and I have no figure for it. In 2023, the Met recorded {value} burglaries across London."
    )


@pytest.mark.parametrize(
    ("crime", "name"),
    [
        ("stalking", "stalking"),
        ("fraud", "fraud"),
        ("theft", "theft as a whole, only for theft from the person, shoplifting and vehicle crime"),
    ],
)
def test_uncounted_crime_is_said(figures: Figures, crime: str, name: str) -> None:
    text = _reply(figures, crime).text
    assert text.startswith(f"I have no figure for {name}. ")
    assert figures_file.newest("total_recorded_offences") in text


def test_uncounted_crime_beside_a_counted_one(figures: Figures) -> None:
    text = _reply(figures, "stalking", "burglary").text
    assert text.startswith("I have no figure for stalking. ")
    assert " burglaries " in text
    assert "offences of all kinds" not in text


def test_areas_compared(figures: Figures) -> None:
    text = _reply(figures, "burglary", areas=("Camden", "Hackney")).text
    for area in ("Camden", "Hackney"):
        assert f" {figures_file.newest('burglary', area)} burglaries in {area}." in text


def test_crimes_compared(figures: Figures) -> None:
    text = _reply(figures, "rape", "robbery").text
    assert f" {figures_file.newest('rape')} rapes " in text
    assert f" {figures_file.newest('robbery')} robberies " in text


def test_most_compared(figures: Figures) -> None:
    areas = ("Camden", "Hackney", "Brent", "Barnet")
    text = _reply(figures, "burglary", areas=areas).text
    assert [area for area in areas if f"in {area}." in text] == list(areas[:MOST_COMPARED])


@pytest.mark.parametrize(
    ("crime", "caution"),
    [("hate_crime", NEW_SYSTEM), ("domestic_abuse", NEW_SYSTEM), ("gun_crime", "I have nothing newer than this.")],
)
def test_caution_is_said_last(figures: Figures, crime: str, caution: str) -> None:
    assert _reply(figures, crime).text.endswith(caution)


def test_caution_is_said_once(figures: Figures) -> None:
    text = _reply(figures, "knife_crime", areas=("Camden", "Hackney")).text
    assert text.count(MEASURES["knife_crime"][0].caution) == 1


def test_source_of_the_figure_with_its_date(figures: Figures) -> None:
    row = figures_file.rows("burglary", "Camden", "rolling_12_months")[-1]
    (source,) = _reply(figures, "burglary", areas=("Camden",)).sources
    published = date.fromisoformat(row["published"])
    assert source == {
        "title": row["source_title"],
        "url": row["source_url"],
        "as_at": f"as at {published.day} {published:%B %Y}",
    }


def test_same_source_is_named_once(figures: Figures) -> None:
    assert len(_reply(figures, "burglary", areas=("Camden", "Hackney")).sources) == 1


def test_two_sources_are_both_named(figures: Figures) -> None:
    assert len(_reply(figures, "burglary", "knife_crime").sources) == 2


def test_more_has_the_years_before(figures: Figures) -> None:
    more = _reply(figures, "burglary").more
    assert more is not None
    years = range(2026 - YEARS_IN_MORE, 2026)
    listed = ", ".join(f"{figures_file.year('burglary', number)} in {number}" for number in years)
    assert more.startswith(f"Across London, year by year: {listed}. ")
    assert "take care when you compare years" in more


def test_no_more_without_several_years(figures: Figures) -> None:
    assert len(figures_file.rows("knife_crime", "Hackney", "calendar_year")) == 1
    assert _reply(figures, "knife_crime", areas=("Hackney",)).more is None


def test_nothing_stored_is_an_error() -> None:
    with pytest.raises(FactsMissingError, match="burglary in Camden or London"):
        reply(Question(("burglary",), ("Camden",)), Figures([]), TODAY)


@pytest.mark.parametrize(
    ("value", "written"),
    [(0.0, "0"), (7.0, "7"), (12345.0, "12,345"), (46.5, "46.5"), (46.54, "46.5"), (1234.56, "1,234.6")],
)
def test_amount(value: float, written: str) -> None:
    assert amount(value) == written
