"""Which need a message is about, and that every service, need and door that the file names exists."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from bot.content.first_help import FirstHelp
from bot.content.services import Audience, Need
from bot.content.store import Content

SMALL: dict[str, Any] = {
    "needs": {
        "stalking": {"label": "stalking", "services": ["a"]},
        "fraud": {"label": "fraud", "services": ["b"]},
        "hate-crime": {"label": "hate crime", "services": ["c"]},
    },
    "default": ["d"],
    "audiences": {"fraud": {"men": ["e"]}},
    "crimes": {"scam": "fraud"},
    "reporting": {"default": ["f"]},
    "intents": {"ask": ["g"]},
    "doors": {"train": {"words": ["train"], "services": ["h"]}},
    "lead": ["i"],
    "ways": {"text": ["j"]},
}
HELP = FirstHelp(**SMALL)


@pytest.mark.parametrize(
    ("needs", "crimes", "expected"),
    [
        (("fraud",), (), [Need.FRAUD]),
        (("fraud", "stalking"), (), [Need.STALKING, Need.FRAUD]),
        ((), ("scam",), [Need.FRAUD]),
        (("stalking",), ("scam",), [Need.STALKING, Need.FRAUD]),
        (("fraud",), ("scam",), [Need.FRAUD]),
        (("unicorns",), ("unheard-of",), []),
        ((), (), []),
    ],
)
def test_needs_in_the_order_of_the_file(needs: tuple[str, ...], crimes: tuple[str, ...], expected: list[Need]) -> None:
    assert HELP.needs_of(needs, crimes) == expected


def test_every_named_service() -> None:
    assert HELP.named() == set("abcdefghij")


@pytest.mark.parametrize(
    "wrong",
    [
        {"needs": {"unicorns": {"label": "unicorns", "services": ["a"]}}},
        {"needs": {"fraud": {"label": "fraud", "services": []}}},
        {"default": ["a", "b", "c", "d"]},
        {"doors": {"x": {"words": [], "services": ["a"]}}},
        {"doors": {"x": {"words": ["x"], "services": ["a", "b", "c", "d"]}}},
        {"audiences": {"fraud": {"aliens": ["a"]}}},
        {"extra": 1},
    ],
    ids=str,
)
def test_a_wrong_file_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        FirstHelp(**{**SMALL, **wrong})


def test_every_need_has_its_help(content: Content) -> None:
    assert set(content.help.needs) == set(Need)


def test_every_list_names_known_services(content: Content) -> None:
    assert content.help.named() <= set(content.services)


def test_reporting_has_known_keys_and_a_default(content: Content) -> None:
    known = {*content.help.crimes, *(n.value for n in Need), "default", "property"}
    assert "default" in content.help.reporting
    assert set(content.help.reporting) <= known


def test_meanings_lead_to_doors_that_exist(content: Content) -> None:
    assert {d for m in content.help.about.values() for d in m.doors} <= set(content.help.doors)


def test_a_door_that_needs_a_need_can_be_reached_by_its_label(content: Content) -> None:
    for label, meaning in content.help.about.items():
        for door in meaning.doors:
            wanted = content.help.doors[door].needs
            assert not wanted or set(wanted) & set(meaning.needs), label


def test_no_service_that_comes_first_has_no_contact(content: Content) -> None:
    lost = [
        i
        for i in content.help.named()
        if content.services[i].display == "info-only"
        and not (content.services[i].phone or content.services[i].text or content.services[i].web)
    ]
    assert not lost


def test_usual_services_are_for_everyone_or_somebody_known(content: Content) -> None:
    """Without an audience nobody is left out, so the list must not be of local services."""
    for spec in content.help.needs.values():
        assert not [i for i in spec.services if isinstance(content.services[i].area, list)]
    assert all(Audience.EVERYONE in content.services[i].audiences for i in content.help.default)
