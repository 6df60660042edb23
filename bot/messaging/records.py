"""What the messaging channels keep beside the conversations, in the same database, each for its time and no longer.

What is still to be said, and to whom, is sealed. Nothing here tells whose it is. See inbox.py for what is still to be answered.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bot.keys import Keys
from bot.messaging import statements, tables
from bot.messaging.tables import DELIVERIES, INBOX, OUTBOX, PEOPLE, REST
from bot.settings import KEPT_DAYS
from bot.stores.database import single

DAY = 86_400.0
REST_SECONDS = DAY
OUTBOX_SECONDS = 3_600.0
"""An answer that comes later than this answers nothing any more."""
LATEST_DUE = 660.0
"""No pause between two tries is longer than this."""
HELD_SECONDS = 300.0
"""How long a server may take to send one; after that it has died, and another tries."""


@dataclass(frozen=True)
class Waiting:
    """An answer that could not be sent yet. `calls`: the channel's own, in order."""

    id: int
    sender: str
    calls: list[dict[str, Any]]
    tries: int


class MessagingRecords:
    """`engine`: the tracker store's. Every method is one short transaction."""

    def __init__(self, engine: sa.engine.Engine, keys: Keys, clock: Callable[[], float] = time.time) -> None:
        self._engine, self._single, self._keys, self._clock = engine, single(engine), keys, clock
        tables.make(engine)

    def keep_rest(self, sender: str, pieces: list[str]) -> None:
        """What is left of the last answer, in place of what was left before; nothing for an empty list."""
        if not pieces and not self._has_rest(sender):
            # a look costs less than a transaction, and most answers leave nothing over
            return
        with self._engine.begin() as connection:
            connection.execute(sa.delete(REST).where(REST.c.sender == sender))
            if pieces:
                sealed = self._keys.seal("rest", json.dumps(pieces))
                until = self._clock() + REST_SECONDS
                connection.execute(sa.insert(REST).values(sender=sender, sealed=sealed, until=until))

    def _has_rest(self, sender: str) -> bool:
        with self._single.connect() as connection:
            return statements.REST_OF.run(connection, sender=sender).first() is not None

    def rest(self, sender: str) -> list[str]:
        """What is left of the last answer."""
        with self._single.connect() as connection:
            row = statements.REST_OF.run(connection, sender=sender).first()
        if not row or row[1] < self._clock():
            return []
        opened = self._keys.open("rest", row[0])
        return list(json.loads(opened)) if opened else []

    def put_off(self, channel: str, sender: str, calls: list[dict[str, Any]], due: float) -> None:
        """Keeps an answer that could not be sent, for another try at `due` (seconds since 1970)."""
        sealed, now = self._keys.seal("outbox", json.dumps(calls)), self._clock()
        row = {"channel": channel, "sender": sender, "sealed": sealed, "due": due, "tries": 1, "held": 0.0}
        with self._engine.begin() as connection:
            connection.execute(sa.insert(OUTBOX).values(**row, until=now + OUTBOX_SECONDS))

    def is_waiting(self, sender: str) -> bool:
        """Whether something is still to be sent to this person: what is newer goes behind it."""
        with self._single.connect() as connection:
            return statements.IS_WAITING.run(connection, sender=sender, now=self._clock()).first() is not None

    def hurry(self, sender: str) -> None:
        """What waits for this person is due now: they have just written, so they wait too."""
        now = self._clock()
        with self._engine.begin() as connection:
            late = (OUTBOX.c.sender == sender) & (OUTBOX.c.due > now)
            connection.execute(sa.update(OUTBOX).where(late).values(due=now))

    def due(self, channel: str, most: int = 50) -> list[Waiting]:
        """What is to be tried now, the oldest first, and of each person only the first; what came too late is deleted."""
        now = self._clock()
        first = sa.select([sa.func.min(OUTBOX.c.id)]).where(OUTBOX.c.channel == channel).group_by(OUTBOX.c.sender)
        columns = [OUTBOX.c.id, OUTBOX.c.sender, OUTBOX.c.sealed, OUTBOX.c.tries]
        wanted = _is_free(now) & OUTBOX.c.id.in_(first)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(OUTBOX).where(OUTBOX.c.until < now))
            rows = connection.execute(sa.select(columns).where(wanted).order_by(OUTBOX.c.id).limit(most)).fetchall()
        opened = [(row, self._keys.open("outbox", row[2])) for row in rows]
        return [Waiting(row[0], row[1], json.loads(text) if text else [], row[3]) for row, text in opened]

    def claim(self, waiting: Waiting) -> bool:
        """Whether this server is the one to send it: of all that ask, one hears yes."""
        now = self._clock()
        same = (OUTBOX.c.id == waiting.id) & (OUTBOX.c.tries == waiting.tries)
        with self._engine.begin() as connection:
            held = connection.execute(sa.update(OUTBOX).where(same & _is_free(now)).values(held=now + HELD_SECONDS))
        return bool(held.rowcount == 1)

    def try_again(self, waiting: Waiting, calls: list[dict[str, Any]], due: float) -> None:
        """It failed again: what is left of it stays for another try."""
        sealed = self._keys.seal("outbox", json.dumps(calls))
        with self._engine.begin() as connection:
            changed = sa.update(OUTBOX).where(OUTBOX.c.id == waiting.id)
            connection.execute(changed.values(sealed=sealed, due=due, tries=waiting.tries + 1, held=0.0))

    def sent(self, waiting: Waiting) -> None:
        """It arrived, or never will."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(OUTBOX).where(OUTBOX.c.id == waiting.id))

    def erase(self, sender: str, *, letters: bool = True) -> None:
        """Deletes what is kept for a person, except that a message of theirs was answered once, and how often they were.

        `letters`: messages that wait for an answer too.
        """
        with self._engine.begin() as connection:
            for table in (REST, OUTBOX, INBOX) if letters else (REST, OUTBOX):
                connection.execute(sa.delete(table).where(table.c.sender == sender))
            said = sa.update(PEOPLE).where(PEOPLE.c.sender == sender)
            connection.execute(said.values(said=None, said_until=None))

    def purge(self) -> None:
        """Deletes what has had its time."""
        now = self._clock()
        with self._engine.begin() as connection:
            connection.execute(sa.delete(DELIVERIES).where(DELIVERIES.c.at < now - KEPT_DAYS * DAY))
            for table in (REST, OUTBOX, INBOX, PEOPLE):
                connection.execute(sa.delete(table).where(table.c.until < now))


def _is_free(now: float) -> sa.sql.ColumnElement:
    """Due, and held by no server. Times that lie too far ahead are of a clock that has been put back since."""
    due = (OUTBOX.c.due <= now) | (OUTBOX.c.due > now + LATEST_DUE)
    # twice, because another server's clock may be a little ahead of ours
    return due & ((OUTBOX.c.held <= now) | (OUTBOX.c.held > now + 2 * HELD_SECONDS))
