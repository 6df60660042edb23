"""action_show_support: the services for a turn and what was said before it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.show_support import NEED_OF_INTENT, ShowSupport
from bot.content.store import shared
from bot.paths import ROOT
from bot.support.request import Request
from bot.support.selection import has_contact
from tests.unit.actions.conftest import NOW

Turn = Callable[..., Tracker]
ABUSE = (("support_need", "domestic-abuse"),)


def shown(message: dict[str, Any]) -> list[str]:
    return [card["id"] for card in message["answer"]["services"]]


async def answer(tracker: Tracker) -> dict[str, Any]:
    return await ShowSupport().answer(tracker)


async def test_reads_the_turn(turn_of: Turn) -> None:
    entities = (*ABUSE, ("audience", "men"), ("crime_type", "rape"), ("area", "Camden"))
    message = await answer(turn_of("find_support", "help for men", entities))
    asked = Request.from_dict(message["answer"]["question_asked"])
    assert asked.needs == ("domestic-abuse",)
    assert (asked.crimes, asked.audiences, asked.boroughs) == (("rape",), ("men",), ("Camden",))
    assert message["answer"]["name"] == "find_support"


async def test_nothing_said_is_asked_once(turn_of: Turn) -> None:
    first = await answer(turn_of("find_support", "help"))
    assert first["answer"]["question"] is True
    second = await answer(turn_of("find_support", "help", (), (first["answer"],)))
    assert not second["answer"].get("question")
    assert shown(second) == shared().current().help.default


async def test_what_was_said_before_the_question_is_kept(turn_of: Turn) -> None:
    first = await answer(turn_of("find_support", "help for men", (("audience", "men"),)))
    second = await answer(turn_of("find_support", "abuse", ABUSE, (first["answer"],)))
    assert "mens-advice-line" in shown(second)


@pytest.mark.parametrize("intent", ["find_support", "report_crime"])
async def test_nobody_tells_it_twice(turn_of: Turn, intent: str) -> None:
    before = {
        "name": "disclose_harm",
        "safety": True,
        "question_asked": Request("disclose_harm", ("stalking",)).as_dict(),
    }
    message = await answer(turn_of(intent, "who can help me?", (), (before,)))
    assert not message["answer"].get("question")
    assert message["answer"]["question_asked"]["needs"] == ["stalking"]
    assert "national-stalking-helpline" in shown(message)


async def test_something_else_answered_since_ends_it(turn_of: Turn) -> None:
    before = {
        "name": "disclose_harm",
        "safety": True,
        "question_asked": Request("disclose_harm", ("stalking",)).as_dict(),
    }
    message = await answer(turn_of("find_support", "who can help me?", (), (before, {"name": "ask_mopac"})))
    assert message["answer"]["question"] is True


@pytest.mark.parametrize(
    ("intent", "service"),
    [
        ("report_anonymously", "crimestoppers"),
        ("report_terrorism_concern", "anti-terrorist-hotline"),
        ("complain_about_police", "met-complaints"),
        ("ask_victim_rights", "victims-code"),
        ("ask_compensation", "cica"),
        ("report_crime", "police-101"),
    ],
)
async def test_the_intent_decides(turn_of: Turn, intent: str, service: str) -> None:
    message = await answer(turn_of(intent))
    assert shown(message)[0] == service
    assert message["answer"]["name"] == intent
    assert not message["answer"].get("question")


@pytest.mark.parametrize(
    ("intent", "need", "service"),
    [
        ("complain_about_police", "stop-and-search", "stop-search-met-feedback"),
        ("report_anonymously", "terrorism", "anti-terrorist-hotline"),
        ("ask_compensation", "restorative-justice", "restorative-justice-london"),
    ],
)
async def test_a_more_particular_need_wins(turn_of: Turn, intent: str, need: str, service: str) -> None:
    assert shown(await answer(turn_of(intent, "", (("support_need", need),))))[0] == service


@pytest.mark.parametrize("intent", [*NEED_OF_INTENT, "find_support", "report_crime"])
def test_every_intent_has_words(intent: str) -> None:
    assert shared().answer(intent).text


async def test_a_service_asked_for_by_name(turn_of: Turn) -> None:
    assert shown(await answer(turn_of("find_support", "childline number"))) == ["childline"]


@pytest.mark.parametrize("old", sorted(shared().current().old_services))
async def test_an_old_name_says_what_became_of_it(turn_of: Turn, old: str) -> None:
    content = shared().current()
    gone = content.old_services[old]
    message = await answer(turn_of("find_support", f"{gone.name} phone number"))
    assert gone.said in message["text"]
    follows = [gone.successor] if gone.successor else content.help.default
    assert shown(message)[: len(follows)] == follows
    reached = [i for i in shown(message) if has_contact(content.services[i])]
    assert reached
    assert len(shown(message)) == len(follows) or reached == shown(message)[len(follows) :]


async def test_a_named_service_without_contact_is_not_shown_alone(turn_of: Turn) -> None:
    message = await answer(turn_of("find_support", "solace helpline number"))
    assert "solace" in shown(message)
    assert len(shown(message)) > 1


async def test_a_button_of_the_question(turn_of: Turn) -> None:
    payload = '/find_support{"support_need": "stalking"}'
    message = await answer(turn_of("find_support", payload, (("support_need", "stalking"),)))
    assert message["answer"]["question_asked"]["needs"] == ["stalking"]


@pytest.mark.parametrize(
    "moment", [NOW, "2026-11-24T03:00", "2026-12-25T10:00", "2026-08-31T00:00", "2026-10-25T01:30", "2027-03-28T01:30"]
)
async def test_at_any_hour_at_most_three(turn_of: Turn, monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setenv("PLAN_TODAY", moment)
    for need in shared().current().help.needs:
        message = await answer(turn_of("find_support", "", (("support_need", need.value), ("area", "Camden"))))
        assert 1 <= len(shown(message)) <= 3


@pytest.mark.parametrize("entities", [(("support_need", "unicorns"),), (("crime_type", "unheard-of"),)])
async def test_unknown_values_show_the_usual(turn_of: Turn, entities: tuple[tuple[str, str], ...]) -> None:
    assert shown(await answer(turn_of("find_support", "", entities))) == shared().current().help.default


async def test_an_unknown_audience_costs_nobody_the_answer(turn_of: Turn) -> None:
    assert shown(await answer(turn_of("find_support", "", (*ABUSE, ("audience", "unheard-of")))))


def test_the_vocabulary_has_no_other_audience() -> None:
    from ruamel.yaml import YAML

    from bot.content.services import Audience

    words = YAML(typ="safe").load((ROOT / "data" / "entities" / "audiences.yml").read_text(encoding="utf-8"))
    assert set(words) <= {a.value for a in Audience}
