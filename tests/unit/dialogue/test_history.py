"""What was said before, read from a conversation's events."""

from __future__ import annotations

from typing import Any

import pytest

from bot.dialogue import history


def bot(name: str, **parts: Any) -> dict[str, Any]:
    return {"event": "bot", "metadata": {"answer": {"name": name, **parts}}}


USER = {"event": "user", "text": "hi"}
FACT, ASKED, MORE = bot("fact"), bot("asked", question=True), bot("fact", followup=True)
MISS = bot("nlu_fallback_ask", question=True)


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], None),
        ([USER], None),
        ([FACT], "fact"),
        ([USER, MORE, USER, ASKED, FACT, bot("older")], "fact"),
        ([ASKED, {"event": "restart"}, FACT], None),
        ([ASKED, {"event": "session_started"}, FACT], None),
        ([{"event": "action", "name": "action_session_start"}, FACT], None),
        ([{"event": "bot"}, {"event": "bot", "metadata": None}, FACT], "fact"),
        ([{"event": "user", "metadata": {"answer": {"name": "fake"}}}], None),
    ],
)
def test_last_answer(events: list[dict], expected: str | None) -> None:
    found = history.last_answer(events)
    assert (found and found["name"]) == expected


def test_last_message_is_whatever_was_said() -> None:
    assert history.last_message([USER, ASKED, FACT]) == {"name": "asked", "question": True}
    assert history.last_message([USER]) is None


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([], 0),
        ([FACT], 0),
        ([USER, MISS], 1),
        ([MISS, USER, MISS, FACT, MISS], 2),
        ([FACT, MISS], 0),
        ([MISS, {"event": "restart"}, MISS], 1),
    ],
)
def test_failures_in_a_row(events: list[dict], expected: int) -> None:
    assert history.failures_in_a_row(events) == expected
