"""What the widget is shown: answers and histories are as bot/web/schemas.py describes them."""

from __future__ import annotations

import re
from typing import Any

import pytest

from bot.content.schema import Label
from bot.content.store import Content
from bot.dialogue.message import ANSWER, compose, from_content
from bot.errors import ConversationIdError
from bot.web import documents, openapi, schemas
from bot.web.ids import ConversationIds

IDS = ConversationIds("a secret of the tests, long enough for it", 1)
SENDER = "web-somebody"
AT = 1_780_000_000.25
SOURCE = {"title": "The Plan", "url": "https://example.org/plan.pdf", "as_at": "March 2022", "pages": "3"}
CHART = {"type": "bar", "title": "Burglaries", "alt": "Two bars.", "labels": ["Camden", "Barnet"], "values": [2.0, None], "unit": "offences", "source": "A"}  # fmt: skip
SERVICE = {
    "name": "Helpline", "what": "Listens.", "opening": None, "cost": "", "id": "x",
    "links": [{"title": "Call", "url": "tel:999", "kind": "tel"}],
}  # fmt: skip
LABELS = {"ask_mopac": Label(button="What is MOPAC?", topic="what MOPAC is")}


def answered(*messages: dict[str, Any]) -> dict[str, Any]:
    document = documents.answer(messages, IDS, SENDER, AT)
    schemas.Answer.parse_obj(document)
    return document


def said(text: str = "Hello.", **told: Any) -> dict[str, Any]:
    return {"recipient_id": SENDER, "text": text, ANSWER: {"name": "greet", "text": text, **told}}


def test_one_plain_message() -> None:
    document = answered(said(small_talk=True))
    assert document["at"] == "2026-05-28T20:26:40+00:00"
    assert (document["status"], document["feedback"]) == ("small_talk", False)
    assert document["parts"] == [
        {"text": "Hello.", "safety": False, "language": "en", "buttons": [], "sources": [], "services": []}
    ]
    assert IDS.answer_name(SENDER, document["id"]) == "greet"
    with pytest.raises(ConversationIdError):
        IDS.answer_name("web-another", document["id"])


def test_all_parts_and_only_what_is_described() -> None:
    message = compose(
        "Burglary fell.",
        {"name": "figures", "sources": [SOURCE], "services": [SERVICE], "chart": CHART, "picture": "/pictures/a.png", "language": "cy", "details": {"secret": 1}},  # type: ignore[typeddict-item]
        [{"title": "More", "payload": "/more"}],
    )  # fmt: skip
    [part] = answered(message)["parts"]
    assert part["text"] == "Burglary fell."  # the line of the source is in `sources` instead
    assert part["sources"] == [{k: SOURCE[k] for k in ("title", "url", "as_at")}]
    assert part["services"] == [
        {"name": "Helpline", "what": "Listens.", "links": [{"title": "Call", "url": "tel:999"}]}
    ]
    assert part["chart"] == CHART
    assert part["picture"] == {"url": "/pictures/a.png", "alt": "Two bars."}
    assert part["buttons"] == [{"title": "More", "payload": "/more"}]
    assert part["language"] == "cy"
    assert "secret" not in str(part)


def test_a_warning_stands_above_the_text() -> None:
    [part] = answered(compose("Burglary fell.", {"name": "a", "sources": [SOURCE]}, [], before="In danger, call 999."))[
        "parts"
    ]
    assert (part["warning"], part["text"]) == ("In danger, call 999.", "Burglary fell.")
    assert "warning" not in answered(compose("Burglary fell.", {"name": "a"}, []))["parts"][0]


def test_safety_comes_first_and_the_rest_keeps_its_order() -> None:
    parts = answered(said("one"), said("two"), said("safe", safety=True), said("three"))["parts"]
    assert [part["text"] for part in parts] == ["safe", "one", "two", "three"]
    assert [part["safety"] for part in parts] == [True, False, False, False]


@pytest.mark.parametrize(
    ("name", "told", "status"),
    [
        ("empty", {"question": True}, "refused_empty"),
        ("nlu_fallback", {}, "not_understood"),
        ("which_one", {"question": True}, "asked_back"),
        ("greet", {"small_talk": True}, "small_talk"),
        ("ask_mopac", {"sources": [SOURCE]}, "answered"),
        ("ask_mopac", {"followup": True}, "followed_up"),
        ("emergency", {"safety": True}, "safety"),
    ],
)
def test_statuses(name: str, told: dict[str, Any], status: str) -> None:
    document = answered(said(**{"name": name, **told}))
    assert document["status"] == status
    schemas.Answer.parse_obj(document)
    assert document["feedback"] is (status in ("answered", "followed_up"))


@pytest.mark.parametrize("kind", ["small_talk", "safety"])
def test_small_talk_and_safety_do_not_ask_whether_they_helped(kind: str) -> None:
    assert answered(said(), said(**{kind: True}))["feedback"] is False


@pytest.mark.parametrize(
    "message", [{"text": "Plain."}, {"text": ""}, {"text": None}, {}, {"text": "", ANSWER: {}}, {"text": "", ANSWER: {"text": "Kept."}}]
)  # fmt: skip
def test_messages_without_parts_or_text_are_shown_too(message: dict[str, Any]) -> None:
    document = answered(message)
    assert IDS.answer_name(SENDER, document["id"]) == "message"
    assert document["parts"][0]["text"] == (message.get("text") or (message.get(ANSWER) or {}).get("text") or "")


def test_every_answer_of_the_content_is_as_described(content: Content) -> None:
    from datetime import date

    for name in content.answers:
        message = from_content(name, content.answer(name, date(2026, 5, 1)), content.labels)
        assert IDS.answer_name(SENDER, answered(message)["id"]) == name
        assert len(IDS.sign_answer(SENDER, name, AT)) <= 200


def person(text: object, at: float = AT) -> dict[str, Any]:
    return {"event": "user", "text": text, "timestamp": at}


def bot(text: str, at: float = AT, *, buttons: list[dict[str, str]] | None = None, **told: Any) -> dict[str, Any]:
    data = {"buttons": buttons, "elements": None}
    return {"event": "bot", "text": text, "timestamp": at, "data": data, "metadata": {ANSWER: {"name": "greet", "text": text, **told}}}  # fmt: skip


def shown(*events: dict[str, Any]) -> list[dict[str, Any]]:
    lines = documents.history(events, IDS, SENDER, LABELS)
    for line in lines:
        schemas.Said.parse_obj(line)
    return lines


def texts(lines: list[dict[str, Any]]) -> list[Any]:
    return [line.get("text") or [part["text"] for part in line["answer"]["parts"]] for line in lines]


def test_history_is_in_order_and_joins_messages_of_one_answer() -> None:
    lines = shown(person("hi", 1), bot("one", 2), bot("two", 3, safety=True), person("and?", 4), bot("three", 5))
    assert texts(lines) == ["hi", ["two", "one"], "and?", ["three"]]
    assert [line["by"] for line in lines] == ["person", "assistant", "person", "assistant"]
    assert [line["at"][-14:-6] for line in lines] == ["00:00:01", "00:00:03", "00:00:04", "00:00:05"]
    assert IDS.answer_name(SENDER, lines[1]["answer"]["id"]) == "greet"


def test_history_shows_what_was_pressed_and_not_the_payload() -> None:
    choice = [{"title": "Tell me about it", "payload": "/ask_mopac"}, {"title": "Money", "payload": '/find_support{"support_need": "money"}'}]  # fmt: skip
    lines = shown(
        bot("Choose.", buttons=choice), person("/ask_mopac"),
        bot("Again.", buttons=choice), person('/find_support{"support_need": "money"}'),
        bot("No buttons."), person("/ask_mopac"), person("/some_thing"), person('/other_thing{"a": "b"}'),
    )  # fmt: skip
    assert [line["text"] for line in lines if line["by"] == "person"] == [
        "Tell me about it", "Money", "What is MOPAC?", "some thing", "other thing",
    ]  # fmt: skip


def test_buttons_of_all_messages_of_an_answer_count() -> None:
    first, second = [{"title": "First", "payload": "/a"}], [{"title": "Second", "payload": "/b"}]
    assert texts(shown(bot("1", buttons=first), bot("2", buttons=second), person("/a"), person("/b")))[1:] == [
        "First",
        "Second",
    ]


def test_a_message_that_came_again_without_an_answer_is_there_once() -> None:
    first, again = ({**person("hi", at), "message_id": "m1"} for at in (1, 2))
    other = {**person("hi", 3), "message_id": "m2"}
    assert texts(shown(first, again, bot("one", 2), other)) == ["hi", ["one"], "hi"]
    assert texts(shown(first, bot("one", 2), again)) == ["hi", ["one"], "hi"]
    assert texts(shown(person("hi"), person("hi"), first, other)) == ["hi"] * 4


def test_history_of_nothing_and_of_halves() -> None:
    assert shown() == []
    assert texts(shown(person(None), person(""), person("hi"))) == ["hi"]
    bare = {"event": "bot", "text": None, "timestamp": AT, "data": None, "metadata": None}
    assert texts(shown(bare)) == [[""]]


def test_moment_is_iso_8601_with_its_zone() -> None:
    assert documents.moment(0) == "1970-01-01T00:00:00+00:00"


def test_description_is_whole() -> None:
    document = openapi.describe()
    named = set(re.findall(r"#/components/schemas/(\w+)", str(document)))
    assert named == set(document["components"]["schemas"])
    operations = [path["post"] for path in document["paths"].values()]
    assert [o["operationId"] for o in operations] == ["conversations", "messages", "history", "end", "feedback"]
    assert [o["requestBody"]["required"] for o in operations] == [False, True, True, True, True]
    assert document["components"]["schemas"]["Chart"]["properties"]["values"]["items"] == {"type": ["number", "null"]}
