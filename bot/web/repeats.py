"""A message that is sent again, because its answer was lost on the way, is answered once.

The turn goes on when the browser leaves, so that trying again finds its answer here. Kept in memory for a few minutes.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import TypeVar

KEPT_SECONDS = 300.0
MOST_KEPT = 5_000

Result = TypeVar("Result")


class Repeats:
    """Answers by conversation and message id."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: OrderedDict[tuple[str, str], tuple[float, asyncio.Task]] = OrderedDict()
        self._alone: set[asyncio.Task] = set()

    async def once(self, sender: str, message_id: str | None, turn: Callable[[], Awaitable[Result]]) -> Result:
        """The result of `turn`, or of the same message's turn before. One that raised is forgotten, so it can be tried again."""
        self._forget_old()
        key = (sender, message_id or "")
        if message_id and key in self._kept:
            return await asyncio.shield(self._kept[key][1])
        task: asyncio.Task = asyncio.ensure_future(turn())
        # a reference of our own: the event loop keeps none, and the request that waits may be cancelled
        self._alone.add(task)
        task.add_done_callback(self._alone.discard)
        if message_id:
            self._kept[key] = (self._clock(), task)
            task.add_done_callback(lambda done: self._drop_failed(key, done))
        return await asyncio.shield(task)

    def forget(self, sender: str) -> None:
        """Forgets every answer of a conversation."""
        for key in [k for k in self._kept if k[0] == sender]:
            del self._kept[key]

    def _drop_failed(self, key: tuple[str, str], done: asyncio.Task) -> None:
        if done.cancelled() or done.exception() is not None:
            self._kept.pop(key, None)

    def _forget_old(self) -> None:
        while self._kept:
            oldest = next(iter(self._kept))
            if len(self._kept) <= MOST_KEPT and self._clock() - self._kept[oldest][0] < KEPT_SECONDS:
                return
            del self._kept[oldest]
