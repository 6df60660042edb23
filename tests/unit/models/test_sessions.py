"""When a session ends: by the steady clock where this process knows, so that a clock that is put forward ends none."""

from __future__ import annotations

import time

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from bot.models.loading import CheckedProcessor
from bot.tracker_store import SAVED_AT, seconds_since_saved

DOMAIN = Domain.from_dict({"intents": ["greet"], "session_config": {"session_expiration_time": 30}})


def tracker(said_minutes_ago: float, saved_minutes_ago: float | None) -> DialogueStateTracker:
    """A conversation; the first by the clock of the day, the second by the steady one."""
    found = DialogueStateTracker.from_events("c", [UserUttered("hi", timestamp=time.time() - said_minutes_ago * 60)])
    if saved_minutes_ago is not None:
        setattr(found, SAVED_AT, time.monotonic() - saved_minutes_ago * 60)
    return found


@pytest.mark.parametrize(
    ("said", "saved", "expected"),
    [
        (1, 1, False), (31, 31, True), (31, None, True), (1, None, False),
        # the clock of the day was put an hour forward, and back
        (61, 1, False), (-59, 1, False), (-29, 31, False),
    ],
)  # fmt: skip
def test_when_a_session_has_ended(said: float, saved: float | None, expected: bool) -> None:
    made = object.__new__(CheckedProcessor)
    made.domain = DOMAIN
    assert made._has_session_expired(tracker(said, saved)) is expected


def test_nobody_knows_of_a_conversation_that_was_read() -> None:
    assert seconds_since_saved(tracker(1, None)) is None
    assert seconds_since_saved(tracker(1, 2)) == pytest.approx(120, abs=1)
