"""One message at a time in each conversation; a few may wait, in the order they came.

With several workers the turn is taken in Redis too. A worker that died holds it for some seconds only.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from bot.errors import SharedStateError
from bot.stores.redis_link import RedisLink, link

LEASE_SECONDS = 5.0
RENEW_SECONDS = 1.5
FIRST_LOOK, LONGEST_LOOK = 0.02, 0.1
"""Seconds between looks whether it is our turn."""
LONGEST_WAIT = 25.0

# a queue of tickets; one whose lease has run out belongs to a worker that is gone
TAKE_TURN = """
if not redis.call('LPOS', KEYS[1], ARGV[1]) then redis.call('RPUSH', KEYS[1], ARGV[1]) end
redis.call('SET', KEYS[1] .. ':' .. ARGV[1], '1', 'PX', ARGV[2])
redis.call('PEXPIRE', KEYS[1], 60000)
while true do
  local first = redis.call('LINDEX', KEYS[1], 0)
  if first == ARGV[1] then return 1 end
  if redis.call('EXISTS', KEYS[1] .. ':' .. first) == 1 then return 0 end
  redis.call('LPOP', KEYS[1])
end
"""
# never puts a ticket back: one that was given back while this was on its way would stay for ever
KEEP_TURN = """
if redis.call('EXISTS', KEYS[1] .. ':' .. ARGV[1]) == 0 then return 0 end
redis.call('PEXPIRE', KEYS[1], 60000)
return redis.call('PEXPIRE', KEYS[1] .. ':' .. ARGV[1], ARGV[2])
"""
GIVE_BACK = """
redis.call('LREM', KEYS[1], 1, ARGV[1])
return redis.call('DEL', KEYS[1] .. ':' .. ARGV[1])
"""


class TooMany(Exception):  # noqa: N818 - a verdict, not a fault
    """So many messages of this conversation already wait that one more is refused."""


class Turns:
    """Hands out turns; keeps nothing about a conversation that is idle."""

    def __init__(self, waiting: int) -> None:
        self.waiting = waiting
        self._locks: dict[str, asyncio.Lock] = {}
        self._present: dict[str, int] = {}

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """Waits for the conversation's turn. Raises TooMany at once when the queue is full."""
        present = self._present.get(conversation, 0)
        if present > self.waiting:
            raise TooMany
        self._present[conversation] = present + 1
        lock = self._locks.setdefault(conversation, asyncio.Lock())
        try:
            async with lock:
                yield
        finally:
            self._present[conversation] -= 1
            if not self._present[conversation]:
                del self._present[conversation], self._locks[conversation]


class SharedTurns(Turns):
    """The same for all workers together, by Redis where there is one; each by itself while it does not answer."""

    def __init__(self, waiting: int, shared: Callable[[], RedisLink | None] = link) -> None:
        super().__init__(waiting)
        self._shared = shared
        self._held: set[str] = set()
        self._renewing: set[asyncio.Task] = set()

    @asynccontextmanager
    async def turn(self, conversation: str) -> AsyncIterator[None]:
        """As above. Raises TooMany also when another worker keeps the turn for too long."""
        async with super().turn(conversation):
            shared = self._shared()
            if shared is None:
                yield
                return
            # in braces: a cluster keeps all keys of a conversation in one place
            queue, ticket = f"turn:{{{conversation}}}", os.urandom(8).hex()
            await self._take(shared, queue, ticket)
            self._held.add(ticket)
            renewing = asyncio.get_running_loop().call_later(RENEW_SECONDS, self._renew, shared, queue, ticket)
            try:
                yield
            finally:
                # a task that is cancelled while it talks to Redis may not notice: it looks here
                self._held.discard(ticket)
                renewing.cancel()
                await self._give_back(shared, queue, ticket)

    async def _take(self, shared: RedisLink, queue: str, ticket: str) -> None:
        ends, pause = time.monotonic() + LONGEST_WAIT, FIRST_LOOK
        try:
            while not await self._asks(shared, queue, ticket):
                if time.monotonic() > ends:
                    raise TooMany
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, LONGEST_LOOK)
        except BaseException:
            await asyncio.shield(self._give_back(shared, queue, ticket))
            raise

    @staticmethod
    async def _asks(shared: RedisLink, queue: str, ticket: str) -> bool:
        """Whether it is our turn: it is, too, when nobody can say."""
        try:
            return bool(await shared.run(TAKE_TURN, [queue], [ticket, int(LEASE_SECONDS * 1000)]))
        except SharedStateError:
            return True

    def _renew(self, shared: RedisLink, queue: str, ticket: str) -> None:
        async def keep() -> None:
            while ticket in self._held:
                with suppress(SharedStateError):
                    await shared.run(KEEP_TURN, [queue], [ticket, int(LEASE_SECONDS * 1000)])
                await asyncio.sleep(RENEW_SECONDS)

        # a turn that takes so long is rare: most need no task
        task = asyncio.get_running_loop().create_task(keep())
        self._renewing.add(task)
        task.add_done_callback(self._renewing.discard)

    @staticmethod
    async def _give_back(shared: RedisLink, queue: str, ticket: str) -> None:
        try:
            await shared.run(GIVE_BACK, [queue], [ticket])
        except SharedStateError:
            return  # the lease runs out
