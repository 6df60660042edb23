"""Which services are chosen: what must hold for any request at any hour, and who comes first."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.clock import LONDON
from bot.content.services import Audience, Need, Service
from bot.content.store import Content, shared
from bot.places import _outward_codes
from bot.support.request import Request
from bot.support.selection import (
    ALWAYS_OPEN,
    EMERGENCY,
    MOST_SHOWN,
    Choice,
    available,
    can_be_reached,
    choose,
    doors_in,
    has_contact,
)

WHOLE = shared().current()
GENDERS = {"women", "men"}
NEEDS, AUDIENCES = [n.value for n in Need], [a.value for a in Audience]
BOROUGHS = sorted({borough for found in _outward_codes().values() for borough, _ in found})
NOON, NIGHT = datetime(2026, 11, 24, 12, tzinfo=LONDON), datetime(2026, 11, 24, 3, tzinfo=LONDON)
HOURS = [
    NOON, NIGHT,
    datetime(2026, 8, 31, 10, tzinfo=LONDON), datetime(2026, 12, 25, 10, tzinfo=LONDON),
    datetime(2026, 12, 28, 0, 0, tzinfo=LONDON), datetime(2026, 10, 25, 1, 30, tzinfo=LONDON, fold=1),
    datetime(2027, 3, 28, 2, tzinfo=LONDON), datetime(2026, 11, 28, 18, tzinfo=LONDON),
]  # fmt: skip
INTENTS = [
    "find_support", "report_crime", "report_anonymously", "report_terrorism_concern", "complain_about_police",
    "ask_victim_rights", "ask_compensation", "ask_local_police", "disclose_harm", "child_at_risk", "wellbeing_crisis",
]  # fmt: skip


def some(values: list[str], most: int) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), max_size=most, unique=True).map(tuple)


REQUESTS = st.builds(
    Request,
    intent=st.sampled_from(INTENTS),
    needs=some(NEEDS, 3),
    crimes=some(sorted(WHOLE.help.crimes), 2),
    audiences=some(AUDIENCES, 3),
    boroughs=some(BOROUGHS, 2),
    doors=some(sorted(WHOLE.help.doors), 2),
    ways=some(["text", "webchat", "email", "deaf", "web", "phone"], 1),
    shown=some(sorted(WHOLE.services), 4),
)


def ids(choice: Choice) -> list[Service]:
    return [WHOLE.services[i] for i in choice.services]


@settings(max_examples=400)
@given(request_=REQUESTS, now=st.sampled_from(HOURS))
def test_for_any_request_at_any_hour(request_: Request, now: datetime) -> None:
    choice = choose(request_, WHOLE, now)
    assert 1 <= len(choice.services) <= MOST_SHOWN
    assert len(set(choice.services)) == len(choice.services)
    for service in ids(choice):
        assert not isinstance(service.area, list) or set(service.area) & set(request_.boroughs)
        theirs, asked = {a.value for a in service.audiences}, set(request_.audiences)
        assert "everyone" in theirs or not (theirs & GENDERS and asked & GENDERS) or theirs & asked & GENDERS
        contacts = (service.phone, service.text, service.web, service.email, service.webchat)
        assert any(contacts) or service.display != "info-only"


@pytest.mark.parametrize("need", [n.value for n, spec in WHOLE.help.needs.items() if spec.urgent])
@given(now=st.sampled_from(HOURS), audiences=some(AUDIENCES, 2), boroughs=some(BOROUGHS, 2), ways=some(["text"], 1))
@settings(max_examples=25)
def test_999_first_where_it_may_be_urgent(
    need: str, now: datetime, audiences: tuple[str, ...], boroughs: tuple[str, ...], ways: tuple[str, ...]
) -> None:
    asked = Request(needs=(need,), audiences=audiences, boroughs=boroughs, ways=ways)
    # a Deaf person calls 999 by video
    assert choose(asked, WHOLE, now).services[0] == ("bsl-999" if "deaf" in audiences else EMERGENCY)


def test_pictures_do_not_hide_abuse_at_home() -> None:
    asked = Request("disclose_harm", needs=("domestic-abuse",), doors=("intimate_images",))
    chosen = choose(asked, WHOLE, NOON)
    assert any(Need.DOMESTIC_ABUSE in s.needs for s in ids(chosen) if s.name != WHOLE.services[EMERGENCY].name)


def test_a_child_groomed_online_still_has_999_first() -> None:
    asked = Request("child_at_risk", needs=("child-safety",), doors=("grooming_online",))
    assert choose(asked, WHOLE, NOON).services[0] == EMERGENCY


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("now", [NOON, NIGHT], ids=["noon", "night"])
def test_another_one_ends_with_victim_support(need: str, now: datetime) -> None:
    asked = Request(needs=(need,))
    for _ in range(30):
        choice = choose(asked, WHOLE, now)
        if choice.nothing_fits:
            break
        asked = replace(asked, shown=(*asked.shown, *choice.services))
    assert choice.nothing_fits
    assert choice.services[-1] == ALWAYS_OPEN


@pytest.mark.parametrize("need", NEEDS)
@pytest.mark.parametrize("now", [NOON, NIGHT], ids=["noon", "night"])
def test_another_one_is_another_one(need: str, now: datetime) -> None:
    asked = Request(needs=(need,))
    while not (choice := choose(asked, WHOLE, now)).nothing_fits:
        assert not set(choice.services) & set(asked.shown)
        asked = replace(asked, shown=(*asked.shown, *choice.services))


def test_a_wish_to_write_is_kept_at_night() -> None:
    chosen = choose(Request(needs=("hate-crime",), ways=("email",), audiences=("lgbt",)), WHOLE, NIGHT)
    assert all(s.email for s in ids(chosen))


@pytest.mark.parametrize(("need", "audience"), [(n, a) for n, by in WHOLE.help.audiences.items() for a in by])
def test_whoever_is_listed_for_an_audience_is_shown_in_time(need: Need, audience: Audience) -> None:
    """At once or after "another one": nobody listed is taken out again as not for them."""
    asked = Request(needs=(need.value,), audiences=(audience.value,))
    while not (choice := choose(asked, WHOLE, NOON)).nothing_fits:
        asked = replace(asked, shown=(*asked.shown, *choice.services))
    assert {*WHOLE.help.audiences[need][audience]} <= {*asked.shown}


def test_somebody_answers_a_deaf_person_at_night() -> None:
    chosen = choose(Request(needs=("domestic-abuse",), audiences=("deaf",)), WHOLE, NIGHT)
    assert any(s.phone or s.text or s.webchat for s in ids(chosen)[1:])


@pytest.mark.parametrize(
    ("need", "audiences", "service"),
    [
        ("domestic-abuse", ("men",), "mens-advice-line"),
        ("domestic-abuse", ("lgbt",), "galop"),
        ("domestic-abuse", ("women",), "national-da-helpline"),
        ("domestic-abuse", ("older-people",), "hourglass"),
        ("sexual-violence", ("children",), "childline"),
        ("hate-crime", ("jewish",), "cst"),
        ("emergency", ("deaf",), "bsl-999"),
        ("child-safety", ("children", "young-people"), "childline"),
    ],
)
def test_the_audiences_own_service_is_shown(need: str, audiences: tuple[str, ...], service: str) -> None:
    assert service in choose(Request(needs=(need,), audiences=audiences), WHOLE, NOON).services


@pytest.mark.parametrize("borough", BOROUGHS)
def test_a_childs_borough_leads(borough: str) -> None:
    choice = choose(Request(needs=("child-safety",), boroughs=(borough,)), WHOLE, NOON)
    local = [isinstance(s.area, list) and borough in s.area for s in ids(choice)]
    assert local[1] or choice.no_local


def test_the_named_service_alone() -> None:
    choice = choose(Request(needs=("stalking",), named=("samaritans",)), WHOLE, NOON)
    assert choice.services == ["samaritans"]


def test_at_night_a_line_that_is_open_comes_before_a_closed_one() -> None:
    first = choose(Request(needs=("stalking",)), WHOLE, NIGHT).services[1]
    assert available(WHOLE.services[first], NIGHT)


def test_at_noon_the_particular_line_comes_first() -> None:
    assert choose(Request(needs=("stalking",)), WHOLE, NOON).services[1] == "national-stalking-helpline"


def test_several_needs_start_with_the_most_particular() -> None:
    choice = choose(Request(needs=("fraud", "stalking", "victim-support")), WHOLE, NOON)
    assert (choice.need, choice.others) == (Need.STALKING, (Need.FRAUD,))


@pytest.mark.parametrize(
    ("request_", "services"),
    [
        (Request(), WHOLE.help.default),
        (Request(needs=("unicorns",), crimes=("unheard-of",)), WHOLE.help.default),
        (Request("report_crime"), WHOLE.help.reporting["default"]),
        (Request("report_crime", crimes=("fraud",)), WHOLE.help.reporting["fraud"]),
        (Request("report_crime", needs=("hate-crime",)), WHOLE.help.reporting["hate-crime"]),
        (Request("report_crime", doors=("transport",)), WHOLE.help.doors["transport"].services),
        (Request("report_crime", boroughs=("City of London",)), WHOLE.help.doors["square_mile"].services),
        (Request("ask_victim_rights"), WHOLE.help.intents["ask_victim_rights"]),
        (Request(needs=("fraud",), doors=("money_moving",)), WHOLE.help.doors["money_moving"].services),
        (Request("report_crime", doors=("gone",)), WHOLE.help.reporting["default"]),
    ],
)
def test_doors(request_: Request, services: list[str]) -> None:
    assert choose(request_, WHOLE, NOON).services == services


@pytest.mark.parametrize(
    ("request_", "door"),
    [
        (Request("child_at_risk", needs=("child-safety",), doors=("grooming_online",)), "grooming_online"),
        (Request(needs=("domestic-abuse",), doors=("intimate_images",)), "intimate_images"),
        (Request(needs=("sexual-violence",), doors=("intimate_images",)), "intimate_images"),
    ],
)
def test_a_door_stands_beside_999_and_the_needs_help(request_: Request, door: str) -> None:
    first, second, third = choose(request_, WHOLE, NOON).services
    assert (first, second) == (EMERGENCY, WHOLE.help.doors[door].services[0])
    assert Need(request_.needs[0]) in WHOLE.services[third].needs


@pytest.mark.parametrize("audiences", [("children",), ("young-people",), ("children", "young-people")])
def test_a_door_has_others_for_the_young(audiences: tuple[str, ...]) -> None:
    asked = Request(needs=("online-harm",), doors=("intimate_images",), audiences=audiences)
    assert choose(asked, WHOLE, NOON).services == WHOLE.help.doors["intimate_images"].for_young


@pytest.mark.parametrize("need", ["child-safety", "gangs-county-lines", "exploitation-modern-slavery"])
def test_a_report_about_a_child_leads_to_the_childrens_services(need: str) -> None:
    asked = Request("report_crime", needs=(need,), audiences=("families",), boroughs=("Camden",))
    assert choose(asked, WHOLE, NOON).services[:2] == [EMERGENCY, "child-services-camden"]


def test_a_named_service_without_contact_is_followed_by_somebody() -> None:
    lost = [i for i, s in WHOLE.services.items() if not has_contact(s)]
    assert lost
    for i in lost:
        first, *rest = choose(Request(named=(i,)), WHOLE, NIGHT).services
        assert first == i
        assert any(WHOLE.services[r].phone or WHOLE.services[r].text for r in rest)


def test_a_door_for_reports_is_none_for_help() -> None:
    assert choose(Request(needs=("sexual-violence",), doors=("transport",)), WHOLE, NOON).services[0] == EMERGENCY


@pytest.mark.parametrize("way", ["text", "webchat", "email", "deaf", "web", "phone"])
@pytest.mark.parametrize("need", NEEDS)
def test_a_wish_for_a_way_is_kept_at_noon(need: str, way: str) -> None:
    choice = choose(Request(needs=(need,), ways=(way,)), WHOLE, NOON)
    if not choice.nothing_fits:
        assert all(
            can_be_reached(s, way)
            for i, s in zip(choice.services, ids(choice), strict=True)
            if i not in (EMERGENCY, ALWAYS_OPEN)
        )


def test_when_nobody_can_be_reached_so_another_who_can_is_shown() -> None:
    choice = choose(Request(needs=("compensation",), ways=("text",)), WHOLE, NOON)
    assert choice.nothing_fits
    assert choice.services == ["shout", ALWAYS_OPEN]


@pytest.mark.parametrize(
    ("text", "doors"),
    [
        ("I was robbed on the Tube", ("transport",)),
        ("tuber", ()),
        ("they have my NUDES!", ("intimate_images",)),
        ("", ()),
        ("is there a police station on my road", ("counter",)),
        ("robbed on the train near the petrol station", ("transport",)),
        ("on a train in the square mile", ("transport", "square_mile")),
    ],
)
def test_doors_in_a_text(content: Content, text: str, doors: tuple[str, ...]) -> None:
    assert doors_in(text, content.help) == doors


@pytest.mark.parametrize(
    ("need", "audience", "service"),
    [
        ("report-anonymously", "older-people", "fearless"),
        ("young-people", "older-people", "childline"),
        pytest.param(
            "domestic-abuse",
            "families",
            "mens-advice-line",
            marks=pytest.mark.xfail(strict=True, reason="a family that asks gets a line for men who are abused"),
        ),
    ],
)
def test_a_service_for_others_is_not_shown(need: str, audience: str, service: str) -> None:
    assert service not in choose(Request(needs=(need,), audiences=(audience,)), WHOLE, NIGHT).services
