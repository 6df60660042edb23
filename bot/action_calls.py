"""What is sent to the action server: the last part of the conversation, and no domain.

Rasa sends every event since the conversation began, each message with all that was understood of it, and the whole domain. The
actions read the last message and what was answered lately (actions/turn.py, bot/dialogue/history.py), so that is what they get.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from typing import Any

MOST_EVENTS = 200
"""Some 30 turns: as many as the store reads back."""
LARGEST_CALL = 400_000
"""Bytes of a call; a longer one is cut to fewer turns, and the action server takes no more."""
LARGEST_ANSWER = 400_000
"""Bytes of an answer that are read."""


def recent(newest_first: Iterable[Any], most: int = MOST_EVENTS) -> list[dict[str, Any]]:
    """The last events as dictionaries, oldest first, from the beginning of a turn; no message has its parse data."""
    kept = [event.as_dict() for event in islice(newest_first, most)][::-1]
    kept = from_a_turn(kept) if len(kept) == most else kept
    return [{k: v for k, v in event.items() if k != "parse_data"} for event in kept]


def from_a_turn(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The events from the first message of a person on: half of a turn says nothing. All of them when there is none."""
    first = next((n for n, event in enumerate(events) if event.get("event") == "user"), 0)
    return events[first:]


def send_recent_only() -> None:
    """Replaces what Rasa puts into a call of an action. Safe to call again."""
    import rasa
    from rasa.core.actions.action import RemoteAction
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.trackers import DialogueStateTracker

    def call_format(self: RemoteAction, tracker: DialogueStateTracker, _: Domain) -> dict[str, Any]:
        state = {**tracker.current_state(), "events": recent(reversed(tracker.events))}
        return {
            "next_action": self.name(),
            "sender_id": tracker.sender_id,
            "tracker": state,
            "version": rasa.__version__,
        }

    RemoteAction._action_call_format = call_format
