"""From a parsed message to a request."""

from __future__ import annotations

from typing import Any

import pytest

from bot.content.services import Audience
from bot.content.store import Content
from bot.nlu.about_labels import ABOUT, LIKELY, SURE
from bot.support.understood import audiences_of, request_of, values

CHILD, FAMILY = ("children", "young-people"), ("families",)


def parsed(text: str = "", *entities: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"text": text, "entities": [{"entity": e, "value": v} for e, v in entities], **more}


@pytest.mark.parametrize(
    ("text", "named", "audiences"),
    [
        ("I'm 14", (), CHILD),
        ("im only 9 and scared", (), CHILD),
        ("my dad hits me", (), CHILD),
        ("i am in year 10", (), CHILD),
        ("i'm 45", (), ()),
        ("I'm 12 weeks pregnant", (), ()),
        ("my husband and my dad hits me", (), ()),
        ("my daughter is being bullied", ("children",), FAMILY),
        ("the boy next door", ("children",), FAMILY),
        ("help for kids", ("children",), ("children",)),
        ("is there help for men", ("men",), ("men",)),
        ("i'm a man and she hits me", ("men",), ("men",)),
        ("men", ("men",), ("men",)),
        ("two men robbed me", ("men",), ()),
        ("a man is following me", ("men",), ()),
        ("the men next door", ("men", "lgbt"), ("lgbt",)),
        ("my son is gay", ("lgbt", "children"), ("lgbt", "families")),
        ("", (), ()),
        ("my stepdad says he'll kill me", (), CHILD),
        ("I'm 10 minutes from the station", (), ()),
        ("my uncle touched me when i was small, i am 45 now", (), ()),
        ("my dad beat me when i was little. I am 52 now", (), ()),
        ("my 14 year old daughter is being groomed", ("children",), FAMILY),
        ("my 14-year-old son is being groomed", ("children",), FAMILY),
    ],
)
def test_whom_help_is_for(text: str, named: tuple[str, ...], audiences: tuple[str, ...]) -> None:
    assert audiences_of(text, named) == audiences


def test_audiences_are_known_to_the_directory() -> None:
    assert {*CHILD, *FAMILY} <= {a.value for a in Audience}


def test_values_once_each_in_order() -> None:
    message = parsed("", ("audience", "men"), ("audience", "lgbt"), ("audience", "men"), ("area", "Camden"))
    assert values(message, "audience") == ("men", "lgbt")


@pytest.mark.parametrize("empty", [{}, {"entities": None}, {"entities": [], "metadata": None, "text": None}])
def test_an_empty_message_is_an_empty_request(content: Content, empty: dict[str, Any]) -> None:
    assert request_of(empty, "find_support", content).says_nothing


def test_a_sure_label_wins_over_words(content: Content) -> None:
    message = parsed("x", ("support_need", "fraud"), **{ABOUT: {"level": SURE, "label": "stalking"}})
    assert request_of(message, "find_support", content).needs == ("stalking",)


def test_a_likely_label_counts_without_words(content: Content) -> None:
    about = {ABOUT: {"level": LIKELY, "label": "stalking"}}
    assert request_of(parsed("x", **about), "find_support", content).needs == ("stalking",)
    assert request_of(parsed("x", ("support_need", "fraud"), **about), "find_support", content).needs == ("fraud",)


@pytest.mark.parametrize("about", [{}, {"level": "unsure", "label": "stalking"}, {"level": SURE, "label": "unheard"}])
def test_other_labels_say_nothing(content: Content, about: dict[str, str]) -> None:
    assert request_of(parsed("x", **{ABOUT: about}), "find_support", content).needs == ()


def test_a_label_may_lead_to_a_door(content: Content) -> None:
    message = parsed("x", **{ABOUT: {"level": SURE, "label": "intimate-images"}})
    assert request_of(message, "find_support", content).doors == ("intimate_images",)


def test_words_lead_to_a_door(content: Content) -> None:
    assert "transport" in request_of(parsed("robbed on the Tube!"), "report_crime", content).doors


def test_a_button_says_only_its_entities(content: Content) -> None:
    message = parsed('/find_support{"support_need": "stalking"}', ("support_need", "stalking"))
    made = request_of(message, "find_support", content)
    assert (made.needs, made.doors, made.named) == (("stalking",), (), ())


def test_the_borough_of_a_postcode(content: Content) -> None:
    message = parsed("SE15", metadata={"place": {"status": "found", "borough": "Southwark"}})
    assert request_of(message, "find_support", content).boroughs == ("Southwark",)
