"""A question as it is kept and as it stands in a picture's address; what the words of a message ask."""

from __future__ import annotations

import base64
import contextlib
import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.statistics.asking import NUMBERS, PICTURE, gone_on, question_of, shown_as
from actions.statistics.question import KINDS, Question, from_token, to_token
from actions.statistics.unanswerable import first_words, only_words

DAY = date(2026, 11, 28)
AREAS = frozenset({"Camden", "Hackney", "London"})


@given(
    st.lists(st.sampled_from(["burglary", "robbery", "fraud"]), max_size=3, unique=True),
    st.lists(st.sampled_from(sorted(AREAS)), max_size=3, unique=True),
    st.lists(st.sampled_from(["2024", "2023/24", "last_12_months", "since_2016", "2024-03"]), max_size=2, unique=True),
    st.sampled_from(KINDS),
    st.booleans(),
    st.integers(1, 10),
)
def test_token_brings_the_question_back(
    crimes: list[str], areas: list[str], periods: list[str], kind: str, fewest: bool, top: int
) -> None:
    question = Question(tuple(crimes), tuple(areas), tuple(periods), kind=kind, fewest=fewest, top=top)
    token = to_token(question, DAY)
    assert from_token(token, AREAS) == (question, DAY)
    assert len(token) < 500
    assert Question.from_dict(question.as_dict()) == question


def _token(**kept: object) -> str:
    return base64.urlsafe_b64encode(json.dumps({"day": "2026-11-28", **kept}).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "token",
    ["", "x", "....", "A" * 500, _token(crimes=["<script>"]), _token(areas=["Narnia"]), _token(periods=["'; DROP TABLE"]),
     _token(crimes="burglary"), _token(kind="hack"), _token(about="me"), _token(top="9"), _token(day="yesterday"),
     base64.urlsafe_b64encode(b"[1]").decode().rstrip("="), base64.urlsafe_b64encode(b"\xff\xfe").decode().rstrip("=")],
)  # fmt: skip
def test_token_of_anybody_else_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="question"):
        from_token(token, AREAS)


@given(st.text(max_size=200))
def test_token_of_any_text_is_refused_or_read(text: str) -> None:
    with contextlib.suppress(ValueError):
        from_token(text, AREAS)


S, C, N = "ask_statistics", "ask_statistics_compare", "ask_officer_numbers"


@pytest.mark.parametrize(
    ("text", "intent", "crimes", "areas", "periods", "kind"),
    [
        ("how many burglaries in camden last year", S, ["burglary"], ["Camden"], ["last_year"], "count"),
        ("is knife crime going up", S, ["knife_crime"], [], [], "trend"),
        ("has robbery come down since 2016", S, ["robbery"], [], ["since_2016"], "trend"),
        ("shoplifting has gone through the roof", S, ["shoplifting"], [], [], "trend"),
        ("are the antisocial behaviour numbers falling", S, ["asb"], [], [], "trend"),
        ("is Hackney worse than Lambeth for robbery", C, ["robbery"], ["Hackney", "Lambeth"], [], "compare"),
        ("compare 2019 n 2023 burglary", C, ["burglary"], [], ["2019", "2023"], "compare"),
        ("burglary or car crime in Ealing", C, ["burglary", "vehicle_crime"], ["Ealing"], [], "compare"),
        ("safest borough in london", C, [], ["London"], [], "rank"),
        ("which borough has the most robberies", C, ["robbery"], [], [], "rank"),
        ("which borough has the most robberies", S, ["robbery"], [], [], "rank"),
        ("is croydon really the knife capital", C, ["knife_crime"], ["Croydon"], [], "rank"),
        ("more knife crime now than in 2019?", C, ["knife_crime"], [], ["2019"], "trend"),
        ("which was the worst year for homicides", C, ["homicide"], [], [], "extreme"),
        ("what crime is the most common of all in Tower Hamlets", C, [], ["Tower Hamlets"], [], "commonest"),
        ("how does Brent do against the London average", C, [], ["Brent"], [], "compare"),
    ],
)  # fmt: skip
def test_kind(text: str, intent: str, crimes: list[str], areas: list[str], periods: list[str], kind: str) -> None:
    assert question_of(text, intent, crimes, areas, periods).kind == kind


@pytest.mark.parametrize(
    ("text", "intent", "about"),
    [
        ("how many are there", N, "officers"), ("how many pcsos", S, "pcsos"), ("how many POLICE officers", S, "officers"),
        ("do people trust the police", S, "confidence"), ("do they do a good job", S, "confidence"),
        ("how many stop and searches", S, "stops"), ("do londoners think police treat everyone fairly", S, "fairness"),
    ],
)  # fmt: skip
def test_about(text: str, intent: str, about: str) -> None:
    assert question_of(text, intent, [], [], []).about == about


def test_named_crime_is_what_is_asked_about() -> None:
    assert question_of("burglaries, and do people trust you", S, ["burglary"], [], []).about == "crime"
    assert question_of("assaults on officers", S, ["violence"], [], []).about == "crime"


@pytest.mark.parametrize(("text", "fewest", "top"), [("safest borough", True, 3), ("top 5 worst areas", False, 5), ("top 500", False, 3), ("ten safest", True, 10), ("top ten boroughs", False, 10), ("the 5 safest boroughs", True, 3)])  # fmt: skip
def test_end_and_length_of_a_ranking(text: str, fewest: bool, top: int) -> None:
    found = question_of(text, C, [], [], [])
    assert (found.fewest, found.top) == (fewest, top)


def test_way_of_showing() -> None:
    assert [shown_as(t) for t in ("as a picture pls", "show me a graph", "in numbers", "as a table", "and hackney")] == [
        PICTURE, PICTURE, NUMBERS, NUMBERS, None,
    ]  # fmt: skip


CAMDEN = Question(("burglary",), ("Camden",), ("2024",))


@pytest.mark.parametrize(
    ("text", "now", "crimes", "areas", "periods", "kind"),
    [
        ("and in hackney?", Question(areas=("Hackney",)), ("burglary",), ("Hackney",), ("2024",), "count"),
        ("what about 2023", Question(periods=("2023",)), ("burglary",), ("Camden",), ("2023",), "count"),
        ("just robbery", Question(("robbery",)), ("robbery",), ("Camden",), ("2024",), "count"),
        ("since covid", Question(periods=("since_2020",)), ("burglary",), ("Camden",), ("since_2020",), "trend"),
        ("is it going up", Question(), ("burglary",), ("Camden",), ("2024",), "trend"),
        ("per head", Question(), ("burglary",), ("Camden", "London"), ("2024",), "compare"),
        ("hackney and lambeth", Question(areas=("Hackney", "Lambeth")), ("burglary",), ("Hackney", "Lambeth"), ("2024",), "compare"),
    ],
)  # fmt: skip
def test_detail_goes_on(text: str, now: Question, crimes: tuple, areas: tuple, periods: tuple, kind: str) -> None:
    found = gone_on(CAMDEN, now, text, None)
    assert (found.crimes, found.areas, found.periods, found.kind) == (crimes, areas, periods, kind)


def test_worse_than_another_area_compares_both() -> None:
    found = gone_on(CAMDEN, Question(areas=("Lambeth",)), "is it worse then brixton tho", None)
    assert (found.areas, found.kind) == (("Camden", "Lambeth"), "compare")


def test_more_than_a_year_ago_counts_from_there() -> None:
    found = gone_on(Question(about="officers"), Question(periods=("2015",)), "is that more than 2015", None)
    assert (found.periods, found.kind) == (("since_2015",), "trend")


def test_not_rates_but_counts() -> None:
    assert gone_on(Question(("burglary",), kind="rank"), Question(), "just the numbers not rates", None).by_count


def test_compare_them_puts_the_last_two_side_by_side() -> None:
    hackney = Question(("burglary",), ("Hackney",), ("2024",))
    found = gone_on(hackney, Question(), "compare them", CAMDEN)
    assert (found.areas, found.kind) == (("Camden", "Hackney"), "compare")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("how many crimes did my neighbour commit", "no_person"),
        ("how many crimes has he committed", "no_person"),
        ("does my boss have a criminal record", "no_person"),
        ("how much crime is there near me", "which_borough"),
        ("is crime bad round my way", "which_borough"),
        ("is south london worse", "no_parts"),
        ("victim satisfaction figures", "no_satisfaction"),
        ("how many teenagers were murdered in 2021, my daughter is doing a project", None),
        ("my son was robbed in Hackney, how many robberies are there", None),
        ("how many burglaries in camden", None),
    ],
)
def test_what_no_figure_can_answer(text: str, name: str | None) -> None:
    areas = tuple(a for a in ("Hackney", "Camden") if a.lower() in text.lower())
    found = only_words(Question(areas=areas), text)
    assert (found[0] if found else None) == name


@pytest.mark.parametrize(
    ("text", "periods", "line", "left"),
    [
        ("crime in the 13th month", (), "twelve months", ()),
        ("robberies in 2031", ("2031",), "2031 is yet to come", ()),
        ("robberies in 1985", ("1985",), "do not go back to 1985", ()),
        ("how many stabbings will there be next year", (), "do not guess", ()),
        ("how many people were arrested for burglary", (), "arrests", ()),
        ("crime on my street", (), "street", ()),
        ("burglaries in the borough of Narnia", (), "no London borough called Narnia", ()),
        ("robberies in 2024", ("2024",), None, ("2024",)),
    ],
)  # fmt: skip
def test_lines_before_the_figure(text: str, periods: tuple[str, ...], line: str | None, left: tuple[str, ...]) -> None:
    asked, lines = first_words(Question(("robbery",), periods=periods), text, DAY)
    assert asked.periods == left
    assert (line in " ".join(lines)) if line else not lines
