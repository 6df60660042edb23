"""The safe base: whatever goes wrong, the person hears an apology with the last good figure, never silence."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from prometheus_client import REGISTRY
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.answer_statistics import AnswerStatistics
from actions.base import SafeAction
from actions.show_support import LAST_RESORT, ShowSupport
from bot.clock import spell
from bot.content.store import shared
from bot.dialogue.message import compose
from bot.errors import ActionError, FactsMissingError, OutOfTimeError
from tests.unit.statistics import figures_file

Turn = Callable[..., Tracker]

GOOD = "The figure is 7."
KNOWN = "In 2025 it was 6."
DOUBT = {"intent": "disclose_harm", "level": "doubt", "by": "classifier"}
SURE = {"intent": "disclose_harm", "level": "sure", "by": "pattern"}


class Failing(SafeAction):
    """Does what it is told; knows one older figure."""

    action_name = "action_of_test"
    budget = 0.05

    def __init__(self, trouble: Exception | float | None = None, known: str | None = KNOWN) -> None:
        self.trouble, self.known = trouble, known

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        if isinstance(self.trouble, Exception):
            raise self.trouble
        if self.trouble:
            await asyncio.sleep(self.trouble)
        return compose(GOOD, {"name": "figure"}, [])

    def last_good(self, tracker: Tracker) -> str | None:
        return self.known


async def _run(action: SafeAction, tracker: Tracker) -> dict[str, Any]:
    """The one message that the action sends."""
    dispatcher = CollectingDispatcher()
    assert await action.run(dispatcher, tracker, {}) == []
    (message,) = dispatcher.messages
    return message


TROUBLES = [
    pytest.param(30.0, "out_of_time", id="budget runs out"),
    pytest.param(OutOfTimeError("slow"), "out_of_time", id="out of time"),
    pytest.param(FactsMissingError("no figure"), "no_answer", id="facts missing"),
    pytest.param(ActionError("nothing"), "no_answer", id="action error"),
    pytest.param(RuntimeError("bug"), "failed", id="crash"),
    pytest.param(KeyError("bug"), "failed", id="missing key"),
    pytest.param(asyncio.TimeoutError(), "out_of_time", id="a timeout inside"),
]


def _count(status: str) -> float:
    labels = {"action": Failing.action_name, "status": status}
    return REGISTRY.get_sample_value("plan_action_answers_total", labels) or 0.0


async def test_good_answer_is_said_as_it_is(turn_of: Turn) -> None:
    message = await _run(Failing(), turn_of("ask_statistics"))
    assert message["text"] == GOOD
    assert message["answer"]["name"] == "figure"


@pytest.mark.parametrize(("trouble", "status"), TROUBLES)
async def test_trouble_gives_apology_with_last_good_figure(
    turn_of: Turn, trouble: Exception | float, status: str
) -> None:
    message = await _run(Failing(trouble), turn_of("ask_statistics"))
    assert message["text"].startswith("I am sorry")
    assert message["text"].endswith(f"The last I know: {KNOWN}")


@pytest.mark.parametrize(("trouble", "status"), TROUBLES)
async def test_apology_without_known_figure_promises_none(
    turn_of: Turn, trouble: Exception | float, status: str
) -> None:
    message = await _run(Failing(trouble, known=None), turn_of("ask_statistics"))
    assert message["text"].startswith("I am sorry")
    assert "last I know" not in message["text"]


@pytest.mark.parametrize(("trouble", "status"), TROUBLES)
async def test_apology_leads_on(turn_of: Turn, trouble: Exception | float, status: str) -> None:
    message = await _run(Failing(trouble), turn_of("ask_statistics"))
    payloads = [button["payload"] for button in message["buttons"]]
    assert payloads == ["/ask_statistics_source", "/find_support", "/ask_human"]
    assert all(button["title"] for button in message["buttons"])


@pytest.mark.parametrize(("trouble", "status"), TROUBLES)
async def test_apology_is_no_answer_to_go_on_from(turn_of: Turn, trouble: Exception | float, status: str) -> None:
    message = await _run(Failing(trouble), turn_of("ask_statistics"))
    assert message["answer"]["name"] == "action_of_test_failed"
    assert message["answer"]["question"] is True


@pytest.mark.parametrize(("trouble", "status"), [*TROUBLES, pytest.param(None, "answered", id="good")])
async def test_outcome_is_counted(turn_of: Turn, trouble: Exception | float | None, status: str) -> None:
    before = _count(status)
    await _run(Failing(trouble), turn_of("ask_statistics"))
    assert _count(status) == before + 1


async def test_budget_ends_the_wait(turn_of: Turn) -> None:
    started = time.monotonic()
    await _run(Failing(30.0), turn_of("ask_statistics"))
    assert time.monotonic() - started < 5


async def test_error_is_not_shown(turn_of: Turn) -> None:
    message = await _run(Failing(RuntimeError("secret detail")), turn_of("ask_statistics"))
    assert "secret detail" not in str(message)


@pytest.mark.parametrize("trouble", [None, FactsMissingError("no figure"), RuntimeError("bug")])
async def test_doubtful_signal_adds_the_line(turn_of: Turn, trouble: Exception | None) -> None:
    line = shared().answer("safety_line").text
    assert "999" in line
    plain = await _run(Failing(trouble), turn_of("ask_statistics"))
    message = await _run(Failing(trouble), turn_of("ask_statistics", safety=DOUBT))
    assert message["text"] == f"{line}\n\n{plain['text']}"


@pytest.mark.parametrize("signal", [None, SURE])
async def test_no_line_without_doubt(turn_of: Turn, signal: dict[str, str] | None) -> None:
    message = await _run(Failing(), turn_of("ask_statistics", safety=signal))
    assert message["text"] == GOOD


async def test_statistics_apology_has_figure_source_and_date(turn_of: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("bug")

    action = AnswerStatistics()
    monkeypatch.setattr(action, "message", crash)
    text = (await _run(action, turn_of("ask_statistics")))["text"]
    row = figures_file.rows("total_recorded_offences", period_type="rolling_12_months")[-1]
    assert text.startswith("I am sorry")
    assert figures_file.written(row) in text
    assert row["source_title"] in text
    assert row["source_url"] in text
    assert f"as at {spell(date.fromisoformat(row['published']))}" in text


async def test_support_apology_has_the_numbers_to_call(turn_of: Turn, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("bug")

    action = ShowSupport()
    monkeypatch.setattr(action, "ask_or_show", crash)
    text = (await _run(action, turn_of("find_support")))["text"]
    assert LAST_RESORT in text
    assert "999" in text
    assert "101" in text
