"""Documents on their way to a broker: a queue in memory with an end, so that a broker that is slow or gone costs figures only.

What does not fit is dropped and counted. A document that may not have arrived is sent again: its `id` tells the receiver.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import random
from collections import deque
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Protocol

from prometheus_client import Counter, Gauge

log = logging.getLogger(__name__)
MOST_WAITING = 10_000
"""Documents, each of some 270 bytes: an hour of three messages a second."""
BATCH = 100
OPEN_SECONDS, SEND_SECONDS, CLOSE_SECONDS = 10.0, 15.0, 2.0
FLUSH_SECONDS = 3.0
"""How long the end of the server waits for what is still here."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
SENT, FULL, REFUSED, STOPPED = "sent", "full", "refused", "stopped"
"""What becomes of a document: the last three are losses, of a full queue, by the broker's word, and at the server's end."""

EVENTS = Counter("plan_events_total", "Documents for analytics: sent, or lost and why", ["outcome"])
WAITING = Gauge("plan_events_waiting", "Documents for analytics not sent yet", multiprocess_mode="livesum")


class Sender(Protocol):
    """A connection to a broker. Whatever it raises means: try again later."""

    async def open(self) -> None:
        """Connects."""

    async def send(self, documents: Sequence[bytes]) -> int:
        """Returns when the broker has taken them, and how many it refused for good."""

    async def close(self) -> None:
        """Gives the connection up; also one that is broken or was never made."""


class Outbox:
    """`most`: documents that may wait; `pauses`: seconds before the first and between later tries to connect."""

    def __init__(
        self, sender: Sender, *, most: int = MOST_WAITING, pauses: tuple[float, float] = (FIRST_PAUSE, LONGEST_PAUSE)
    ) -> None:
        self._sender, self._most, self._pauses = sender, most, pauses
        self._queue: deque[bytes] = deque()
        self._some, self._closing = asyncio.Event(), asyncio.Event()
        self._is_open = False
        self._task: asyncio.Task[None] | None = None
        self.counts = dict.fromkeys((SENT, FULL, REFUSED, STOPPED), 0)

    @property
    def waiting(self) -> int:
        """Documents that are not sent yet."""
        return len(self._queue)

    @property
    def dropped(self) -> int:
        """Documents that were lost, for whatever reason."""
        return sum(self.counts.values()) - self.counts[SENT]

    @property
    def is_open(self) -> bool:
        """Whether the broker answered last."""
        return self._is_open

    def start(self) -> None:
        """Begins to send, on the running loop."""
        self._task = asyncio.get_running_loop().create_task(self._run())

    def put(self, document: Mapping[str, Any]) -> None:
        """Takes a document, or drops it when too many wait. Never waits."""
        if self._closing.is_set():
            self._count(STOPPED)
            return
        if len(self._queue) >= self._most:
            if not self.counts[FULL]:
                log.warning("events: %d documents wait; from now on some are dropped and counted", len(self._queue))
            self._count(FULL)
            return
        self._queue.append(json.dumps(document, separators=(",", ":")).encode())
        self._some.set()
        WAITING.set(len(self._queue))

    async def close(self, seconds: float = FLUSH_SECONDS) -> None:
        """Sends what waits, for so long at most; the rest is lost and counted."""
        self._closing.set()
        self._some.set()
        if self._task:
            await asyncio.wait({self._task}, timeout=seconds)
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
        await self._give_up()
        if self._queue:
            log.warning("events: %d documents were not sent before the end", len(self._queue))
        self._count(STOPPED, len(self._queue))
        self._queue.clear()
        WAITING.set(0)

    async def _run(self) -> None:
        pause = self._pauses[0]
        while self._queue or not self._closing.is_set():
            if not self._queue:
                self._some.clear()
                await self._some.wait()
                continue
            try:
                await self._send_some()
                pause = self._pauses[0]
            except Exception as error:
                # its words may hold the address with its password
                if self._is_open or pause == self._pauses[0]:
                    log.warning("events: the broker does not answer (%s); tried again", type(error).__name__)
                await self._give_up()
                # not all workers at the same moment
                await self._sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311
                pause = min(pause * 2, self._pauses[1])

    async def _send_some(self) -> None:
        if not self._is_open:
            await asyncio.wait_for(self._sender.open(), OPEN_SECONDS)
            self._is_open = True
            log.info("events: connected to the broker")
        batch = list(islice(self._queue, BATCH))
        refused = await asyncio.wait_for(self._sender.send(batch), SEND_SECONDS)
        # they stand in the queue until the broker has them
        for _ in batch:
            self._queue.popleft()
        WAITING.set(len(self._queue))
        if refused and not self.counts[REFUSED]:
            log.warning("events: the broker refuses documents: is there a queue for them, and room in it?")
        self._count(REFUSED, refused)
        self._count(SENT, len(batch) - refused)

    async def _sleep(self, seconds: float) -> None:
        if self._closing.is_set():
            await asyncio.sleep(min(seconds, 0.2))
            return
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._closing.wait(), seconds)

    async def _give_up(self) -> None:
        self._is_open = False
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self._sender.close(), CLOSE_SECONDS)

    def _count(self, outcome: str, many: int = 1) -> None:
        if many:
            self.counts[outcome] += many
            EVENTS.labels(outcome).inc(many)
