"""One message at a time in each conversation; a few may wait, in the order they came."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


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
