"""A worker's part in what several workers share: it takes in, it has people, and it takes over those of a worker that is gone.

Workers watch each other by counts that grow. One whose count stays the same for some looks is dead: whom it had is anybody's.
A worker that was only too slow finds out before it sends, and leaves what it was doing to the others.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import takewhile
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from bot.messaging.fragments import Arrived, is_danger, joined
from bot.messaging.inbox import Claim, Inbox, Letter, Standing, Taken
from bot.messaging.loops import Loops
from bot.messaging.mailboxes import MOST_IN_A_BOX, MOST_URGENT, Mailboxes, Recent, Turn
from bot.messaging.owed import Owed
from bot.messaging.received import Received
from bot.stores.database import Steady

log = logging.getLogger(__name__)
T = TypeVar("T")
BEAT_SECONDS = 1.5
DEAD_LOOKS = 3
"""A count that was the same so often, with a beat's time between two looks, is a dead worker's."""
SURE_SECONDS = 4.0
"""After a beat nobody takes this worker for dead for so long: less than the time that those looks take."""
TIDY_SECONDS = 30.0
PATIENCE_SECONDS = 3.0
"""How long the database may be away while a platform, or a person, waits."""

Answered = Callable[[str, str | None], Awaitable[object]]


class Sharing:
    """`turn`, `seconds`, `longest`: see Mailboxes. `most`: messages that may wait here; `answered`: see ConversationStore;
    `owed`: see Owed."""

    def __init__(
        self, inbox: Inbox, loops: Loops, answered: Answered, steady: Steady, turn: Turn, seconds: float, longest: int,
        most: int, owed: Owed,
    ) -> None:  # fmt: skip
        self._owed = owed
        self._inbox, self._loops, self._answered, self._steady, self._most = inbox, loops, answered, steady, most
        self.mailboxes = Mailboxes(turn, seconds, longest, self)
        self.is_crowded = False
        self._beaten, self._tidied = time.monotonic(), float("-inf")
        self._looks: dict[str, tuple[int, int]] = {}
        self._is_stopping = self._has_left = False
        self._enlisting: asyncio.Future[None] | None = None

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` gives, which is one transaction. Raises the database's error when that is away for seconds."""
        return await self._steady.run(work)

    async def take(self, key: str, sender: str, received: Received) -> Taken:
        """Takes a message in, and answers it unless another worker does. Raises the database's error."""
        worker, room = self._inbox.worker, self.mailboxes.has_room(sender, received)
        most = (MOST_URGENT if is_danger(received) else MOST_IN_A_BOX) if room else 0
        taken = await self.run(partial(self._inbox.take, key, sender, received, most))
        claim = taken.claim
        # one that was taken for dead meanwhile has nobody any more: whoever has comes by
        if claim and taken.id is not None and worker == self._inbox.worker and not self._has_left:
            self._recall(sender, claim)
            if claim.letters:
                await self._inherit(sender, claim.letters)
            # again perhaps: what is there already stays once
            self.mailboxes.put(sender, received, key, taken.id)
        return taken

    # for the mailboxes

    async def look(self, sender: str) -> list[Arrived]:
        return [_arrived(letter) for letter in await self.run(partial(self._inbox.look, sender))]

    async def mark(self, keys: Sequence[str]) -> None:
        await self.run(partial(self._inbox.mark, keys))

    async def close(self, sender: str, keys: Sequence[str], recent: Recent | None) -> list[Arrived]:
        said = (time.time() - _ago(recent.at), recent.text) if recent and recent.text else None
        standing = Standing(self._loops.counts(sender), said)
        letters = await self.run(partial(self._inbox.close, sender, keys, standing))
        return [_arrived(letter) for letter in letters or ()]

    # for the house

    async def is_alive(self) -> bool:
        """Whether nobody can have taken over what this worker answers. True too when the database cannot be asked."""
        if time.monotonic() - self._beaten < SURE_SECONDS:
            return True
        try:
            return await self._beat() is not None
        except Exception:
            # two answers are better than none
            log.exception("it is not known whether another worker answers instead")
            return True

    async def keep(self, every: float = BEAT_SECONDS) -> None:
        """Beats, watches the others and takes over what is left behind, for as long as the server runs."""
        while not self._has_left:
            try:
                await self.attend()
            except Exception as error:
                # whoever could not be watched must not be taken for dead
                self._looks.clear()
                is_away = isinstance(error, DBAPIError)
                log.error("what workers share could not be seen to; tried again soon", exc_info=not is_away)
            await asyncio.sleep(every)

    async def attend(self) -> None:
        """One round of it."""
        self._watch(await self._beat())
        for worker in [worker for worker, (_, looks) in self._looks.items() if looks >= DEAD_LOOKS]:
            beat, _ = self._looks.pop(worker)
            if await self.run(partial(self._inbox.bury, worker, beat)):
                log.warning("a worker is gone; its messages are answered by another")
        await self._take_over()
        if time.monotonic() - self._tidied > TIDY_SECONDS:
            self._tidied = time.monotonic()
            await self.run(self._inbox.tidy)

    async def stop(self, seconds: float) -> None:
        """Answers what it has, for so long; the rest is for the others, at once."""
        self._is_stopping = True
        await self.mailboxes.finish(seconds)
        self._has_left = True
        self.mailboxes.abandon()
        await self.run(self._inbox.leave)

    async def _beat(self) -> dict[str, int] | None:
        """The others with their counts; None when this worker was taken for dead, and has begun anew."""
        began = time.monotonic()
        others = await self.run(self._inbox.beat)
        if others is None and self._has_left:
            return None
        if others is None:
            log.warning("this worker was too slow and was taken for gone; others answer what it had")
            self.mailboxes.abandon()
            # who has found out may be among those that are abandoned, and so cancelled: it begins anew all the same
            self._enlisting = asyncio.ensure_future(self.run(self._inbox.enlist))
            await asyncio.shield(self._enlisting)
        else:
            self.is_crowded = bool(others)
        self._beaten = began
        return others

    def _watch(self, others: dict[str, int] | None) -> None:
        before, self._looks = self._looks, {}
        for worker, beat in (others or {}).items():
            seen, looks = before.get(worker, (-1, 0))
            self._looks[worker] = (beat, looks + 1 if seen == beat else 0)

    async def _take_over(self) -> None:
        """Answers what is this worker's, or nobody's, and is not here: others took it in, or had it and are gone."""
        people: dict[str, list[str]] = {}
        for sender, key in await self.run(self._inbox.unseen):
            people.setdefault(sender, []).append(key)
        for sender, keys in people.items():
            if self.mailboxes.waiting >= self._most or self._is_stopping:
                return
            if not all(self.mailboxes.knows(sender, key) for key in keys):
                if claim := await self.run(partial(self._inbox.claim, sender)):
                    self._recall(sender, claim)
                    await self._inherit(sender, claim.letters or [])
            elif not self.mailboxes.holds(sender):
                # answered, which could not be noted then
                await self.close(sender, keys, None)

    def _recall(self, sender: str, claim: Claim) -> None:
        """What others know of a person, unless this worker has them and knows better."""
        if claim.is_owed:
            self._owed.note(sender)
        if self.mailboxes.holds(sender):
            return
        standing = claim.standing
        self._loops.restore(sender, standing.counts)
        if standing.said:
            at, text = standing.said
            self.mailboxes.recall(sender, Recent(time.monotonic() - _since(at), text))

    async def _inherit(self, sender: str, letters: list[Letter]) -> None:
        """Goes on where a worker that is gone may have been: in the first turn, which may be answered and saved already."""
        if not letters:
            return
        first = letters[0]
        begun = list(takewhile(lambda one: one is first or (first.turn and one.turn == first.turn), letters))
        if self.mailboxes.knows(sender, first.key):
            begun = []
        arrived = [_arrived(letter) for letter in letters]
        if begun:
            again = [one._replace(received=replace(one.received, again=True)) for one in arrived[: len(begun)]]
            if await self._answered(sender, first.key):
                last, keys = again[-1], tuple(key for one in again for key in one.keys)
                whole = replace(last.received, text=joined("", again))
                again = [last._replace(received=whole, keys=keys, whole=True)]
            arrived[: len(begun)] = again
        self.mailboxes.add(sender, arrived)


def _arrived(letter: Letter) -> Arrived:
    return Arrived(time.monotonic() - _since(letter.at), letter.received, (letter.key,), letter.id)


def _since(at: float) -> float:
    """Seconds since a time; the clocks of two machines may differ a little."""
    return max(time.time() - at, 0.0)


def _ago(steady: float) -> float:
    return max(time.monotonic() - steady, 0.0)
