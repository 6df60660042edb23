"""One message at a time for each person, in the order they came; fragments of a thought are put together.

The first message is answered at once. One that comes right behind another is probably a part of the same thought, so more is
waited for, for less than a second: twenty fragments get two answers instead of twenty. Words of danger are never waited on.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from bot.messaging.received import Kind, Received
from bot.nlu import safety_patterns

log = logging.getLogger(__name__)
LONGEST_WAIT = 3.0
"""Seconds that somebody who goes on typing waits for an answer."""
MOST_REMEMBERED = 10_000
MOST_IN_A_BOX = 60

Turn = Callable[[str, Received], Awaitable[None]]


@dataclass
class _Box:
    waiting: list[tuple[float, Received]] = field(default_factory=list)
    task: asyncio.Task | None = None


class Mailboxes:
    """`turn`: answers one message of a person. `seconds`: see MessagingSettings. `longest`: characters put together."""

    def __init__(self, turn: Turn, seconds: float, longest: int) -> None:
        self._turn, self._seconds, self._longest = turn, seconds, longest
        self._boxes: dict[str, _Box] = {}
        self._last: OrderedDict[str, float] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many messages wait, or are being answered."""
        return sum(len(box.waiting) + 1 for box in self._boxes.values())

    def put(self, sender: str, received: Received) -> bool:
        """Takes a message in; False when this person already has too many waiting."""
        box = self._boxes.setdefault(sender, _Box())
        if len(box.waiting) >= MOST_IN_A_BOX:
            return False
        box.waiting.append((time.monotonic(), received))
        if box.task is None:
            box.task = asyncio.get_running_loop().create_task(self._work(sender, box))
        return True

    async def finish(self, seconds: float) -> None:
        """Waits until everything is answered, at most so long."""
        tasks = [box.task for box in self._boxes.values() if box.task]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    async def _work(self, sender: str, box: _Box) -> None:
        try:
            while box.waiting:
                received = await self._next(sender, box)
                try:
                    await self._turn(sender, received)
                except Exception:
                    log.exception("a message of a messaging channel could not be answered")
        finally:
            del self._boxes[sender]

    async def _next(self, sender: str, box: _Box) -> Received:
        """The next message, with the fragments that follow it."""
        if self._seconds and self._follows_closely(sender, box):
            begun = time.monotonic()
            while time.monotonic() - begun < LONGEST_WAIT and not self._is_urgent(box):
                quiet = time.monotonic() - box.waiting[-1][0]
                if quiet >= self._seconds:
                    break
                await asyncio.sleep(min(self._seconds - quiet, 0.05))
        return self._take(sender, box)

    def _follows_closely(self, sender: str, box: _Box) -> bool:
        arrived, received = box.waiting[0]
        before = self._last.get(sender)
        return received.kind is Kind.TEXT and before is not None and arrived - before < self._seconds

    @staticmethod
    def _is_urgent(box: _Box) -> bool:
        if any(received.kind is not Kind.TEXT for _, received in box.waiting):
            return True
        return bool(safety_patterns.find(" ".join(received.text for _, received in box.waiting)))

    def _take(self, sender: str, box: _Box) -> Received:
        arrived, received = box.waiting.pop(0)
        if received.kind is Kind.TEXT and self._seconds:
            texts = [received.text]
            while box.waiting and box.waiting[0][1].kind is Kind.TEXT:
                if len(" ".join(texts)) + 1 + len(box.waiting[0][1].text) > self._longest:
                    break
                arrived, following = box.waiting.pop(0)
                texts.append(following.text)
                received = replace(following, text=" ".join(t for t in texts if t.strip()))
        self._last[sender] = arrived
        self._last.move_to_end(sender)
        while len(self._last) > MOST_REMEMBERED:
            self._last.popitem(last=False)
        return received
