"""What a turn of the trained assistant leaves in the metrics and in the log, and who may read it over HTTP."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families
from sanic import Sanic

from bot.channels.conversation import SORRY
from bot.cli.servers import free_port
from bot.dialogue.message import ANSWER
from bot.operations import access, metrics, trace
from bot.server import action_link, gauges
from bot.server.action_link import ActionLink
from tests.assistant import Assistant
from tests.channels.serving import Asker, app_of, served

TOKEN = "a token of the tests"
TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
HEADER = f"00-{TRACE}-00f067aa0ba902b7-01"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture
def known(assistant: Assistant) -> Iterator[None]:
    before = metrics.intents._known, metrics.actions._known, metrics.model.name
    gauges.model(assistant.agent)
    yield
    metrics.intents._known, metrics.actions._known = before[:2]
    metrics.model.is_now(before[2])


@pytest.fixture
def link(assistant: Assistant) -> Iterator[ActionLink]:
    """Our own way to the assistant's actions, in place of Rasa's."""
    agent, before = assistant.agent, assistant.agent.action_endpoint
    made = ActionLink([before.url])
    agent.action_endpoint = agent.processor.action_endpoint = made
    yield made
    agent.action_endpoint = agent.processor.action_endpoint = before
    assistant.run(made.close())


@pytest.mark.parametrize(
    ("said", "intent", "status", "steps"),
    [
        ("What is MOPAC?", "ask_mopac", "answered", {"guard", "understanding", "dialogue", "total"}),
        (
            "how many burglaries in Camden in 2024",
            "ask_statistics",
            "answered",
            {"understanding", "dialogue", "action"},
        ),
        ("he is hitting me", "emergency", "safety", {"understanding", "dialogue", "total"}),
        ("hello", "greet", "small_talk", {"understanding"}),
        ("🙂", "none", "refused_no_words", {"guard", "total"}),
    ],
)
@pytest.mark.model
def test_a_turn(
    assistant: Assistant, known: None, link: ActionLink, caplog: pytest.LogCaptureFixture,
    said: str, intent: str, status: str, steps: set[str],
) -> None:  # fmt: skip
    labels = {"channel": "rest", "intent": intent, "status": status}
    before, timed = (
        value("plan_answers_total", **labels),
        {s: value("plan_step_seconds_count", step=s) for s in metrics.STEPS},
    )
    with caplog.at_level(logging.INFO, "bot.operations.turn"):
        messages = assistant.say(assistant.new_conversation(), said)
    assert {m[ANSWER]["status"] for m in messages} == {status}
    assert value("plan_answers_total", **labels) == before + 1
    after = {s for s in metrics.STEPS if value("plan_step_seconds_count", step=s) > timed[s]}
    assert steps <= after
    line = next(r for r in caplog.records if r.getMessage() == "answered")
    assert (line.fields["intent"], line.fields["status"]) == (intent, status)  # type: ignore[attr-defined]
    assert said not in str(vars(line))


@pytest.mark.model
def test_a_signal_of_danger_is_counted(assistant: Assistant, known: None) -> None:
    before = _signals("sure")
    assistant.say(assistant.new_conversation(), "he is hitting me")
    assert _signals("sure") == before + 1


def _signals(level: str) -> float:
    return sum(
        s.value for f in REGISTRY.collect() if f.name == "plan_safety_signals" for s in f.samples
        if s.name.endswith("_total") and s.labels["level"] == level
    )  # fmt: skip


@pytest.mark.model
def test_a_dead_action_server_is_an_apology_with_its_own_status(
    assistant: Assistant,
    known: None,
    link: ActionLink,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(action_link, "AGAIN_SECONDS", 0.1)
    alive, link._servers = link._servers, ActionLink([f"http://127.0.0.1:{free_port()}/webhook"])._servers
    labels = {"action": "action_answer_statistics", "outcome": "unreachable"}
    before = value("plan_action_calls_total", **labels)
    conversation = assistant.new_conversation()
    (message,) = assistant.say(conversation, "how many burglaries in Camden in 2024")
    assert (message["text"], message[ANSWER]["status"]) == (SORRY, "action_failed")
    assert value("plan_action_calls_total", **labels) == before + 1
    link._servers = alive
    (message,) = assistant.say(conversation, "how many burglaries in Camden in 2024")
    assert message[ANSWER]["status"] == "answered"


@pytest.mark.model
def test_an_action_gets_the_last_turns_only(
    assistant: Assistant, link: ActionLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[dict[str, Any]] = []
    ask = ActionLink.request

    async def listen(self: ActionLink, **more: Any) -> dict[str, Any]:
        heard.append(more["json"])
        return await ask(self, **more)

    monkeypatch.setattr(ActionLink, "request", listen)
    conversation = assistant.new_conversation()
    for said in ("how many burglaries in Camden in 2024", "and in Hackney?"):
        messages = assistant.say(conversation, said)
    assert "Hackney" in messages[0]["text"]
    told = heard[1]
    assert "domain" not in told and told["tracker"]["latest_message"]["text"] == "and in Hackney?"
    users = [e for e in told["tracker"]["events"] if e["event"] == "user"]
    assert len(users) == 2 and all("parse_data" not in e for e in users)


@pytest.fixture
async def asker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(Sanic, "test_mode", True)
    async with served(app_of(tmp_path)) as asking:
        yield asking


async def test_the_metrics_are_for_this_machine_or_with_the_token(
    asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = {"X-Forwarded-For": "203.0.113.1"}
    told = await asker.client.get("/metrics")
    assert told.status_code == 200 and told.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert {f.name for f in text_string_to_metric_families(told.text)} >= {
        "plan_answers",
        "plan_step_seconds",
        "plan_up",
    }
    assert "_created" not in told.text
    refused = await asker.client.get("/metrics", headers=proxy)
    assert refused.status_code == 403 and refused.headers["content-type"].startswith("application/problem+json")
    monkeypatch.setenv(access.METRICS_TOKEN, TOKEN)
    assert (await asker.client.get("/metrics", headers=proxy)).status_code == 403
    wrong = {**proxy, "Authorization": "Bearer another token of the tests"}
    assert (await asker.client.get("/metrics", headers=wrong)).status_code == 403
    assert (
        await asker.client.get("/metrics", headers={**proxy, "Authorization": f"Bearer {TOKEN}"})
    ).status_code == 200


async def test_a_chat_answer_says_its_trace_and_its_status(asker: Asker, caplog: pytest.LogCaptureFixture) -> None:
    conversation = await asker.begin()
    with caplog.at_level(logging.INFO, "bot.operations.turn"):
        answer = await asker.post("messages", {"conversation": conversation, "message": "hello"}, traceparent=HEADER)
    assert answer.headers[trace.SHOWN] == TRACE
    assert answer.json()["status"] == "small_talk"
    own = [await asker.say(conversation), await asker.post("messages", b"zebra"), await asker.post("nowhere")]
    ids = [a.headers.get(trace.SHOWN) for a in own]
    assert all(re.fullmatch("[0-9a-f]{32}", i or "") for i in ids[:2]) and len({*ids[:2], TRACE}) == 3
    assert trace.SHOWN not in (await asker.client.get("/health/live")).headers


async def test_the_description_lists_every_status(asker: Asker) -> None:
    described = (await asker.client.get("/chat/openapi.json")).json()["components"]["schemas"]
    assert described["Answer"]["properties"]["status"] == {"$ref": "#/components/schemas/Status"}
    from bot.operations.status import Status

    assert described["Status"]["enum"] == [one.value for one in Status]
