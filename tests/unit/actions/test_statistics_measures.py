"""Measures: each that a question can reach is stored, and can be said."""

from __future__ import annotations

import pytest

from actions.statistics.measures import ALL_CRIME, CONFIDENCE, MEASURES, NAMES, OFFICERS, Measure
from bot.nlu.gazetteer import read_forms
from bot.nlu.package import ENTITY_DATA
from bot.nlu.spans import NO_VALUE
from tests.unit.actions import figures_file

EVERY = sorted(
    {m for listed in MEASURES.values() for m in listed} | {ALL_CRIME, CONFIDENCE, OFFICERS}, key=lambda m: m.name
)
CRIMES = [value for value in read_forms(ENTITY_DATA)["crime_type"] if not value.startswith(NO_VALUE)]


@pytest.mark.parametrize("measure", EVERY, ids=lambda m: m.name)
def test_measure_has_figures_for_london(measure: Measure) -> None:
    assert figures_file.rows(measure.name)


@pytest.mark.parametrize("measure", EVERY, ids=lambda m: m.name)
def test_measure_reads_as_part_of_a_sentence(measure: Measure) -> None:
    assert measure.noun
    assert measure.noun[0].islower()
    assert measure.verb.startswith(("the ", "there "))
    assert not measure.caution or measure.caution.endswith(".")


@pytest.mark.parametrize("crime", sorted(MEASURES))
def test_measured_crime_can_be_named_in_a_message(crime: str) -> None:
    assert crime in CRIMES


@pytest.mark.parametrize("crime", sorted(NAMES))
def test_uncounted_crime_has_no_measure(crime: str) -> None:
    assert crime in CRIMES
    assert crime not in MEASURES
