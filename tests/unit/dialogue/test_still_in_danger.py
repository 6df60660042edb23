"""What is written right after the answer for danger, or after words of despair."""

from __future__ import annotations

from typing import Any

import pytest

from bot.dialogue import still_in_danger
from bot.dialogue.message import ANSWER
from bot.nlu.safety_intents import CHILD_AT_RISK, DISCLOSE_HARM, DOUBT, EMERGENCY, SAFETY, SURE, WELLBEING_CRISIS

Event = dict[str, Any]


def said(*names: str, **more: Any) -> list[Event]:
    """The events of what the assistant said, newest first."""
    return [{"event": "bot", "metadata": {ANSWER: {"name": name, **more}}} for name in names]


AFTER = said(EMERGENCY, safety=True)
AFTER_DESPAIR = said(WELLBEING_CRISIS, safety=True)


def parsed(
    text: str, intent: str, *, status: str = "clear", sure: float = 0.6, entities: tuple[str, ...] = (), **more: Any
) -> dict[str, Any]:
    return {
        "text": text, "intent": {"name": intent, "confidence": sure}, "understanding": {"status": status},
        "entities": [{"entity": name, "value": "x"} for name in entities], **more,
    }  # fmt: skip


@pytest.mark.parametrize("intent", sorted(still_in_danger.HANGS_ON))
def test_what_asks_about_nothing_in_particular_is_still_danger(intent: str) -> None:
    read = still_in_danger.read_on(parsed("are u coming", intent), AFTER)
    assert read["intent"]["name"] == EMERGENCY
    assert read[SAFETY] == {"intent": EMERGENCY, "level": SURE, "by": "history", "again": True}
    assert still_in_danger.is_again(read)


def test_so_is_a_question_that_names_nothing_of_ours_and_what_is_not_understood() -> None:
    for one in (parsed("how long will they be", "ask_plan_period"), parsed("hurry", "nlu_fallback", status="unclear")):
        assert still_in_danger.read_on(one, AFTER)["intent"]["name"] == EMERGENCY


def test_nothing_else_changes_in_the_parse_data() -> None:
    one = parsed("se15", "inform", entities=("postcode",))
    read = still_in_danger.read_on(one, AFTER)
    assert {k: v for k, v in read.items() if k not in ("intent", SAFETY)} == {
        k: v for k, v in one.items() if k != "intent"
    }
    assert one["intent"]["name"] == "inform" and SAFETY not in one


@pytest.mark.parametrize(
    ("text", "intent", "entities"),
    [
        ("how many robberies in hackney", "ask_statistics", ("crime_type",)),
        ("what is the plan", "ask_plan_overview", ()),
        ("who can help me", "find_support", ()),
        ("thank you", "thank_you", ()),
        ("more", "tell_me_more", ()),
    ],
)
def test_a_question_of_its_own_is_answered_with_a_line_of_danger(
    text: str, intent: str, entities: tuple[str, ...]
) -> None:
    read = still_in_danger.read_on(parsed(text, intent, entities=entities), AFTER)
    assert read["intent"]["name"] == intent
    assert read[SAFETY] == {"intent": EMERGENCY, "level": DOUBT, "by": "history"}
    assert not still_in_danger.is_again(read)


def test_so_is_one_about_the_consultation_and_a_detail_that_goes_on_with_figures() -> None:
    for one in (
        parsed("am i too late to have my say", "ask_consultation_dates"),
        parsed("and in brent", "inform", entities=("area",)),
    ):
        assert still_in_danger.read_on(one, AFTER)[SAFETY]["level"] == DOUBT
    one = parsed("in brent", "inform", entities=("area",))
    assert still_in_danger.read_on(one, AFTER)["intent"]["name"] == EMERGENCY


def test_a_question_of_its_own_that_was_hardly_understood_is_danger() -> None:
    one = parsed("is the plan that he comes back", "ask_plan_status", status="ambiguous")
    assert still_in_danger.read_on(one, AFTER)["intent"]["name"] == EMERGENCY


@pytest.mark.parametrize("intent", ["stop", "delete_my_data"])
def test_who_must_hide_the_chat_is_not_kept(intent: str) -> None:
    one = parsed("delete it", intent)
    assert still_in_danger.read_on(one, AFTER) is one


@pytest.mark.parametrize("text", ["/find_support", "/report_crime", '/inform{"area": "Hackney"}'])
def test_buttons_do_what_they_say(text: str) -> None:
    one = parsed(text, text[1:].partition("{")[0])
    assert still_in_danger.read_on(one, AFTER) is one


def test_a_place_that_is_shared_is_a_call_for_help() -> None:
    assert (
        still_in_danger.read_on(parsed("/ask_local_police", "ask_local_police"), AFTER)["intent"]["name"] == EMERGENCY
    )
    one = parsed("/ask_local_police", "ask_local_police")
    assert still_in_danger.read_on(one, said("find_support")) is one


@pytest.mark.parametrize(
    ("intent", "by", "stays"),
    [
        (WELLBEING_CRISIS, "pattern", True), (WELLBEING_CRISIS, "classifier", False), (DISCLOSE_HARM, "classifier", True),
        (CHILD_AT_RISK, "pattern", True),
    ],
)  # fmt: skip
def test_other_words_of_danger(intent: str, by: str, stays: bool) -> None:
    one = parsed("i cant call", intent, sure=0.85, **{SAFETY: {"intent": intent, "level": SURE, "by": by}})
    read = still_in_danger.read_on(one, AFTER)
    assert (read is one) is stays
    assert stays or read["intent"]["name"] == EMERGENCY


def test_other_harm_that_is_hardly_heard_is_danger() -> None:
    one = parsed(
        "i dont understand",
        CHILD_AT_RISK,
        sure=0.14,
        **{SAFETY: {"intent": CHILD_AT_RISK, "level": SURE, "by": "classifier"}},
    )
    assert still_in_danger.read_on(one, AFTER)["intent"]["name"] == EMERGENCY


def test_danger_that_is_told_again_keeps_how_it_was_found() -> None:
    one = parsed("he is at the door", EMERGENCY, **{SAFETY: {"intent": EMERGENCY, "level": SURE, "by": "pattern"}})
    assert still_in_danger.read_on(one, AFTER)[SAFETY] == {
        "intent": EMERGENCY,
        "level": SURE,
        "by": "pattern",
        "again": True,
    }


@pytest.mark.parametrize(
    "before",
    [[], said("ask_plan_overview"), said(DISCLOSE_HARM), said("statistics", EMERGENCY), said("which_borough", EMERGENCY, question=True)],
)  # fmt: skip
def test_after_anything_else_nothing_changes(before: list[Event]) -> None:
    one = parsed("are u coming", "goodbye")
    assert still_in_danger.read_on(one, before) is one


def test_thanks_and_what_was_not_understood_do_not_end_it() -> None:
    for small in (
        said("thank_you", small_talk=True),
        said(EMERGENCY, followup=True),
        said("nlu_fallback", question=True),
    ):
        assert (
            still_in_danger.read_on(parsed("how long", "ask_plan_period"), [*small, *AFTER])["intent"]["name"]
            == EMERGENCY
        )


def test_a_new_session_ends_it() -> None:
    one = parsed("are u coming", "goodbye")
    assert still_in_danger.read_on(one, [{"event": "session_started"}, *AFTER]) is one


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("are the met coming", "ask_officer_numbers"), ("how many police officers are coming", "ask_officer_numbers"),
        ("how long does it take", "ask_consultation_questions"), ("when does it start", "ask_plan_period"),
        ("send police", "report_crime"), ("can u send help", "find_support"), ("i called and they hung up", "complain_about_police"),
        ("its in brixton near the station", "ask_local_police"), ("can they trace my phone", "report_anonymously"),
    ],
)  # fmt: skip
def test_who_waits_is_surely_understood_and_still_in_danger(text: str, intent: str) -> None:
    assert still_in_danger.read_on(parsed(text, intent, sure=0.98), AFTER)["intent"]["name"] == EMERGENCY


@pytest.mark.parametrize(
    "text",
    [
        "i already took them",
        "ive taken all of it",
        "got the pills here",
        "im on the bridge",
        "i cut too deep",
        "its too late now",
    ],
)
def test_despair_that_is_being_done_is_an_emergency(text: str) -> None:
    assert still_in_danger.read_on(parsed(text, "ask_service_detail"), AFTER_DESPAIR)["intent"]["name"] == EMERGENCY
    one = parsed(text, "ask_service_detail")
    assert still_in_danger.read_on(one, said("find_support")) is one


def test_despair_is_remembered_for_some_answers() -> None:
    one = parsed("i already took them", "inform")
    assert (
        still_in_danger.read_on(one, said("find_support", "ask_privacy", WELLBEING_CRISIS))["intent"]["name"]
        == EMERGENCY
    )
    assert still_in_danger.read_on(one, said(*["find_support"] * 4, WELLBEING_CRISIS)) is one


@pytest.mark.parametrize(
    "text",
    [
        "i havent taken anything", "i never did it", "i took your advice and rang them", "i have run out of meds", "i used to cut myself",
        "i have to take my meds", "its too late to phone them now", "my husband died on the bridge", "i drank too much last night",
    ],
)  # fmt: skip
def test_what_was_not_done_is_despair_still(text: str) -> None:
    one = parsed(text, "inform")
    assert still_in_danger.read_on(one, AFTER_DESPAIR) is one


@pytest.mark.parametrize("text", ["took all my pills", "swallowed them all", "ive od'd", "standing on the roof"])
def test_nor_does_it_need_an_i(text: str) -> None:
    assert still_in_danger.read_on(parsed(text, "chitchat"), AFTER_DESPAIR)["intent"]["name"] == EMERGENCY


@pytest.mark.parametrize("text", ["nobody cares", "are they open now", "can i text them", "what is the plan"])
def test_other_words_after_despair_are_as_they_are(text: str) -> None:
    one = parsed(text, "inform")
    assert still_in_danger.read_on(one, AFTER_DESPAIR) is one
