"""action_tell_service_detail: questions about what was just shown, and "another one"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rasa_sdk import Tracker

from actions.show_support import ShowSupport
from actions.tell_service_detail import TellServiceDetail
from bot.support.request import Request

Turn = Callable[..., Tracker]


def shown(message: dict[str, Any]) -> list[str]:
    return [card["id"] for card in message["answer"]["services"]]


def support(*needs: str, intent: str = "find_support", **more: tuple[str, ...]) -> dict[str, Any]:
    """The parts of an answer that showed services."""
    return ShowSupport().message(Request(intent, needs, **more))["answer"]


async def ask(
    turn_of: Turn, text: str, *before: dict[str, Any], entities: tuple[tuple[str, str], ...] = ()
) -> dict[str, Any]:
    return await TellServiceDetail().answer(turn_of("ask_service_detail", text, entities, before))


@pytest.mark.parametrize(
    "text", ["is it free", "are they open on sunday", "is it private", "can i text", "do they speak polish"]
)
async def test_answers_about_what_was_shown(turn_of: Turn, text: str) -> None:
    message = await ask(turn_of, text, support("stalking"))
    assert "National Stalking Helpline" in message["text"]
    assert not message["answer"].get("question")


async def test_a_service_named_in_the_question_is_what_it_is_about(turn_of: Turn) -> None:
    message = await ask(turn_of, "is childline free", support("stalking"))
    assert shown(message) == ["childline"]
    assert "Stalking" not in message["answer"]["text"]


async def test_a_named_service_without_anything_before(turn_of: Turn) -> None:
    assert shown(await ask(turn_of, "when is the childline line open")) == ["childline"]


async def test_without_anything_before_it_asks(turn_of: Turn) -> None:
    assert (await ask(turn_of, "is it free"))["answer"]["question"] is True


async def test_it_does_not_ask_twice(turn_of: Turn) -> None:
    first = await ask(turn_of, "is it free")
    second = await ask(turn_of, "can i text", first["answer"])
    assert not second["answer"].get("question")


async def test_another_after_another_answer_tells_more(turn_of: Turn) -> None:
    message = await ask(turn_of, "something else", {"name": "ask_mopac", "more": "More on MOPAC.", "text": "x"})
    assert "More on MOPAC." in message["text"]


async def test_another_one_is_another_one(turn_of: Turn) -> None:
    before = support("hate-crime")
    message = await ask(turn_of, "another one", before)
    assert not {s["id"] for s in before["services"]} & set(shown(message))


@pytest.mark.parametrize("need", ["stalking", "fraud", "hate-crime", "child-safety"])
async def test_another_one_until_nothing_is_left_ends_with_victim_support_and_says_so(turn_of: Turn, need: str) -> None:
    message = {"answer": support(need)}
    for _ in range(15):
        message = await ask(turn_of, "another one", message["answer"])
        if "I know of no service" in message["text"]:
            break
    assert "I know of no service" in message["text"]
    assert shown(message)[-1] == "victim-support-supportline"
    again = await ask(turn_of, "another one", message["answer"])
    assert shown(again)[-1] == "victim-support-supportline"


async def test_a_button_asks_for_another(turn_of: Turn) -> None:
    before = support("hate-crime")
    assert not {s["id"] for s in before["services"]} & set(shown(await ask(turn_of, "/ask_service_detail", before)))


@pytest.mark.parametrize(
    ("intent", "service"),
    [("complain_about_police", "stop-search-met-feedback"), ("report_anonymously", "iwf")],
)
async def test_another_one_after_an_intent_that_decides(turn_of: Turn, intent: str, service: str) -> None:
    assert service in shown(await ask(turn_of, "another one", support(intent=intent)))


@pytest.mark.xfail(
    strict=True, reason="where words lead to a door and name no need, another one is anybody: 101, Samaritans"
)
async def test_another_one_after_a_door(turn_of: Turn) -> None:
    before = support(doors=("intimate_images",))
    assert before["services"][0]["id"] == "revenge-porn-helpline"
    assert "samaritans" not in shown(await ask(turn_of, "another one", before))


async def test_another_one_for_somebody(turn_of: Turn) -> None:
    message = await ask(turn_of, "another one for men", support("domestic-abuse"), entities=(("audience", "men"),))
    assert "mankind" in shown(message)


async def test_who_can_be_reached_so_is_offered(turn_of: Turn) -> None:
    message = await ask(turn_of, "can i text", support("stalking"))
    assert "by text" in message["text"]
    assert "85258" in message["text"]


async def test_a_deaf_person_is_offered_somebody(turn_of: Turn) -> None:
    message = await ask(turn_of, "i am deaf", support("honour-based-abuse"))
    assert "Sign Language" in message["text"] or "BSL" in message["text"]


async def test_who_was_offered_counts_as_shown(turn_of: Turn) -> None:
    first = await ask(turn_of, "can i text", support("stalking"))
    assert "shout" in first["answer"]["question_asked"]["shown"]


async def test_an_older_conversation_may_name_services_that_are_gone(turn_of: Turn) -> None:
    before = {"name": "find_support", "services": [{"id": "gone"}], "question_asked": Request().as_dict()}
    assert (await ask(turn_of, "is it free", before))["text"]


async def test_nothing_for_the_request_is_lost(turn_of: Turn) -> None:
    before = support("domestic-abuse", audiences=("men",))
    message = await ask(turn_of, "is it free", before)
    assert message["answer"]["question_asked"]["audiences"] == ["men"]
    assert "mens-advice-line" not in shown(await ask(turn_of, "another one", before, message["answer"]))


async def test_after_harm_a_story_that_goes_on_shows_help_again(turn_of: Turn) -> None:
    told = {**support("stalking"), "safety": True}
    message = await ask(turn_of, "they said they will hurt my sister", told)
    assert shown(message) == shown({"answer": told})
    assert message["answer"]["safety"] is True
    assert "What you told me matters" in message["text"]


async def test_after_anything_else_it_is_a_question_about_what_was_shown(turn_of: Turn) -> None:
    message = await ask(turn_of, "they said they will hurt my sister", support("stalking"))
    assert "What you told me matters" not in message["text"]
