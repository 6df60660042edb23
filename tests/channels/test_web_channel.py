"""The web channel over HTTP: what is refused and how, and what an answer, a history, an end and an opinion do."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bot.channels.conversation import SORRY
from bot.dialogue.message import ANSWER
from bot.web import requests, schemas
from bot.web.ids import ConversationIds
from tests.channels.serving import Asker, ids_of, is_problem, rows

WITH_ID = ("messages", "history", "end", "feedback")
FIELDS: dict[str, dict[str, Any]] = {
    "messages": {"message": "hello there"}, "history": {}, "end": {}, "feedback": {"answer": "greet.1.abc", "helpful": True},
}  # fmt: skip
HOSTILE = "<script>alert(1)</script>\u202e\u2028\x00\x1b[31m\" ' \\ </textarea> é 🙂 {{7*7}} javascript:alert(1) ]]>"


async def test_a_conversation_begins(asker: Asker) -> None:
    answer = await asker.post("conversations")
    begun = schemas.Begun.parse_obj(answer.json())
    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert "999" in begun.greeting.parts[0].text
    assert begun.longest_message == 500
    assert ids_of().read(begun.conversation)
    assert rows(asker) == 0
    assert "set-cookie" not in answer.headers


async def test_a_message_is_answered(asker: Asker, conversation: str) -> None:
    answer = await asker.say(conversation)
    told = schemas.Answer.parse_obj(answer.json())
    assert answer.status_code == 200
    assert (told.status, told.parts[0].text) == ("small_talk", "Hello.")
    assert told.parts[0].buttons[0].payload == "/ask_plan_overview"
    assert asker.agent.heard == ["hello there"]
    sender = ids_of().read(conversation).sender
    assert conversation not in sender
    assert [e["text"] for e in asker.agent.tracker_store.said(sender, 9)] == ["hello there", "Hello."]


async def test_any_content_type_is_read(asker: Asker) -> None:
    for kind in ("text/plain", "application/json", "application/x-www-form-urlencoded", "nonsense"):
        assert (await asker.post("conversations", b"{}", content_type=kind)).status_code == 201


async def raw(asker: Asker, head: str, body: bytes = b"") -> bytes:
    """What the server sends back for bytes that no client library would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", asker.port)
    try:
        writer.write(head.replace("\n", "\r\n").encode() + body)
        return await asyncio.wait_for(reader.read(1_000), 10)
    except ConnectionResetError:  # it hung up while more was under way
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize("name", ["conversations", *WITH_ID])
async def test_a_megabyte_is_too_large(asker: Asker, name: str) -> None:
    head = f"POST /chat/{name} HTTP/1.1\nHost: x\nContent-Length: 1000000\n\n"
    answered = await raw(asker, head, b"x" * 50_000)
    assert answered.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answered
    assert (await asker.begin()).startswith("v1.")


async def test_a_megabyte_in_pieces_is_too_large(asker: Asker) -> None:
    head = "POST /chat/messages HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n"
    answered = await raw(asker, head, b"".join(b"2710\r\n" + b"x" * 10_000 + b"\r\n" for _ in range(20)))
    assert answered == b"" or answered.startswith(b"HTTP/1.1 413 ")
    assert asker.agent.heard == []
    assert (await asker.begin()).startswith("v1.")


async def test_a_little_too_large(asker: Asker) -> None:
    assert (await asker.post("conversations", b" " * (requests.LARGEST_BODY - 2) + b"{}")).status_code == 201
    is_problem(await asker.post("conversations", b" " * (requests.LARGEST_BODY - 1) + b"{}"), 413)


@pytest.mark.parametrize(
    "body", [b"zebra", b"[1]", b'{"zebra"', b"[" * 60_000, b"\xff\xfe", b'"zebra"', b'{"__pydantic_self__": "zebra"}']
)
async def test_wrong_json(asker: Asker, body: bytes) -> None:
    for name in ("conversations", *WITH_ID):
        is_problem(await asker.post(name, body), 400, "zebra")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("conversations", {"zebra": 1}), ("messages", {"message": 5}), ("messages", {"message": None}), ("messages", {"message": ["zebra"]}),
        ("messages", {"conversation": {"zebra": 1}}), ("messages", {"message_id": "zebra zebra zebra"}), ("messages", {"zebra": 1}),
        ("history", {"conversation": 5}), ("history", {"zebra": "zebra"}), ("end", {"conversation": None}),
        ("feedback", {"helpful": "zebra"}), ("feedback", {"answer": 1}), ("feedback", {"comment": "zebra" * 500}),
    ],
)  # fmt: skip
async def test_wrong_types(asker: Asker, conversation: str, name: str, wrong: dict[str, Any]) -> None:
    right = {} if name == "conversations" else {"conversation": conversation, **FIELDS[name]}
    is_problem(await asker.post(name, {**right, **wrong}), 400, "zebra", conversation)
    assert asker.agent.heard == []


@pytest.mark.parametrize("name", WITH_ID)
async def test_a_forged_id(asker: Asker, conversation: str, name: str) -> None:
    forger = ConversationIds("another secret that the server has not got", 1)
    sender = ids_of().read(conversation).sender
    for forged in (forger.issue()[0], conversation[:-1], "zebra", sender, "\ud800", "v1.é.1.b", conversation + " "):
        body = json.dumps({"conversation": forged, **FIELDS[name]}).encode()
        refused = is_problem(await asker.post(name, body), 401, "zebra", sender)
        assert refused.type == "/problems/unknown-conversation"
    assert asker.agent.heard == []


@pytest.mark.parametrize("name", WITH_ID)
async def test_an_expired_id(asker: Asker, name: str) -> None:
    token, _ = ids_of(past_seconds=4_000).issue()
    refused = is_problem(await asker.post(name, {"conversation": token, **FIELDS[name]}), 410, token)
    assert refused.type == "/problems/conversation-over"
    assert asker.agent.heard == []


@pytest.mark.parametrize("name", WITH_ID)
async def test_an_ended_conversation(asker: Asker, conversation: str, name: str) -> None:
    ended = await asker.post("end", {"conversation": conversation})
    assert (ended.status_code, ended.content) == (204, b"")
    refused = is_problem(await asker.post(name, {"conversation": conversation, **FIELDS[name]}), 410)
    assert refused.type == "/problems/conversation-over"


@pytest.mark.parametrize("text", ["", "   ", "\n\t\u200b\u00a0", "🙂🙂", "x" * 501, "y" * 9_000], ids=str)
async def test_what_cannot_be_read_is_refused_as_an_answer(asker: Asker, conversation: str, text: str) -> None:
    answer = await asker.say(conversation, text)
    assert answer.status_code == 200
    told = schemas.Answer.parse_obj(answer.json())
    refused = "refused_too_long" if len(text) > 500 else "refused_no_words" if "🙂" in text else "refused_empty"
    assert (told.status, told.feedback) == (refused, False)
    assert "999" in told.parts[0].text
    assert asker.agent.heard == []


@pytest.mark.parametrize(
    "typed", ['/greet{"name": "x"}', "/restart", "/session_start", "/ask_mopac extra", "//ask_mopac"]
)
async def test_typed_commands_are_text(asker: Asker, conversation: str, typed: str) -> None:
    await asker.say(conversation, typed)
    assert not any(text.startswith("/") for text in asker.agent.heard)


async def test_hostile_text_travels_as_data(asker: Asker, conversation: str) -> None:
    chart = {
        "type": "bar",
        "labels": [HOSTILE],
        "values": [None],
        **dict.fromkeys(("title", "alt", "unit", "source"), HOSTILE),
    }
    link = {"title": HOSTILE, "url": HOSTILE}
    told = {
        "name": HOSTILE, "text": HOSTILE, "sources": [{**link, "as_at": HOSTILE}], "language": HOSTILE, "chart": chart, "picture": HOSTILE,
        "services": [{"name": HOSTILE, "what": HOSTILE, "opening": HOSTILE, "cost": HOSTILE, "links": [link]}],
    }  # fmt: skip
    asker.agent.says = [
        {"text": f"{HOSTILE}\n\n{HOSTILE}", "buttons": [{"title": HOSTILE, "payload": HOSTILE}], ANSWER: told}
    ]
    answer = await asker.say(conversation, f"hello {HOSTILE}")
    history = await asker.post("history", {"conversation": conversation})
    for response in (answer, history):
        assert response.status_code == 200
        assert response.headers["content-type"] == "application/json"
        assert response.headers["x-content-type-options"] == "nosniff"
    part = schemas.Answer.parse_obj(answer.json()).parts[0]
    assert part.text == part.sources[0].url == part.services[0].links[0].title == part.buttons[0].title == HOSTILE
    assert part.chart and part.picture and part.chart.alt == part.picture.url == HOSTILE
    assert schemas.History.parse_obj(history.json()).said[-1].answer


async def test_an_agent_that_fails_is_an_apology(asker: Asker, conversation: str) -> None:
    asker.agent.error = RuntimeError("SECRET of the code")
    refused = await asker.say(conversation, message_id="the-same-id")
    assert is_problem(refused, 503).detail == SORRY
    assert int(refused.headers["retry-after"]) >= 1
    asker.agent.error = None
    assert (await asker.say(conversation, message_id="the-same-id")).json()["parts"][0]["text"] == "Hello."


async def test_an_agent_that_says_nothing_is_an_apology(asker: Asker, conversation: str) -> None:
    asker.agent.says = []
    assert is_problem(await asker.say(conversation), 503).detail == SORRY


async def test_no_agent_yet_is_an_apology(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    store, asker.agent.tracker_store = asker.agent.tracker_store, None  # type: ignore[assignment]
    is_problem(await asker.post("conversations"), 503)
    asker.agent.tracker_store = store
    assert (await asker.post("conversations")).status_code == 201


async def test_a_broken_store_is_an_apology(asker: Asker, conversation: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise OSError("SECRET: the disk is full")

    monkeypatch.setattr(asker.agent.tracker_store, "said", broken)
    is_problem(await asker.post("history", {"conversation": conversation}), 503)
