"""The rows of Rasa's table of events: what is asked of them, and how they are added. One row for each event of a conversation."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from rasa.shared.core.events import Event
from sqlalchemy.engine import Connection, Engine

from bot.stores.database import single
from bot.stores.prepared import Prepared

MOST_READ = 50
"""Events that are read back: some 10 turns, more than any answer looks back."""

LastRow = tuple[int, float]
"""Id and time of a conversation's last row; ids alone may be used again after an erasure."""
NOTHING: LastRow = (0, 0.0)

NEWEST = Prepared(
    "SELECT id, timestamp FROM events WHERE sender_id = :conversation ORDER BY id DESC LIMIT 1",
    {"conversation": "varchar"},
)
LAST_ROWS = Prepared(
    "SELECT id, type_name, data FROM events WHERE sender_id = :conversation ORDER BY id DESC LIMIT :most",
    {"conversation": "varchar", "most": "int"},
)
# for PostgreSQL: looks and adds in one call, which is a transaction of its own, and adds nothing when somebody else did
ADD_IF_SAME = Prepared(
    """
    WITH added AS (
      INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data)
      SELECT :conversation, new.type_name, new.timestamp, new.intent_name, new.action_name, new.data
      FROM unnest(
        CAST(:type_name AS varchar[]), CAST(:timestamp AS float8[]), CAST(:intent_name AS varchar[]),
        CAST(:action_name AS varchar[]), CAST(:data AS text[])
      ) WITH ORDINALITY AS new (type_name, timestamp, intent_name, action_name, data, place)
      WHERE :seen = coalesce((SELECT id FROM events WHERE sender_id = :conversation ORDER BY id DESC LIMIT 1), 0)
      ORDER BY new.place
      RETURNING id
    )
    SELECT max(id) FROM added
    """,
    {
        "conversation": "varchar", "type_name": "varchar[]", "timestamp": "float8[]", "intent_name": "varchar[]",
        "action_name": "varchar[]", "data": "text[]", "seen": "int",
    },
)  # fmt: skip


class EventRows:
    """`table`: Rasa's table of events, which is there already."""

    def __init__(self, engine: Engine, table: sa.Table) -> None:
        self._engine, self._single, self._table = engine, single(engine), table
        columns = table.c
        _add_indexes(engine)
        mine = columns.sender_id == sa.bindparam("conversation")
        slots = mine & (columns.type_name == "slot") & (columns.id < sa.bindparam("before"))
        self._slots_before = sa.select([columns.data]).where(slots).order_by(columns.id)
        self._insert = sa.insert(table)

    def last(self, conversation: str, connection: Connection | None = None) -> LastRow:
        """The last row there is of a conversation."""
        if connection is not None:
            row = NEWEST.run(connection, conversation=conversation).first()
        else:
            with self._single.connect() as own:
                row = NEWEST.run(own, conversation=conversation).first()
        return (row[0], row[1]) if row else NOTHING

    def read(self, conversation: str) -> tuple[list[dict[str, Any]], LastRow]:
        """The events of the last session, the latest of them when there are many, and the last row."""
        with self._single.connect() as connection:
            rows = LAST_ROWS.run(connection, conversation=conversation, most=MOST_READ).fetchall()[::-1]
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

    def add(self, conversation: str, events: Iterable[Event], connection: Connection) -> None:
        """Adds rows within a transaction."""
        if rows := [_row(conversation, event) for event in events]:
            connection.execute(self._insert, rows)

    def add_if_same(self, conversation: str, events: Sequence[Event], seen: LastRow) -> LastRow | None:
        """Adds rows if `seen` is still the last one, and gives the new last row.

        None when nothing was added: there was nothing, somebody else wrote, or the database cannot do it in one call.
        """
        if self._single.dialect.name != "postgresql" or not events:
            return None
        rows = [_row(conversation, event) for event in events]
        columns = {name: [row[name] for row in rows] for name in rows[0] if name != "sender_id"}
        with self._single.connect() as connection:
            number = ADD_IF_SAME.run(connection, **columns, conversation=conversation, seen=seen[0]).scalar()
        return (number, events[-1].timestamp) if number else None

    def said(self, conversation: str, most: int) -> list[dict[str, Any]]:
        """The last `most` things that either side said, oldest first, as events in their `as_dict` form."""
        columns = self._table.c
        wanted = (columns.sender_id == conversation) & columns.type_name.in_(["user", "bot"])
        query = sa.select([columns.data]).where(wanted).order_by(columns.id.desc()).limit(most)
        with self._single.connect() as connection:
            return [json.loads(row[0]) for row in reversed(connection.execute(query).fetchall())]

    def erase(self, conversation: str) -> int:
        """Deletes every event of a conversation; returns how many there were."""
        with self._engine.begin() as connection:
            gone = connection.execute(sa.delete(self._table).where(self._table.c.sender_id == conversation))
        return int(gone.rowcount)


def _row(conversation: str, event: Event) -> dict[str, Any]:
    data = event.as_dict()
    return {
        "sender_id": conversation,
        "type_name": event.type_name,
        "timestamp": event.timestamp,
        "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
        "action_name": data.get("name"),
        "data": json.dumps(data),
    }


def _first_turn(events: Sequence[Mapping[str, Any]]) -> int:
    """Where the first whole turn begins: what stands before has lost its beginning."""
    for n in range(1, len(events)):
        if events[n]["event"] == "user" and events[n - 1].get("name") == "action_listen":
            return n - 1
    return 0


def _add_indexes(engine: Engine) -> None:
    """Rasa's table knows the conversation only: the last row of it, and what is old, would be looked for in all rows."""
    wanted = ["CREATE INDEX IF NOT EXISTS ix_events_timestamp ON events (timestamp)"]
    if engine.dialect.name != "sqlite":
        # SQLite's index of conversations has the row's number in it anyhow; here it takes the place of Rasa's
        wanted.append("CREATE INDEX IF NOT EXISTS ix_events_conversation ON events (sender_id, id)")
        wanted.append("DROP INDEX IF EXISTS ix_events_sender_id")
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
