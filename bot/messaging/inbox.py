"""What was taken in and is not answered yet, and which worker answers whom: in the database, so that it outlives a worker.

A person is answered by one worker at a time. Whoever takes a message in puts it here, sealed, in the same transaction that notes
its delivery, and answers it when nobody else has its person. Who has a person is written in `channel_people`; a worker is alive
while its row in `channel_workers` is there, and changes. Nothing of this goes by a clock that two machines would have to share.
"""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bot.keys import Keys
from bot.messaging import statements, tables
from bot.messaging.received import Kind, Received
from bot.messaging.tables import INBOX, PEOPLE, WORKERS
from bot.places import Point
from bot.stores.database import single

log = logging.getLogger(__name__)
INBOX_SECONDS = 7_200.0
"""A message that waits for longer is dropped: longer than an hour, so that a clock which is put an hour forward drops none."""
PERSON_SECONDS = 86_400.0
SAID_SECONDS = 60.0
MOST_WRITTEN = 10_000
"""People: fewer than a worker knows itself; see loops.py and mailboxes.py."""


@dataclass(frozen=True)
class Letter:
    """A message that waits. `key`: of its delivery; `turn`: the key of the first it was put together with; `at`: since 1970."""

    id: int
    key: str
    turn: str | None
    at: float
    received: Received


@dataclass(frozen=True)
class Standing:
    """What the next worker must know of a person: how often they were answered, and what they typed just now."""

    counts: dict[str, Any] | None = None
    said: tuple[float, str] | None = None


@dataclass(frozen=True)
class Claim:
    """A person is this worker's. `standing`: empty when this worker was the last to have them, and knows it all.

    `letters`: what waits, when it was taken over from a worker that is gone; None else.
    `is_owed`: whether an answer to them is still to be sent.
    """

    standing: Standing
    letters: list[Letter] | None = None
    is_owed: bool = False


@dataclass(frozen=True)
class Taken:
    """`is_new`: whether the delivery is; `id`: None when it was left out; `claim`: None when another worker has the person."""

    is_new: bool
    id: int | None = None
    claim: Claim | None = None


class Inbox:
    """One channel's, in one worker. `engine`: the tracker store's. Every method is one transaction that may be done again."""

    def __init__(
        self, engine: sa.engine.Engine, keys: Keys, channel: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._engine, self._single = engine, single(engine)
        self._keys, self._channel, self._clock = keys, channel, clock
        tables.make(engine)
        self.worker = ""
        # person -> what this worker wrote of their counts last, sealed: opening it costs more than comparing
        self._written: OrderedDict[str, str] = OrderedDict()
        self.enlist()

    # messages

    def take(self, key: str, sender: str, received: Received, most: int) -> Taken:
        """Notes a delivery and keeps its message; none, where already `most` of its person wait for another worker."""
        now, worker = self._clock(), self.worker
        with self._engine.begin() as connection:
            if not statements.NOTE_DELIVERY.run(connection, key=key, at=now).rowcount:
                return Taken(False)
            if not most:
                return Taken(True)
            row = {"key": key, "channel": self._channel, "sender": sender, "sealed": self._sealed(received), "at": now}
            number = statements.PUT.run(connection, **row, until=now + INBOX_SECONDS).scalar()
            claim = self._claim(connection, sender, worker, now)
            if claim is None and self._count(connection, sender) > most:
                statements.TAKE_OUT.run(connection, taken=key)
                return Taken(True)
        return Taken(True, number, claim)

    def claim(self, sender: str) -> Claim | None:
        """Takes a person over, with all letters; None when another worker has them."""
        with self._engine.begin() as connection:
            claim = self._claim(connection, sender, self.worker, self._clock())
            return claim and replace(claim, letters=self._letters(connection, sender))

    def look(self, sender: str) -> list[Letter]:
        """What waits of a person, in order of arrival."""
        with self._engine.begin() as connection:
            return self._letters(connection, sender)

    def mark(self, keys: Sequence[str]) -> None:
        """Notes that these are answered together, before they are: after a crash they are found as one again."""
        with self._engine.begin() as connection:
            connection.execute(sa.update(INBOX).where(INBOX.c.key.in_(keys)).values(turn=keys[0]))

    def close(self, sender: str, keys: Sequence[str], standing: Standing) -> list[Letter] | None:
        """These are answered. What waits still: nothing, and the person is anybody's. None when they were another's already."""
        now, said = self._clock(), standing.said
        counts = self._keys.seal("counts", json.dumps(standing.counts)) if standing.counts else None
        person = {
            "sender": sender, "worker": self.worker, "until": now + PERSON_SECONDS,
            "counts": counts,
            "said": self._keys.seal("said", json.dumps(said)) if said else None,
            "said_until": now + SAID_SECONDS if said else None,
        }  # fmt: skip
        with self._engine.begin() as connection:
            # locks the row of the person, and so waits for whoever is just putting a letter in: the look comes after it
            is_ours = statements.LEAVE_PERSON.run(connection, **person).rowcount
            if not is_ours:
                return None
            for key in keys:
                statements.TAKE_OUT.run(connection, taken=key)
            if letters := self._letters(connection, sender):
                statements.KEEP_PERSON.run(connection, sender=sender, worker=self.worker)
        self._note_written(sender, counts)
        return letters

    def unseen(self) -> list[tuple[str, str]]:
        """Person and key of each letter that is this worker's, or nobody's, in order of arrival."""
        with self._single.connect() as connection:
            rows = statements.UNSEEN.run(connection, channel=self._channel, worker=self.worker).fetchall()
        return [(row[0], row[1]) for row in rows]

    def _note_written(self, sender: str, counts: str | None) -> None:
        self._written.pop(sender, None)
        if counts:
            self._written[sender] = counts
        if len(self._written) > MOST_WRITTEN:
            self._written.popitem(last=False)

    # workers

    def enlist(self) -> None:
        """This worker is here, under a new name: what it had under the old one is anybody's."""
        worker = secrets.token_hex(8)
        with self._engine.begin() as connection:
            connection.execute(sa.insert(WORKERS), {"id": worker, "channel": self._channel, "beat": 0})
        self.worker = worker

    def beat(self) -> dict[str, int] | None:
        """Says that this worker is alive. The others with their count of beats; None when it was taken for dead."""
        with self._engine.begin() as connection:
            if not statements.BEAT.run(connection, worker=self.worker).rowcount:
                return None
            others = statements.OTHERS.run(connection, worker=self.worker, channel=self._channel)
            return {row[0]: row[1] for row in others}

    def bury(self, worker: str, beat: int) -> bool:
        """A worker whose count stays the same is dead: its people are anybody's. Whether it was us who found out."""
        with self._engine.begin() as connection:
            return bool(statements.BURY.run(connection, worker=worker, beat=beat).rowcount)

    def leave(self) -> None:
        """This worker stops: its people are anybody's at once."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(WORKERS).where(WORKERS.c.id == self.worker))

    def tidy(self) -> None:
        """Forgets what people typed just now, and drops what has waited for too long."""
        now = self._clock()
        with self._engine.begin() as connection:
            forgotten = sa.update(PEOPLE).where(PEOPLE.c.said_until < now)
            connection.execute(forgotten.values(said=None, said_until=None))
            dropped = connection.execute(sa.delete(INBOX).where(INBOX.c.until < now)).rowcount
        if dropped:
            log.warning("%s: %d messages waited for too long and were left unanswered", self._channel, dropped)

    # inside of a transaction

    def _claim(self, connection: Connection, sender: str, worker: str, now: float) -> Claim | None:
        asked = {"sender": sender, "worker": worker, "until": now + PERSON_SECONDS, "now": now}
        row = statements.CLAIM.run(connection, **asked).first()
        if row is None:
            return None
        inherited = row[0] is not None and row[0] != worker
        letters = self._letters(connection, sender) if inherited else None
        if row[1] is not None and self._written.get(sender) == row[1]:
            return Claim(Standing(), letters, bool(row[3]))
        return Claim(Standing(self._counts(row[1]), self._said(row[2])), letters, bool(row[3]))

    def _letters(self, connection: Connection, sender: str) -> list[Letter]:
        found = []
        for row in statements.LETTERS_OF.run(connection, sender=sender).fetchall():
            received = self._opened(row[3]) if row[5] >= self._clock() else None
            if received:
                found.append(Letter(row[0], row[1], row[2], row[4], received))
            else:
                log.warning("%s: a message that came too late, or cannot be read, was left unanswered", self._channel)
                statements.TAKE_OUT.run(connection, taken=row[1])
        return found

    @staticmethod
    def _count(connection: Connection, sender: str) -> int:
        many = sa.select([sa.func.count()]).select_from(INBOX).where(INBOX.c.sender == sender)
        return int(connection.execute(many).scalar())

    # sealed

    def _sealed(self, received: Received) -> str:
        told = {"kind": received.kind.value, "to": received.to, "text": received.text, "point": received.point}
        return self._keys.seal("inbox", json.dumps(told))

    def _opened(self, sealed: str) -> Received | None:
        opened = self._keys.open("inbox", sealed)
        if opened is None:
            return None
        told = json.loads(opened)
        point = Point(*told["point"]) if told["point"] else None
        return Received(Kind(told["kind"]), "", "", told["to"], told["text"], point)

    def _counts(self, sealed: str | None) -> dict[str, Any] | None:
        opened = self._keys.open("counts", sealed) if sealed else None
        return json.loads(opened) if opened else None

    def _said(self, sealed: str | None) -> tuple[float, str] | None:
        opened = self._keys.open("said", sealed) if sealed else None
        return (told[0], told[1]) if opened and (told := json.loads(opened)) else None
