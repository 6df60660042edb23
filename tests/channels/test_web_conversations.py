"""What a web conversation keeps and forgets: messages sent again, history, the end, and opinions on answers."""

from __future__ import annotations

import asyncio
import json
import time

import httpx
import pytest
import sqlalchemy as sa

from bot.dialogue.message import ANSWER
from bot.web import desk, schemas
from tests.channels.serving import HELLO, Asker, ids_of, is_problem, opinions, rows


async def test_the_same_message_again_is_answered_once(asker: Asker, conversation: str) -> None:
    asker.agent.waits = 0.1
    answers = await asyncio.gather(*(asker.say(conversation, message_id="0123-abcd") for _ in range(5)))
    answers.append(await asker.say(conversation, message_id="0123-abcd"))
    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].status_code == 200
    assert len(asker.agent.heard) == 1
    other = await asker.begin()
    await asker.say(other, message_id="0123-abcd")
    assert len(asker.agent.heard) == 2


async def test_whoever_hangs_up_finds_the_answer_later(asker: Asker, conversation: str) -> None:
    asker.agent.waits = 0.3
    with pytest.raises(httpx.ReadTimeout):
        await asker.client.post(
            "/chat/messages",
            json={"conversation": conversation, "message": "hi", "message_id": "left-early"},
            timeout=0.1,
        )
    assert (await asker.say(conversation, "hi", message_id="left-early")).json()["parts"][0]["text"] == "Hello."
    assert asker.agent.heard == ["hi"]


async def test_history_is_what_was_said_in_this_conversation(asker: Asker, conversation: str) -> None:
    other = await asker.begin()
    await asker.say(other, "my own words")
    await asker.say(conversation, "first")
    await asker.say(conversation, "/ask_plan_overview")
    answer = await asker.post("history", {"conversation": conversation})
    told = schemas.History.parse_obj(answer.json())
    assert [s.text or (s.answer and s.answer.parts[0].text) for s in told.said] == [
        "first",
        "Hello.",
        "About the Plan",
        "Hello.",
    ]
    assert "my own words" not in answer.text
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        assert (await asker.client.request(method, f"/chat/history?conversation={other}")).status_code == 405


async def test_an_end_erases_words_and_events(asker: Asker, conversation: str) -> None:
    stays = await asker.begin()
    for token in (conversation, stays):
        answered = (await asker.say(token, message_id="the-same-id")).json()
        told = {
            "conversation": token,
            "answer": answered["id"],
            "helpful": False,
            "comment": "My words. Call 07700 900123.",
        }
        assert (await asker.post("feedback", told)).status_code == 204
    assert [row.comment for row in opinions(asker)] == ["My words. Call (removed)."] * 2
    assert rows(asker) == 4
    assert (await asker.post("end", {"conversation": conversation})).status_code == 204
    assert rows(asker) == 2
    mine, other = opinions(asker)
    assert (mine.sender, mine.answer, mine.comment, mine.name, mine.helpful) == (None, None, None, "greet", False)
    assert other.comment


async def test_an_end_that_failed_is_asked_for_again(
    asker: Asker, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> int:
        raise OSError("SECRET: the database is locked")

    await asker.say(conversation)
    with monkeypatch.context() as patch:
        patch.setattr(asker.agent.tracker_store, "erase", broken)
        is_problem(await asker.post("end", {"conversation": conversation}), 503)
    assert (await asker.post("end", {"conversation": conversation})).status_code == 204
    assert rows(asker) == 0


async def test_an_end_waits_for_the_answer_before_it(asker: Asker, conversation: str) -> None:
    asker.agent.waits = 0.3
    answer = asyncio.create_task(asker.say(conversation))
    await asyncio.sleep(0.1)
    assert (await asker.post("end", {"conversation": conversation})).status_code == 204
    assert (await answer).status_code == 200
    assert rows(asker) == 0


async def test_a_message_that_waited_behind_an_end_is_not_answered(asker: Asker, conversation: str) -> None:
    asker.agent.waits = 0.3
    first = asyncio.create_task(asker.say(conversation))
    await asyncio.sleep(0.1)
    end = asyncio.create_task(asker.post("end", {"conversation": conversation}))
    await asyncio.sleep(0.1)
    is_problem(await asker.say(conversation, "one more"), 410)
    assert ((await first).status_code, (await end).status_code) == (200, 204)
    assert asker.agent.heard == ["hello there"]
    assert rows(asker) == 0


async def test_what_another_worker_saves_behind_an_end_goes_too(
    asker: Asker, conversation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "LATEST_SAVED", 0.3)
    await asker.say(conversation)
    with asker.agent.tracker_store.engine.begin() as connection:
        (sender,) = connection.execute(sa.text("SELECT DISTINCT sender_id FROM events")).fetchone()
    assert (await asker.post("end", {"conversation": conversation})).status_code == 204
    with asker.agent.tracker_store.engine.begin() as connection:
        late = sa.text("INSERT INTO events (sender_id, type_name, timestamp, data) VALUES (:sender, 'user', 1, '{}')")
        connection.execute(late, {"sender": sender})
    assert rows(asker) == 1
    await asyncio.sleep(0.6)
    assert rows(asker) == 0


async def test_words_about_answers_go_with_the_data_that_people_ask_to_delete(asker: Asker, conversation: str) -> None:
    answered = (await asker.say(conversation)).json()
    await asker.post(
        "feedback", {"conversation": conversation, "answer": answered["id"], "helpful": True, "comment": "words"}
    )
    asker.agent.says = [{**HELLO, ANSWER: {"name": "delete_my_data", "text": "Hello."}}]
    assert (await asker.say(conversation, "yes, delete it")).status_code == 200
    assert rows(asker) == 0
    assert opinions(asker)[0].comment is None
    assert (await asker.post("history", {"conversation": conversation})).json()["said"] == []


@pytest.mark.parametrize("answer", ["greet.1.abc", "\ud800.1.abc", "é.1.é", "..."])
async def test_opinions_are_only_about_answers_that_were_given(asker: Asker, conversation: str, answer: str) -> None:
    told = {"conversation": conversation, "answer": answer, "helpful": True}
    is_problem(await asker.post("feedback", json.dumps(told).encode()), 401)
    foreign = ids_of().sign_answer("web-another", "greet", time.time())
    is_problem(await asker.post("feedback", {**told, "answer": foreign}), 401)
    assert opinions(asker) == []


async def test_an_opinion_may_change(asker: Asker, conversation: str) -> None:
    answered = (await asker.say(conversation)).json()
    for helpful in (True, False, False):
        await asker.post("feedback", {"conversation": conversation, "answer": answered["id"], "helpful": helpful})
    assert [(row.name, row.helpful, row.comment) for row in opinions(asker)] == [("greet", False, None)]


async def test_the_history_shows_what_was_typed_and_not_what_it_chose(asker: Asker, conversation: str) -> None:
    for typed in ("hello there", "about the plan", "1"):
        await asker.say(conversation, typed)
    assert asker.agent.heard == ["hello there", "/ask_plan_overview", "/ask_plan_overview"]
    told = schemas.History.parse_obj((await asker.post("history", {"conversation": conversation})).json())
    assert [s.text for s in told.said if s.text] == ["hello there", "about the plan", "1"]
