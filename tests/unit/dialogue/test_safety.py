"""The answers that come first."""

from __future__ import annotations

from typing import Any

import pytest

from bot import clock
from bot.content.store import Content
from bot.dialogue import safety
from bot.nlu.safety_intents import BY_URGENCY, CHILD_AT_RISK, DOUBT, EMERGENCY, SAFETY, SURE, WELLBEING_CRISIS

NOON, NIGHT = "2026-11-24T12:00", "2026-11-24T03:00"
HARM = "disclose_harm"


@pytest.fixture(autouse=True)
def _at_noon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, NOON)


def parsed(text: str = "", *entities: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {"text": text, "entities": [{"entity": e, "value": v} for e, v in entities], **more}


def shown(message: dict[str, Any]) -> list[str]:
    return [card["id"] for card in message["answer"]["services"]]


@pytest.mark.parametrize("intent", BY_URGENCY)
@pytest.mark.parametrize("moment", [NOON, NIGHT, "2026-12-25T10:00", "2026-10-25T01:30", "2023-05-01T10:00"])
def test_every_safety_intent_has_an_answer_marked_as_such(
    content: Content, monkeypatch: pytest.MonkeyPatch, intent: str, moment: str
) -> None:
    monkeypatch.setenv(clock.VARIABLE, moment)
    message = safety.answer(intent, content, {})
    assert message["answer"]["safety"] is True
    assert message["answer"]["name"] == intent
    assert "999" in message["text"]
    assert 1 <= len(shown(message)) <= 3


def test_an_emergency_has_every_way_to_999_and_nothing_else(content: Content) -> None:
    message = safety.answer(EMERGENCY, content, parsed("fraud", ("support_need", "fraud")))
    assert shown(message) == list(safety.IN_DANGER)
    assert "http" not in message["text"]
    assert "•" not in message["text"]


@pytest.mark.parametrize(
    ("intent", "service"),
    [(CHILD_AT_RISK, "childrens-social-care"), (WELLBEING_CRISIS, "samaritans"), (HARM, "victim-support-supportline")],
)
def test_the_usual_services(content: Content, intent: str, service: str) -> None:
    message = safety.answer(intent, content, {})
    assert service in shown(message)
    assert content.services[service].name in message["text"]


@pytest.mark.parametrize(
    ("entity", "value", "need"),
    [
        ("support_need", "domestic-abuse", "domestic-abuse"),
        ("crime_type", "rape", "sexual-violence"),
        ("crime_type", "homicide", "bereaved"),
        ("support_need", "homelessness", "victim-support"),
        ("crime_type", "unheard_of", "victim-support"),
    ],
)
def test_what_was_named_chooses_the_need(content: Content, entity: str, value: str, need: str) -> None:
    message = safety.answer(HARM, content, parsed("", (entity, value)))
    assert message["answer"]["question_asked"]["needs"] == [need]


@pytest.mark.parametrize(("intent", "need"), [(CHILD_AT_RISK, "child-safety"), (WELLBEING_CRISIS, "wellbeing-crisis")])
def test_what_was_named_does_not_change_a_child_or_despair(content: Content, intent: str, need: str) -> None:
    message = safety.answer(intent, content, parsed("", ("support_need", "fraud"), ("crime_type", "burglary")))
    assert message["answer"]["question_asked"]["needs"] == [need]


def test_nothing_is_asked(content: Content) -> None:
    assert not any(safety.answer(intent, content, {})["answer"].get("question") for intent in BY_URGENCY)


def test_a_child_that_writes_itself_sees_childline(content: Content) -> None:
    assert "childline" in shown(safety.answer(CHILD_AT_RISK, content, parsed("I'm 12 and my dad hits me")))


def test_the_borough_of_the_child_counts(content: Content) -> None:
    message = safety.answer(CHILD_AT_RISK, content, parsed("a child in Camden", ("area", "Camden")))
    assert "child-services-camden" in shown(message)


def test_the_borough_of_a_postcode_counts(content: Content) -> None:
    metadata = {"place": {"status": "found", "borough": "Hackney"}}
    assert "child-services-hackney" in shown(safety.answer(CHILD_AT_RISK, content, parsed("SE15", metadata=metadata)))


def test_a_service_named_in_passing_does_not_decide(content: Content) -> None:
    message = safety.answer(HARM, content, parsed("crimestoppers number, he raped me", ("crime_type", "rape")))
    assert "havens" in shown(message)
    assert "crimestoppers" not in shown(message)


def test_pictures_do_not_hide_abuse_at_home(content: Content) -> None:
    said = "my husband hits me and he will post my nudes"
    message = safety.answer(HARM, content, parsed(said, ("support_need", "domestic-abuse")))
    assert "national-da-helpline" in shown(message)


@pytest.mark.parametrize("broken", [{}, {"entities": None}, {"text": None}, {"metadata": None, "about": None}])
@pytest.mark.parametrize("intent", BY_URGENCY)
def test_a_broken_message_is_answered_too(content: Content, intent: str, broken: dict[str, Any]) -> None:
    assert safety.answer(intent, content, broken)["answer"]["safety"] is True


@pytest.mark.parametrize(("signal", "said"), [(None, False), ({"level": SURE}, False), ({"level": DOUBT}, True)])
def test_a_line_when_in_doubt(content: Content, signal: dict | None, said: bool) -> None:
    line = safety.line_when_in_doubt({"safety": signal}, content)
    assert line == (content.answer("safety_line", clock.today()).text if said else None)


def test_prepend() -> None:
    message = {"text": "b", "buttons": [], "answer": {"text": "b"}}
    assert safety.prepend(message, None) is message
    assert safety.prepend(message, "a") == {"text": "a\n\nb", "buttons": [], "answer": {"text": "b"}}
    assert message["text"] == "b"


CHILD_TOLD = {
    "safety": True,
    "question_asked": {"intent": CHILD_AT_RISK, "needs": ["child-safety"], "audiences": ["children"]},
}
RAPE_TOLD = {"safety": True, "question_asked": {"intent": HARM, "needs": ["sexual-violence"]}}


@pytest.mark.parametrize("intent", [HARM, WELLBEING_CRISIS, CHILD_AT_RISK])
def test_a_child_is_a_child_in_the_next_message_too(content: Content, intent: str) -> None:
    assert "childline" in shown(safety.answer(intent, content, parsed("its my fault"), CHILD_TOLD))
    assert "childline" not in shown(
        safety.answer(HARM, content, parsed("its my fault"), {**CHILD_TOLD, "safety": False})
    )


def test_somebody_else_who_is_named_counts_more(content: Content) -> None:
    message = safety.answer(HARM, content, parsed("my husband hits me", ("audience", "women")), CHILD_TOLD)
    assert "childline" not in shown(message)


def test_who_falters_keeps_the_help_for_what_was_told(content: Content) -> None:
    message = safety.answer(WELLBEING_CRISIS, content, parsed("i dont want to talk about it"), RAPE_TOLD)
    assert "havens" in shown(message) and "samaritans" in shown(message)
    assert message["answer"]["question_asked"]["needs"] == ["sexual-violence"]
    assert "havens" in shown(safety.answer(HARM, content, parsed("it was him"), RAPE_TOLD))


def test_words_of_suicide_come_before_what_was_told(content: Content) -> None:
    said = parsed("i want to die", **{SAFETY: {"intent": WELLBEING_CRISIS, "level": SURE, "by": "pattern"}})
    listed = shown(safety.answer(WELLBEING_CRISIS, content, said, RAPE_TOLD))
    assert "samaritans" in listed and "havens" not in listed


def test_after_what_is_not_urgent_who_listens_comes_first(content: Content) -> None:
    scammed = {"safety": True, "question_asked": {"intent": HARM, "needs": ["fraud"]}}
    listed = shown(safety.answer(WELLBEING_CRISIS, content, parsed("nobody would miss me"), scammed))
    assert listed[:2] == ["emergency-999", "samaritans"]


@pytest.mark.parametrize(
    "need", ["sexual-violence", "domestic-abuse", "gangs-county-lines", "online-harm", "child-safety"]
)
def test_no_service_twice(content: Content, need: str) -> None:
    told = {"safety": True, "question_asked": {"intent": HARM, "needs": [need], "audiences": ["children"]}}
    for intent in BY_URGENCY:
        listed = shown(safety.answer(intent, content, parsed("i cant"), told))
        assert len(listed) == len(set(listed)) == 3
        assert intent == EMERGENCY or "childline" in listed


def test_after_999_it_is_still_known_what_was_told(content: Content) -> None:
    danger = safety.answer(EMERGENCY, content, parsed("he is strangling me"), CHILD_TOLD)["answer"]
    assert "childline" in shown(safety.answer(HARM, content, parsed("he stopped but he hurt me"), danger))


@pytest.mark.parametrize(("text", "is_child"), [
    ("they make me carry stuff", True), ("tell me who to call, he is being used", False), ("they make my son carry it, it scares me", False),
    ("a child in my class has bruises", False), ("kids next door to me are left alone", False), ("let me know who to call", False),
])  # fmt: skip
def test_a_child_that_does_not_say_so(content: Content, text: str, is_child: bool) -> None:
    assert ("childline" in shown(safety.answer(CHILD_AT_RISK, content, parsed(text)))) is is_child


def test_help_again_is_for_harm_only(content: Content) -> None:
    message = safety.still_here(RAPE_TOLD, content)
    assert message and message["answer"]["safety"] is True and "havens" in shown(message)
    assert "999" in message["text"] and "What you told me matters" in message["text"]
    for last in (None, {}, {"safety": True, "name": EMERGENCY}, {"question_asked": {"needs": ["fraud"]}}):
        assert safety.still_here(last, content) is None


def test_who_waits_for_help_hears_that_nobody_comes(content: Content) -> None:
    again = {SAFETY: {"intent": EMERGENCY, "level": SURE, "by": "history", "again": True}}
    first, second = safety.answer(EMERGENCY, content, parsed()), safety.answer(EMERGENCY, content, parsed(**again))
    assert "cannot send anyone" in second["text"] and "cannot send anyone" not in first["text"]
    assert shown(first) == shown(second) and second["answer"]["name"] == EMERGENCY
