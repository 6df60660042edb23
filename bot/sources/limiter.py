"""Fewer than ten requests a second from this machine, whatever number of processes and coroutines ask.

The next free turn stands in the shared SQLite file. A caller reserves its turn in a short transaction and sleeps until
then outside of it.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Awaitable, Callable

from bot.errors import SourceUnavailableError
from bot.sources.database import Database

PER_SECOND = 8.0
PER_SECOND_ALONE = 4.0
"""When the file fails, each process counts for itself; there are two of them."""
LONGEST_QUEUE_SECONDS = 60.0
"""A turn further away than this is left over from a clock that was set back."""


class Limiter:
    """`now`: seconds since 1970; `sleep`: waits that many seconds."""

    def __init__(
        self,
        database: Database,
        per_second: float = PER_SECOND,
        now: Callable[[], float] = time.time,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._database, self._per_second, self._now, self._sleep = database, per_second, now, sleep
        self._next_alone = 0.0

    async def take(self, longest: float) -> None:
        """Returns when it is this caller's turn to send one request.

        Raises SourceUnavailableError, at once, when that is more than `longest` seconds away; the turn then stays free.
        """
        wait = await self.reserve(longest)
        if wait > longest:
            raise SourceUnavailableError(
                "Too many questions are waiting for the public services: try again in a minute."
            )
        if wait > 0:
            await self._sleep(wait)

    async def reserve(self, longest: float) -> float:
        """Seconds until the reserved turn; when that is over `longest`, nothing was reserved."""
        wait = await self._database.write(lambda connection: self._reserve(connection, longest))
        return self._reserve_alone(longest) if wait is None else wait

    def _reserve(self, connection: sqlite3.Connection, longest: float) -> float:
        # the time is read once the lock is held: another process may have kept us waiting for it
        now = self._now()
        row = connection.execute("SELECT next FROM turns").fetchone()
        turn = _turn(row[0] if row else 0.0, now)
        if turn - now <= longest:
            connection.execute("INSERT OR REPLACE INTO turns VALUES (1, ?)", (turn + 1 / self._per_second,))
        return turn - now

    def _reserve_alone(self, longest: float) -> float:
        now = self._now()
        turn = _turn(self._next_alone, now)
        if turn - now <= longest:
            self._next_alone = turn + 1 / min(PER_SECOND_ALONE, self._per_second)
        return turn - now


def _turn(following: object, now: float) -> float:
    """The time of the next turn: the one noted, unless it has passed or makes no sense."""
    if isinstance(following, float) and now < following <= now + LONGEST_QUEUE_SECONDS:
        return following
    return now
