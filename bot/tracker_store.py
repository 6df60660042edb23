"""Keeps the conversations: Rasa's SQL store, made quick, steady and able to forget. Its rows: bot/stores/event_rows.py.

A conversation that was saved here is kept in memory too, and used again when the database confirms that nobody else has
added to it: reading events back is the dearest part of a turn. Of a long conversation only the last part is read.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, takewhile
from typing import Any, TypeVar

import sqlalchemy as sa
import sqlalchemy.orm
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import BotUttered, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session

from bot.dialogue.message import ANSWER, Button
from bot.stores.database import Steady, is_address, open_engine
from bot.stores.event_rows import NOTHING, EventRows, LastRow

T = TypeVar("T")
REMEMBERED = 500
LONGEST_REMEMBERED = 80
"""Events; a longer conversation is read anew, and shorter: Rasa goes through all of them many times in a turn."""
LOOK_SECONDS = 1.0
"""How long a look into the database is good for: within a turn, which nobody else has meanwhile, and no longer."""

SAVED = "saved_events"
"""The attribute of a tracker that says how many of its events are in the database."""
SEEN = "last_row_seen"
"""The attribute of a tracker that says which row of the database was its last."""
SAVED_AT = "saved_at"
"""The attribute of a tracker that says when this process saved it last, on its steady clock."""


@dataclass(frozen=True)
class Remembered:
    """`tracker`: None for a conversation that is not there. `looked`: when (monotonic seconds) the database confirmed it."""

    tracker: DialogueStateTracker | None
    last: LastRow
    looked: float = float("-inf")


class ConversationStore(SQLTrackerStore):
    """`db`: path of an SQLite file, or postgresql://...; whatever is kept beside the conversations lies there too."""

    engine: sa.engine.Engine

    def __init__(self, *args: Any, db: str = "conversations.db", **kwargs: Any) -> None:
        engine = open_engine(db)
        # with a scheme in it, Rasa takes the host for the whole address
        super().__init__(*args, **(kwargs | ({"host": db} if is_address(db) else {"db": db})))
        self.engine.dispose()
        self.engine, self._steady = engine, Steady(engine)
        self.rows = EventRows(engine, self.SQLEvent.__table__)
        self.sessionmaker = sa.orm.sessionmaker(bind=engine)
        self._remembered: OrderedDict[str, Remembered] = OrderedDict()

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, which is one transaction on `engine`: tried again while the database restarts."""
        return await self._steady.run(work)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation so far, or None when it is new."""
        tracker = await self._look(sender_id)
        # taken out of memory: a turn that fails half-way must be read again from the database
        self._remembered.pop(sender_id, None)
        return tracker

    async def _look(self, conversation: str, within: float = LOOK_SECONDS) -> DialogueStateTracker | None:
        """The conversation so far; in the database it was at most `within` seconds ago."""
        found = self._remembered.pop(conversation, None)
        if found is None:
            found = await self.run(lambda: self._read(conversation))
        elif time.monotonic() - found.looked > within:
            last = await self.run(lambda: self.rows.last(conversation))
            if last == found.last:
                found = Remembered(found.tracker, last, time.monotonic())
            else:
                found = await self.run(lambda: self._read(conversation))
        self._remember(conversation, found)
        return found.tracker

    def _read(self, conversation: str) -> Remembered:
        looked = time.monotonic()
        events, last = self.rows.read(conversation)
        if last == NOTHING:
            return Remembered(None, NOTHING, looked)
        # the domain's slots are wanted, which a store without a domain cannot know
        slots = self.domain.slots if self.domain else []
        tracker = DialogueStateTracker.from_dict(conversation, events, slots)
        setattr(tracker, SAVED, len(tracker.events))
        setattr(tracker, SEEN, last)
        return Remembered(tracker, last, looked)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Adds the events of this turn."""
        known, seen = getattr(tracker, SAVED, None), getattr(tracker, SEEN, NOTHING)
        conversation, events = tracker.sender_id, list(islice(tracker.events, known or 0, None))
        self._remembered.pop(conversation, None)
        tries = 0

        def work() -> tuple[Sequence[Event], bool, LastRow]:
            nonlocal tries
            tries += 1
            if tries == 1 and (last := self.rows.add_if_same(conversation, events, seen)):
                return events, True, last
            with self.engine.begin() as connection:
                last, new = self.rows.last(conversation, connection), events
                if tries > 1 and events and last != seen and last[1] == events[-1].timestamp:
                    # the database took it in, and went away before it could say so
                    return events, True, last
                if known is None and last != NOTHING:
                    # somebody else has begun this conversation: Rasa finds out what is missing
                    new = list(self._additional_events(Session(bind=connection), tracker))
                self.rows.add(conversation, new, connection)
                return new, last == seen, self.rows.last(conversation, connection)

        new, alone, last = await self.run(work)
        setattr(tracker, SEEN, last)
        setattr(tracker, SAVED, len(tracker.events))
        setattr(tracker, SAVED_AT, time.monotonic())
        # nothing is saved yet, or somebody else wrote or erased meanwhile: the next turn reads the database
        if alone and last != NOTHING:
            self._remember(conversation, Remembered(tracker, last))
        if self.event_broker:
            await self._stream_new_events(self.event_broker, list(new), conversation)

    def erase(self, conversation: str) -> int:
        """Deletes every event of the conversation; returns how many there were."""
        self._remembered.pop(conversation, None)
        return self.rows.erase(conversation)

    def said(self, conversation: str, most: int) -> list[dict[str, Any]]:
        """The last `most` things that either side said, oldest first, as events in their `as_dict` form."""
        return self.rows.said(conversation, most)

    async def offered(self, conversation: str) -> list[Button]:
        """The buttons of what was said since the person's last message, in order."""
        said = _said_last(await self._look(conversation))
        return [button for event in said for button in (event.data or {}).get("buttons") or []]

    async def answered(self, conversation: str, message_id: str | None) -> list[dict[str, Any]] | None:
        """What the last message got for an answer, when it is this one, sent again; None when it is a new one.

        The turn begins with it: what is asked of the conversation after it goes by what it has found.
        """
        tracker = await self._look(conversation, within=0.0)
        heard = next((e for e in reversed(tracker.events) if isinstance(e, UserUttered)), None) if tracker else None
        if not message_id or heard is None or heard.message_id != message_id:
            return None
        return [message_of(event.as_dict(), conversation) for event in _said_last(tracker)]

    async def is_new(self, conversation: str) -> bool:
        """Whether nothing is kept of it. The turn that begins now goes by what was found."""
        return await self._look(conversation, within=0.0) is None

    def knows(self, conversation: str) -> bool:
        """Whether the look of this turn found anything; False too for what is too long to be remembered."""
        found = self._remembered.get(conversation)
        return found is not None and found.tracker is not None

    def _remember(self, conversation: str, found: Remembered) -> None:
        if found.tracker is None or len(found.tracker.events) <= LONGEST_REMEMBERED:
            self._remembered[conversation] = found
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)


def seconds_since_saved(tracker: DialogueStateTracker) -> float | None:
    """How long ago this process saved it, whatever the clock of the day has done since; None when another did, or nobody."""
    at = getattr(tracker, SAVED_AT, None)
    return None if at is None else time.monotonic() - at


def _said_last(tracker: DialogueStateTracker | None) -> list[BotUttered]:
    """What the assistant has said since the person's last message, oldest first."""
    since = takewhile(lambda event: not isinstance(event, UserUttered), reversed(tracker.events if tracker else ()))
    return [event for event in since if isinstance(event, BotUttered)][::-1]


def message_of(event: Mapping[str, Any], conversation: str) -> dict[str, Any]:
    """A message of the assistant's as its channel got it, from its event in `as_dict` form."""
    data = event.get("data") or {}
    told = (event.get("metadata") or {}).get(ANSWER) or data.get(ANSWER)
    message: dict[str, Any] = {"recipient_id": conversation, "text": event.get("text") or ""}
    if data.get("buttons"):
        message["buttons"] = [{"title": b["title"], "payload": b["payload"]} for b in data["buttons"]]
    if told:
        message[ANSWER] = told
    return message


def of_agent(agent: Any) -> ConversationStore | None:
    """The store of a running agent, without the wrapper that Rasa puts around it; None while there is none."""
    store = getattr(agent, "tracker_store", None)
    store = getattr(store, "_tracker_store", store)
    return store if isinstance(store, ConversationStore) else None


def unwrap(agent: Any) -> Any:
    """The agent, with its store as it is.

    Rasa's wrapper would take a conversation for a new one when it cannot be read, and keep what cannot be saved in memory: lost
    without a word.
    """
    if store := of_agent(agent):
        agent.tracker_store = store
        if agent.processor:
            agent.processor.tracker_store = store
    return agent
