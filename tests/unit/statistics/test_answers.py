"""Answers about figures: the number with its period, area, source and date, and the traps where they bite."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from actions.statistics.answers import reply
from actions.statistics.asking import question_of
from actions.statistics.chart import MOST_POINTS
from actions.statistics.measures import MEASURES, NEW_SYSTEM
from actions.statistics.question import Question
from actions.statistics.reply import Reply
from actions.statistics.store import Store
from actions.statistics.traps import COVID_LINE, NOT_FINAL, PART_OF_IT, TAKE_CARE
from tests.unit.statistics import figures_file

TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.of_the_project()


def ask(store: Store, *crimes: str, **asked: Any) -> Reply:
    return reply(Question(crimes, **asked), store, TODAY)


def test_figure_first_rounded_and_exact(store: Store) -> None:
    found = ask(store, "burglary", areas=("Camden",), periods=("last_year",))
    assert found.text == "In 2025, the Met recorded about 2,300 (2,346) burglaries in Camden."
    assert found.sources == [
        {
            "title": "MPS Recorded Crime: Geographic Breakdown (London Datastore)",
            "url": "https://data.london.gov.uk/dataset/recorded_crime_summary",
            "as_at": "as at 12 August 2026",
        }
    ]


@pytest.mark.parametrize("crime", sorted(MEASURES))
@pytest.mark.parametrize("kind", ["count", "trend", "compare", "rank", "extreme", "commonest"])
@pytest.mark.parametrize("areas", [(), ("Camden",), ("Camden", "Hackney"), ("City of London",), ("Heathrow",)])
def test_every_question_has_an_answer_with_a_source(
    store: Store, crime: str, kind: str, areas: tuple[str, ...]
) -> None:
    found = ask(store, crime, areas=areas, kind=kind)
    assert found.text.endswith(".")
    assert "None" not in found.text
    assert ".." not in found.text
    assert found.sources
    assert all(s["title"] and s["url"].startswith("https://") and s["as_at"] for s in found.sources)


def test_default_is_said_aloud(store: Store) -> None:
    text = ask(store, "burglary").text
    assert text.startswith("In the 12 months to June 2026, the Met recorded ")
    assert text.endswith(" burglaries across London.")


def test_part_of_a_year_is_called_so(store: Store) -> None:
    text = ask(store, "burglary", periods=("this_year",)).text
    assert text.startswith("In January to June 2026, ")
    assert PART_OF_IT in text


def test_newest_month_is_not_final(store: Store) -> None:
    text = ask(store, "burglary", periods=("last_month",)).text
    assert "I have no figure for October 2026." in text
    assert "In June 2026, " in text
    assert NOT_FINAL in text


def test_new_system_where_it_bites(store: Store) -> None:
    assert TAKE_CARE in ask(store, "violence_with_injury", kind="trend", periods=("since_2019",)).text
    assert TAKE_CARE not in ask(store, "burglary", periods=("2019", "2023"), kind="compare").text
    assert NEW_SYSTEM in ask(store, "hate_crime", kind="trend").text
    assert "went" not in ask(store, "hate_crime", kind="trend", periods=("since_2020",)).text


def test_covid_where_it_bites(store: Store) -> None:
    assert COVID_LINE in ask(store, "burglary", periods=("2020", "2023"), kind="compare").text
    assert COVID_LINE not in ask(store, "burglary", periods=("2022", "2023"), kind="compare").text


def test_confidence_is_not_trust(store: Store) -> None:
    text = reply(Question(about="confidence"), store, TODAY).text
    assert "46 per cent" in text
    assert "not the same as trust" in text


def test_gun_crime_is_old_and_says_so(store: Store) -> None:
    text = ask(store, "gun_crime").text
    assert "145" in text
    assert "March 2024" in text
    assert "nothing newer" in text


def test_city_has_its_own_police(store: Store) -> None:
    for kind in ("count", "trend"):
        assert "its own police" in ask(store, "burglary", areas=("City of London",), kind=kind).text
    both = ask(store, "robbery", areas=("City of London", "Westminster"), kind="compare").text
    assert "its own police" in both
    assert "Westminster" in both


@pytest.mark.parametrize("crime", ["fraud", "stalking", "theft"])
def test_what_nobody_counts_is_said_and_no_number_given(store: Store, crime: str) -> None:
    text = ask(store, crime, areas=("Ealing",)).text
    assert "I have no figure for" in text
    assert not any(c.isdigit() for c in text)


def test_counted_crime_beside_one_that_is_not(store: Store) -> None:
    text = ask(store, "fraud", "burglary").text
    assert "Fraud" in text
    assert figures_file.newest("burglary") in text


def test_three_boroughs_and_four_crimes(store: Store) -> None:
    found = ask(store, "robbery", "burglary", "drugs", "shoplifting", areas=("Camden", "Brent", "Hackney"))
    for area in ("Camden", "Brent", "Hackney"):
        for measure in ("robbery", "burglary", "shoplifting"):
            assert f"{area} {figures_file.newest(measure, area)}" in found.text
    assert "no figure for drug offences in Camden, Brent or Hackney alone" in found.text
    assert len(found.text) < 700


def test_homicide_by_means(store: Store) -> None:
    text = ask(store, "homicide", "knife_crime", periods=("2022",)).text
    assert "70 people killed with a knife" in text


def test_trend_of_too_small_a_difference(store: Store) -> None:
    text = ask(store, "burglary", areas=("Camden",), kind="trend").text
    assert "stayed about the same" in text
    assert "too small" in text


def test_ranking_warns_and_leaves_the_city_out(store: Store) -> None:
    found = reply(Question(kind="rank", fewest=True), store, TODAY)
    assert "does not say how safe you are" in found.text
    assert "many visitors" in found.text
    assert "City of London is left out" in (found.more or "")
    assert "June 2024" in (found.more or "")


def test_place_of_a_borough_in_the_ranking(store: Store) -> None:
    assert "Croydon comes 16 of 32" in ask(store, "knife_crime", areas=("Croydon",), kind="rank").text


def test_worst_year(store: Store) -> None:
    text = ask(store, "burglary", kind="extreme").text
    assert "2011 had the most burglaries across London: 95,811" in text


@pytest.mark.parametrize("kind", ["count", "trend", "compare", "rank", "commonest"])
def test_charts_fit_their_answers(store: Store, kind: str) -> None:
    areas = ("Camden", "Hackney") if kind == "compare" else ()
    chart = ask(store, "burglary", areas=areas, kind=kind).chart
    assert chart
    assert chart.kind == ("line" if kind in ("count", "trend") else "bar")
    assert len(chart.labels) == len(chart.values) <= MOST_POINTS
    assert chart.alt.endswith(".") and chart.alt.count(". ") == 0
    assert "as at" in chart.source
    assert set(chart.as_dict()) == {"type", "title", "alt", "labels", "values", "unit", "source"}


def test_two_sources_are_not_set_side_by_side(store: Store) -> None:
    text = ask(store, "knife_crime", "burglary", periods=("2025",), kind="compare").text
    assert "different sources" in text
    assert "more common" not in text


def test_incidents_are_not_called_offences(store: Store) -> None:
    assert "9,136) domestic abuse incidents" in ask(store, "domestic_abuse", periods=("2020-08",)).text
    newest = ask(store, "domestic_abuse", areas=("Barnet",), periods=("last_month",)).text
    assert "12 months to October 2021" in newest


def test_more_now_than_then_counts_from_then(store: Store) -> None:
    found = reply(
        question_of("more burglary now than in 2019?", "ask_statistics_compare", ["burglary"], [], ["2019"]),
        store,
        TODAY,
    )
    assert "In 2025" in found.text
    assert "In 2019" in found.text


def test_trend_of_two_figures_has_bars(store: Store) -> None:
    chart = ask(store, "burglary", areas=("Camden",), kind="trend").chart
    assert chart and (chart.kind, chart.labels) == ("bar", ("2024", "2025"))
