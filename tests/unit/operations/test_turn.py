"""A turn is counted once, by closed sets of labels; its line in the log holds nothing of the person; it never costs the answer."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.dialogue.message import ANSWER
from bot.operations import metrics, trace, turn
from bot.operations.status import Status
from bot.operations.turn import observed, step

TYPED, SENDER = "he is hitting me at 12 Zebra Road", "web-abcdef0123456789"
FACT = {"text": "A fact.", ANSWER: {"name": "ask_mopac", "sources": [{"title": "The Plan"}]}}
FAILED = {"text": "Sorry.", ANSWER: {"name": "failed", "question": True}}


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics.intents, "_known", frozenset({"ask_mopac", "emergency"}))


class Says:
    """`does`: what happens in a turn, before it says the messages."""

    def __init__(self, *messages: dict[str, Any], does: Any = None) -> None:
        self.messages, self.does = list(messages), does

    @observed
    async def say(self, raw: object, conversation: str, channel: str) -> list[dict[str, Any]]:
        turn.begins()
        if self.does:
            await self.does()
        return self.messages


async def say(*messages: dict[str, Any], does: Any = None, channel: str = "web") -> list[dict[str, Any]]:
    return await Says(*messages, does=does).say(TYPED, SENDER, channel)


async def test_an_answer_is_counted_by_channel_intent_and_status() -> None:
    async def does() -> None:
        turn.understood("ask_mopac", None)

    labels = {"channel": "web", "intent": "ask_mopac", "status": "answered"}
    before = value("plan_answers_total", **labels)
    (said,) = await say(FACT, does=does)
    assert said[ANSWER]["status"] == "answered" and "status" not in FACT[ANSWER]
    assert value("plan_answers_total", **labels) == before + 1


async def test_nobody_can_make_new_series() -> None:
    async def does() -> None:
        turn.understood(TYPED, {"intent": TYPED, "by": TYPED, "level": TYPED})

    before = value("plan_safety_signals_total", intent="other", by="other", level="other")
    await say(FACT, does=does, channel=TYPED)
    assert value("plan_answers_total", channel="other", intent="other", status="answered") >= 1
    assert value("plan_safety_signals_total", intent="other", by="other", level="other") == before + 1
    assert not any(TYPED in str(sample.labels) for family in REGISTRY.collect() for sample in family.samples)


async def test_safety_signals_by_intent_finder_and_level() -> None:
    async def does() -> None:
        turn.understood("emergency", {"intent": "emergency", "by": "pattern", "level": "sure"})

    labels = {"intent": "emergency", "by": "pattern", "level": "sure"}
    before = value("plan_safety_signals_total", **labels)
    await say(FACT, does=does)
    assert value("plan_safety_signals_total", **labels) == before + 1


@pytest.mark.parametrize(("name", "kind"), turn.FALLBACK_KINDS.items())
async def test_fallbacks(name: str, kind: str) -> None:
    before = value("plan_fallbacks_total", kind=kind)
    await say({"text": "?", ANSWER: {"name": name, "question": True}})
    assert value("plan_fallbacks_total", kind=kind) == before + 1


async def test_steps_are_timed_through_tasks_and_timeouts() -> None:
    async def slow() -> None:
        with step("understanding"):
            await asyncio.sleep(0.01)
        with step("understanding"):
            await asyncio.sleep(0.01)

    async def does() -> None:
        await asyncio.wait_for(slow(), 5)

    before = {
        name: value("plan_step_seconds_count", step=name) for name in ("understanding", "total", "waiting", "action")
    }
    seconds = value("plan_step_seconds_sum", step="understanding")
    await say(FACT, does=does)
    after = {name: value("plan_step_seconds_count", step=name) for name in before}
    assert {name: after[name] - before[name] for name in before} == {
        "understanding": 1,
        "total": 1,
        "waiting": 1,
        "action": 0,
    }
    assert value("plan_step_seconds_sum", step="understanding") - seconds >= 0.019


async def test_what_waits_and_what_is_answered() -> None:
    during: list[tuple[float, float]] = []

    async def does() -> None:
        during.append((value("plan_turns", state="waiting"), value("plan_turns", state="answering")))

    before = value("plan_turns", state="waiting"), value("plan_turns", state="answering")
    await say(FACT, does=does)
    assert during == [(before[0], before[1] + 1)]
    assert (value("plan_turns", state="waiting"), value("plan_turns", state="answering")) == before

    async def leaves() -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await say(FACT, does=leaves)
    assert (value("plan_turns", state="waiting"), value("plan_turns", state="answering")) == before


@pytest.mark.parametrize("fault", [Status.TIMED_OUT, Status.ACTION_FAILED, Status.ERASE_FAILED])
async def test_why_it_failed_is_known_better_inside(fault: Status) -> None:
    async def does() -> None:
        turn.failed(fault)
        turn.failed(Status.FAILED)

    assert [m[ANSWER]["status"] for m in await say(FAILED, does=does)] == [fault.value]
    assert [m[ANSWER]["status"] for m in await say(FACT, does=does)] == ["answered"]


async def test_a_message_that_came_before_is_no_second_answer() -> None:
    async def does() -> None:
        turn.is_repeat()

    answers = {"channel": "web", "intent": "none", "status": "answered"}
    before = value("plan_answers_total", **answers), value("plan_repeats_total")
    await say(FACT, does=does)
    assert (value("plan_answers_total", **answers), value("plan_repeats_total")) == (before[0], before[1] + 1)


async def test_the_line_of_a_turn(caplog: pytest.LogCaptureFixture) -> None:
    async def does() -> None:
        turn.understood("ask_mopac", None)

    with caplog.at_level(logging.INFO, "bot.operations.turn"):
        await say(FACT, does=does)
    (line,) = [r for r in caplog.records if r.name == "bot.operations.turn"]
    assert line.getMessage() == "answered"
    assert line.fields.keys() == {"channel", "intent", "status", "ms", "model"}
    assert line.fields["ms"].keys() == {"waiting", "total"}
    assert not any(word in str(vars(line)) for word in ("hitting", "Zebra", SENDER, "A fact"))


@pytest.mark.parametrize("broken", ["_count", "_tell"])
async def test_a_figure_that_cannot_be_kept_costs_nothing(monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(turn.Turn, broken, fail)
    assert [m["text"] for m in await say(FACT)] == ["A fact."]


async def test_each_turn_has_a_trace_of_its_own() -> None:
    seen: list[trace.Trace | None] = []

    async def does() -> None:
        seen.append(trace.current())

    async def mailbox() -> None:
        begun = trace.begin()
        for _ in range(3):
            await say(FACT, does=does)
        assert seen[0] is begun

    await asyncio.create_task(mailbox())
    assert len({found.id for found in seen if found}) == 3


def test_outside_a_turn_nothing_is_noted() -> None:
    before = value("plan_step_seconds_count", step="guard")
    with step("guard"):
        turn.understood("emergency", {"intent": "emergency"})
        turn.failed(Status.FAILED)
    assert turn.current() is None
    assert value("plan_step_seconds_count", step="guard") == before


def test_the_model_that_answers() -> None:
    served = metrics.ServedModel()
    served.is_now("plan-one")
    served.is_now("plan-two")
    assert value("plan_model_info", model="plan-one") == 0
    assert value("plan_model_info", model="plan-two") == value("plan_up") == 1
    served.is_now(None)
    assert value("plan_model_info", model="plan-two") == value("plan_up") == 0
