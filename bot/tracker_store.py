"""Keeps the conversations: Rasa's SQL store, made quick, steady and able to forget. It runs on bot/stores/database.py.

A conversation that was saved here is kept in memory too, and used again when the database confirms that nobody else has
added to it: reading events back is the dearest part of a turn. Of a long conversation only the last part is read.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

import sqlalchemy as sa
import sqlalchemy.orm
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session

from bot.dialogue.message import ANSWER, Button
from bot.stores.database import Steady, is_address, open_engine, reading

T = TypeVar("T")
REMEMBERED = 500
LONGEST_REMEMBERED = 400
"""Events; a longer conversation is read anew, and shorter, so that a turn costs the same at its end as at its beginning."""
MOST_READ = 200
"""Events that are read back: some 25 turns, more than any answer looks back."""

LastRow = tuple[int, float]
NOTHING: LastRow = (0, 0.0)
SAVED = "saved_events"
"""The attribute of a tracker that says how many of its events are in the database."""
SEEN = "last_row_seen"
"""The attribute of a tracker that says which row of the database was its last."""


class ConversationStore(SQLTrackerStore):
    """`db`: path of an SQLite file, or postgresql://...; whatever is kept beside the conversations lies there too."""

    engine: sa.engine.Engine

    def __init__(self, *args: Any, db: str = "conversations.db", **kwargs: Any) -> None:
        engine = open_engine(db)
        # with a scheme in it, Rasa takes the host for the whole address
        super().__init__(*args, **(kwargs | ({"host": db} if is_address(db) else {"db": db})))
        self.engine.dispose()
        self.engine, self._steady, self._reading = engine, Steady(engine), reading(engine)
        self.sessionmaker = sa.orm.sessionmaker(bind=engine)
        # conversation -> its tracker, and the last row of it in the database
        self._remembered: OrderedDict[str, tuple[DialogueStateTracker, LastRow]] = OrderedDict()
        columns = self.SQLEvent.__table__.c
        _add_indexes(engine)
        # made once: putting a statement together takes longer than running it
        mine = columns.sender_id == sa.bindparam("conversation")
        self._newest = sa.select([columns.id, columns.timestamp]).where(mine).order_by(columns.id.desc()).limit(1)
        heard = sa.select([sa.func.max(columns.id)]).where(mine & (columns.type_name == "user")).scalar_subquery()
        since = mine & (columns.type_name == "bot") & (columns.id > heard)
        self._since_heard = sa.select([columns.data]).where(since).order_by(columns.id)
        last_heard = mine & (columns.type_name == "user")
        self._last_heard = sa.select([columns.data]).where(last_heard).order_by(columns.id.desc()).limit(1)
        rows = sa.select([columns.id, columns.type_name, columns.data])
        self._last_rows = rows.where(mine).order_by(columns.id.desc()).limit(MOST_READ)
        slots = mine & (columns.type_name == "slot") & (columns.id < sa.bindparam("before"))
        self._slots_before = sa.select([columns.data]).where(slots).order_by(columns.id)
        self._insert = sa.insert(self.SQLEvent.__table__)

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, which is one transaction on `engine`: tried again while the database restarts."""
        return await self._steady.run(work)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation so far, or None when it is new."""
        # taken out of memory: a turn that fails half-way must be read again from the database
        found = self._remembered.pop(sender_id, None)
        last = await self.run(lambda: self._last_row(sender_id))
        if found and last == found[1]:
            setattr(found[0], SEEN, last)
            return found[0]
        if last == NOTHING:
            return None
        # the domain's slots are wanted, which a store without a domain cannot know
        slots = self.domain.slots if self.domain else []
        events, last = await self.run(lambda: self._read(sender_id))
        tracker = DialogueStateTracker.from_dict(sender_id, events, slots)
        setattr(tracker, SAVED, len(tracker.events))
        setattr(tracker, SEEN, last)
        return tracker

    def _read(self, conversation: str) -> tuple[list[dict[str, Any]], LastRow]:
        """The events of the last session, the latest of them when there are many, and the last row."""
        with self._reading.connect() as connection:
            rows = connection.execute(self._last_rows, {"conversation": conversation}).fetchall()[::-1]
            if not rows:
                return [], NOTHING
            events = [json.loads(row[2]) for row in rows]
            last = (rows[-1][0], events[-1]["timestamp"])
            starts = [n for n, row in enumerate(rows) if row[1] == "session_started"]
            if starts:
                return events[starts[-1] :], last
            if len(rows) < MOST_READ:
                return events, last
            first = _first_turn(events)
            asked = {"conversation": conversation, "before": rows[first][0]}
            slots = [json.loads(row[0]) for row in connection.execute(self._slots_before, asked)]
        return [*slots, *events[first:]], last

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Adds the events of this turn in one statement."""
        known, seen = getattr(tracker, SAVED, None), getattr(tracker, SEEN, NOTHING)
        events = list(islice(tracker.events, known or 0, None))
        tries = 0

        def work() -> tuple[Sequence[Event], bool, LastRow]:
            nonlocal tries
            tries += 1
            with self.engine.begin() as connection:
                last, new = self._last_row(tracker.sender_id, connection), events
                if tries > 1 and events and last != seen and last[1] == events[-1].timestamp:
                    # the database took it in, and went away before it could say so
                    return events, True, last
                if known is None and last != NOTHING:
                    # somebody else has begun this conversation: Rasa finds out what is missing
                    new = list(self._additional_events(Session(bind=connection), tracker))
                if rows := [self._row(tracker.sender_id, event) for event in new]:
                    connection.execute(self._insert, rows)
                return new, last == seen, self._last_row(tracker.sender_id, connection)

        new, alone, last = await self.run(work)
        setattr(tracker, SEEN, last)
        setattr(tracker, SAVED, len(tracker.events))
        # nothing is saved yet, or somebody else wrote or erased meanwhile: the next turn reads the database
        if alone and last != NOTHING:
            self._remember(tracker)
        if self.event_broker:
            await self._stream_new_events(self.event_broker, list(new), tracker.sender_id)

    def erase(self, conversation: str) -> int:
        """Deletes every event of the conversation; returns how many there were."""
        self._remembered.pop(conversation, None)
        with self.session_scope() as session:
            count = session.query(self.SQLEvent).filter(self.SQLEvent.sender_id == conversation).delete()
            session.commit()
        return int(count)

    def said(self, conversation: str, most: int) -> list[dict[str, Any]]:
        """The last `most` things that either side said, oldest first, as events in their `as_dict` form."""
        columns = self.SQLEvent.__table__.c
        wanted = (columns.sender_id == conversation) & columns.type_name.in_(["user", "bot"])
        query = sa.select([columns.data]).where(wanted).order_by(columns.id.desc()).limit(most)
        with self._reading.connect() as connection:
            return [json.loads(row[0]) for row in reversed(connection.execute(query).fetchall())]

    async def offered(self, conversation: str) -> list[Button]:
        """The buttons of what was said since the person's last message, in order."""
        said = await self.run(lambda: self._said_last(conversation))
        return [button for event in said for button in (event.get("data") or {}).get("buttons") or []]

    async def answered(self, conversation: str, message_id: str) -> list[dict[str, Any]] | None:
        """What the last message got for an answer, when it is this one, sent again; None when it is a new one."""

        def work() -> list[dict[str, Any]] | None:
            with self._reading.connect() as connection:
                row = connection.execute(self._last_heard, {"conversation": conversation}).first()
            # a look before the whole event is read: it is long, and hardly any message comes twice
            if row is None or message_id not in row[0] or json.loads(row[0]).get("message_id") != message_id:
                return None
            return self._said_last(conversation)

        said = await self.run(work)
        return said and [message_of(event, conversation) for event in said]

    def _said_last(self, conversation: str) -> list[dict[str, Any]]:
        with self._reading.connect() as connection:
            rows = connection.execute(self._since_heard, {"conversation": conversation}).fetchall()
        return [json.loads(row[0]) for row in rows]

    def purge(self, before: float, *, batch: int = 1_000) -> int:
        """Deletes events from before a time (seconds since 1970), a batch at a time; returns how many there were."""
        columns, gone = self.SQLEvent.__table__.c, 0
        oldest = sa.select([columns.id]).where(columns.timestamp < before).limit(batch)
        while True:
            with self.engine.begin() as connection:
                ids = [row[0] for row in connection.execute(oldest)]
                if not ids:
                    return gone
                connection.execute(sa.delete(self.SQLEvent.__table__).where(columns.id.in_(ids)))
            gone += len(ids)

    @staticmethod
    def _row(conversation: str, event: Event) -> dict[str, Any]:
        data = event.as_dict()
        intent = data.get("parse_data", {}).get("intent", {}).get("name")
        return {
            "sender_id": conversation,
            "type_name": event.type_name,
            "timestamp": event.timestamp,
            "intent_name": intent,
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }

    def _last_row(self, conversation: str, connection: sa.engine.Connection | None = None) -> LastRow:
        """Id and time of the conversation's last row; ids alone may be used again after an erasure."""
        asked = {"conversation": conversation}
        if connection is not None:
            row = connection.execute(self._newest, asked).first()
        else:
            with self._reading.connect() as own:
                row = own.execute(self._newest, asked).first()
        return (row[0], row[1]) if row else NOTHING

    def _remember(self, tracker: DialogueStateTracker) -> None:
        if len(tracker.events) <= LONGEST_REMEMBERED:
            self._remembered[tracker.sender_id] = (tracker, getattr(tracker, SEEN))
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)


def _first_turn(events: Sequence[Mapping[str, Any]]) -> int:
    """Where the first whole turn begins: what stands before has lost its beginning."""
    for n in range(1, len(events)):
        if events[n]["event"] == "user" and events[n - 1].get("name") == "action_listen":
            return n - 1
    return 0


def _add_indexes(engine: sa.engine.Engine) -> None:
    """Rasa's table knows the conversation only: the last row of it, and what is old, would be looked for in all rows."""
    wanted = ["CREATE INDEX IF NOT EXISTS ix_events_timestamp ON events (timestamp)"]
    if engine.dialect.name != "sqlite":
        # SQLite's index of conversations has the row's number in it anyhow
        wanted.append("CREATE INDEX IF NOT EXISTS ix_events_conversation ON events (sender_id, id)")
    for statement in wanted:
        for last in (False, True):
            try:
                with engine.begin() as connection:
                    connection.execute(sa.text(statement))
                break
            except sa.exc.DBAPIError:
                # another server has just made it
                if last:
                    raise


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
