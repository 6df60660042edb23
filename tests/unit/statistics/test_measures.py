"""Measures: each that a question can reach can be said, and one of each crime's is stored."""

from __future__ import annotations

import pytest

from actions.statistics.measures import ABOUT, BY_MEANS, MEASURES, NO_FIGURE, Measure, name_of
from bot.nlu.gazetteer import read_forms
from bot.nlu.package import ENTITY_DATA
from bot.nlu.spans import NO_VALUE
from tests.unit.statistics import figures_file

EVERY = sorted(
    {m for ms in MEASURES.values() for m in ms} | {*ABOUT.values(), *BY_MEANS.values()}, key=lambda m: m.name
)
CRIMES = [value for value in read_forms(ENTITY_DATA)["crime_type"] if not value.startswith(NO_VALUE)]
ONLY_AFTER_A_REFRESH = {"theft", "stalking"}


@pytest.mark.parametrize("measure", EVERY, ids=lambda m: m.name)
def test_measure_reads_as_part_of_a_sentence(measure: Measure) -> None:
    assert measure.noun[0].islower()
    assert measure.topic[0].isupper()
    assert not measure.verb.endswith(" ")
    assert not measure.caution or measure.caution.endswith(".")


@pytest.mark.parametrize("crime", [c for c in MEASURES if c not in ONLY_AFTER_A_REFRESH])
def test_every_crime_has_a_stored_figure(crime: str) -> None:
    assert any(figures_file.rows(m.name) for m in MEASURES[crime])


@pytest.mark.parametrize("about", sorted(ABOUT))
def test_everything_else_has_a_stored_figure(about: str) -> None:
    assert figures_file.rows(ABOUT[about].name)


@pytest.mark.parametrize("crime", CRIMES)
def test_every_crime_of_a_message_is_counted_or_said_not_to_be(crime: str) -> None:
    assert crime in MEASURES or crime in NO_FIGURE
    assert "_" not in name_of(crime)
