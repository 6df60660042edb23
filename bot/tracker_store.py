"""Keeps the conversations: Rasa's SQL store, made quick on one machine and able to forget.

SQLite writes ahead (WAL) and syncs once in a while, so that saving a turn does not wait for the disk: after a power cut
the last second may be lost, nothing else. Other databases keep their own settings.

A conversation that was saved here is kept in memory too, and used again when the database confirms that nobody else has
added to it: reading events back is the dearest part of a turn.
"""

from __future__ import annotations

import json
from collections import OrderedDict
from itertools import islice
from typing import Any

import sqlalchemy as sa
import sqlalchemy.orm
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool, StaticPool

from bot.dialogue.message import Button

REMEMBERED = 500
LONGEST_REMEMBERED = 2_000
"""Events; longer conversations are read from the database, so that memory has a bound."""

LastRow = tuple[int, float]
NOTHING: LastRow = (0, 0.0)
SAVED = "saved_events"
"""The attribute of a tracker that says how many of its events are in the database."""
SEEN = "last_row_seen"
"""The attribute of a tracker that says which row of the database was its last."""


class ConversationStore(SQLTrackerStore):
    """`db`: path of the SQLite file, as in Rasa's own store."""

    engine: sa.engine.Engine

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # conversation -> its tracker, and the last row of it in the database
        self._remembered: OrderedDict[str, tuple[DialogueStateTracker, LastRow]] = OrderedDict()
        if self.engine.dialect.name == "sqlite":
            self.engine.dispose()
            self.engine = _pooled(self.engine)
            self.sessionmaker = sa.orm.sessionmaker(bind=self.engine)
        # an error of the database would else print what somebody typed into the log
        self.engine.hide_parameters = True
        # made once: putting a statement together takes longer than running it
        columns = self.SQLEvent.__table__.c
        newest = sa.select([columns.id, columns.timestamp]).where(columns.sender_id == sa.bindparam("conversation"))
        self._newest = newest.order_by(columns.id.desc()).limit(1)
        said = (columns.sender_id == sa.bindparam("conversation")) & (columns.type_name == "bot")
        mine = columns.sender_id == sa.bindparam("conversation")
        heard = sa.select([sa.func.max(columns.id)]).where(mine & (columns.type_name == "user")).scalar_subquery()
        self._since_heard = sa.select([columns.data]).where(said & (columns.id > heard)).order_by(columns.id)
        self._insert = sa.insert(self.SQLEvent.__table__)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation so far, or None when it is new."""
        # taken out of memory: a turn that fails half-way must be read again from the database
        found = self._remembered.pop(sender_id, None)
        if found and self._last_row(sender_id) == found[1]:
            setattr(found[0], SEEN, found[1])
            return found[0]
        tracker = await super().retrieve(sender_id)
        if tracker is not None:
            setattr(tracker, SAVED, len(tracker.events))
            setattr(tracker, SEEN, self._last_row(sender_id))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Adds the events of this turn in one statement."""
        if self.event_broker:
            await self.stream_events(tracker)
        known = getattr(tracker, SAVED, None)
        with self.engine.begin() as connection:
            last = self._last_row(tracker.sender_id, connection)
            alone = getattr(tracker, SEEN, NOTHING) == last
            if known is None and last != NOTHING:
                # somebody else has begun this conversation: Rasa finds out what is missing
                events = self._additional_events(Session(bind=connection), tracker)
            else:
                events = islice(tracker.events, known or 0, None)
            if rows := [self._row(tracker.sender_id, event) for event in events]:
                connection.execute(self._insert, rows)
            setattr(tracker, SEEN, self._last_row(tracker.sender_id, connection))
        setattr(tracker, SAVED, len(tracker.events))
        # nothing is saved yet, or somebody else wrote or erased meanwhile: the next turn reads the database
        if alone and getattr(tracker, SEEN) != NOTHING:
            self._remember(tracker)

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
        with self.engine.connect() as connection:
            return [json.loads(row[0]) for row in reversed(connection.execute(query).fetchall())]

    async def offered(self, conversation: str) -> list[Button]:
        """The buttons of what was said since the person's last message, in order."""
        with self.engine.connect() as connection:
            rows = connection.execute(self._since_heard, {"conversation": conversation}).fetchall()
        return [button for row in rows for button in (json.loads(row[0]).get("data") or {}).get("buttons") or []]

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
            with self.engine.connect() as own:
                row = own.execute(self._newest, asked).first()
        return (row[0], row[1]) if row else NOTHING

    def _remember(self, tracker: DialogueStateTracker) -> None:
        if len(tracker.events) <= LONGEST_REMEMBERED:
            self._remembered[tracker.sender_id] = (tracker, getattr(tracker, SEEN))
        while len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)


def _pooled(engine: sa.engine.Engine) -> sa.engine.Engine:
    """The same database with connections that stay open.

    Rasa opens and closes one for every query; closing the last one makes SQLite put its log away, which waits for the disk.
    """
    in_memory = engine.url.database in (None, "", ":memory:")
    kept = {"poolclass": StaticPool} if in_memory else {"poolclass": QueuePool, "pool_size": 5}
    pooled = sa.create_engine(engine.url, connect_args={"check_same_thread": False}, **kept)
    sa.event.listen(pooled, "connect", _write_ahead)
    return pooled


def _write_ahead(connection: Any, _: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def of_agent(agent: Any) -> ConversationStore | None:
    """The store of a running agent, without the wrapper that Rasa puts around it; None while there is none."""
    store = getattr(agent, "tracker_store", None)
    store = getattr(store, "_tracker_store", store)
    return store if isinstance(store, ConversationStore) else None
