"""The notice on what this is and what is kept: once to each person, after the first answer for which there is time to read it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from bot import clock
from bot.content.store import shared
from bot.dialogue.message import ANSWER
from bot.tracker_store import ConversationStore

ANSWER_NAME = "chat_notice"
NO_TIME = ("safety", "language")
"""Parts of an answer to somebody in danger, or who reads no English."""
MOST_LOOKED_AT = 12
"""Events: whoever has heard so much has heard the notice."""
MOST_REMEMBERED = 20_000


class Notice:
    """`store`: tells who is new here; who has had the notice is remembered, so that it is asked once."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store
        self._told: OrderedDict[str, None] = OrderedDict()

    def was_told(self, sender: str) -> bool:
        """Whether this worker knows that they had the notice."""
        return sender in self._told

    async def is_due(self, sender: str, saved: str = "") -> bool:
        """Whether this person has heard nothing yet but what to do in danger. Asked before the answer is made.

        `saved`: id of the message that is answered, when its answer may be saved and not sent yet.
        """
        if not saved and await self._store.is_new(sender):
            # the turn goes by this look too, so whoever is new costs no other
            return True
        events = await self._store.run(partial(self._store.said, sender, MOST_LOOKED_AT))
        mine = (n for n, event in enumerate(events) if saved and event.get("message_id") == saved)
        said = [event for event in events[: next(mine, None)] if event.get("event") == "bot"]
        if all(has_no_time((event.get("metadata") or {}).get(ANSWER) or {}) for event in said):
            return True
        self._remember(sender)
        return False

    def text(self, sender: str, answer: Sequence[Mapping[str, Any]]) -> str:
        """The notice to go with an answer, of which these are the parts; an empty text when now is not the time."""
        if any(has_no_time(part) for part in answer):
            return ""
        self._remember(sender)
        return shared().current().answer(ANSWER_NAME, clock.today()).text

    def _remember(self, sender: str) -> None:
        self._told[sender] = None
        self._told.move_to_end(sender)
        while len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)


def has_no_time(part: Mapping[str, Any]) -> bool:
    """Whether an answer is for somebody who should not be told of anything else."""
    return any(part.get(kind) for kind in NO_TIME)
