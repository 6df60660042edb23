"""300 questions over crime, area, period and kind: every number of every answer, recomputed from the rows in another way."""

from __future__ import annotations

import pytest

from actions.statistics.store import Store
from tests.unit.statistics import generated
from tests.unit.statistics.reference import Reference, Row, content_rows

COUNT = 300


@pytest.fixture(scope="module")
def store() -> Store:
    return Store.of_the_project()


def test_questions_are_many_and_different() -> None:
    asked = generated.questions(COUNT, seed=4)
    assert len(set(asked)) == COUNT
    assert {q.kind for q in asked} == {"count", "trend", "compare", "rank"}


def test_every_number_of_every_answer(store: Store) -> None:
    reference = Reference(content_rows())
    wrong = {str(q): p for q in generated.questions(COUNT, seed=4) if (p := generated.problems(q, store, reference))}
    assert not wrong, "\n".join(f"{q}\n  {lines}" for q, lines in list(wrong.items())[:10])


def test_the_check_finds_one_wrong_figure(store: Store) -> None:
    """The same check with one figure changed in the rows that it is checked against."""
    rows = content_rows()
    place = max(
        i for i, r in enumerate(rows) if (r.measure, r.area, r.kind) == ("burglary", "Camden", "rolling_12_months")
    )
    rows[place] = Row(*rows[place][:5], rows[place].value + 1, *rows[place][6:])
    asked = generated.Question(("burglary",), ("Camden",))
    assert generated.problems(asked, store, Reference(rows))
