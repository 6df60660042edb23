"""One message at a time for each person, in the order they came; fragments of a thought are put together.

The first message is answered at once. One that comes right behind another is probably a part of the same thought, so more is
waited for, for less than a second: twenty fragments get two answers instead of twenty. Words of danger are never waited on, and
are understood as one text even when the first of them were answered already.

What waits here is what this worker answers; what came to others, and is for the same people, is fetched from what they share.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from bot.messaging.fragments import LAST, Arrived, cut, is_danger, joined, run_of, warns
from bot.messaging.received import Kind, Received

log = logging.getLogger(__name__)
LONGEST_WAIT = 3.0
"""Seconds that somebody who goes on typing waits for an answer."""
RECENT_SECONDS = 10.0
"""For so long the words before may belong to words of danger. After that they are forgotten."""
LONGEST_RECENT = 200
"""Characters: so few that words of danger which begin there still stand together with the next message."""
LOOK_SECONDS = 0.2
"""Who waits for more looks so often whether it came to another worker."""
MOST_REMEMBERED = 10_000
MOST_IN_A_BOX = 60
MOST_URGENT = 120
"""The same for words of danger: a flood does not keep them out."""

Turn = Callable[[str, Received], Awaitable[None]]


class Recent(NamedTuple):
    """What somebody typed just now, on this machine's steady clock."""

    at: float
    text: str


NOTHING = Recent(float("-inf"), "")


class Shared(Protocol):
    """What this worker and others have in common."""

    is_crowded: bool
    """Whether there are others."""

    async def look(self, sender: str) -> list[Arrived]:
        """All that waits of a person."""

    async def mark(self, keys: Sequence[str]) -> None:
        """These will be answered together."""

    async def close(self, sender: str, keys: Sequence[str], recent: Recent | None) -> list[Arrived]:
        """These are answered. What waits still, and is for this worker."""


@dataclass
class _Box:
    waiting: list[Arrived] = field(default_factory=list)
    answering: tuple[str, ...] | None = None
    more: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task | None = None


class Mailboxes:
    """`turn`: answers one message of a person. `seconds`: see MessagingSettings. `longest`: characters put together.

    `shared`: None when there is only memory.
    """

    def __init__(self, turn: Turn, seconds: float, longest: int, shared: Shared | None = None) -> None:
        self._turn, self._seconds, self._longest, self._shared = turn, seconds, longest, shared
        self._boxes: dict[str, _Box] = {}
        self._recent: OrderedDict[str, Recent] = OrderedDict()
        self._done: OrderedDict[str, None] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many messages wait, or are being answered."""
        return sum(len(box.waiting) + (box.answering is not None) for box in self._boxes.values())

    def has_room(self, sender: str, received: Received) -> bool:
        """Whether one more of this person may wait."""
        box = self._boxes.get(sender)
        most = MOST_URGENT if box and len(box.waiting) >= MOST_IN_A_BOX and is_danger(received) else MOST_IN_A_BOX
        return box is None or len(box.waiting) < most

    def put(self, sender: str, received: Received, key: str = "", order: float = LAST) -> bool:
        """Takes a message in; False when this person already has too many waiting."""
        if not self.has_room(sender, received):
            return False
        self.add(sender, [Arrived(time.monotonic(), received, (key,) if key else (), order)])
        return True

    def add(self, sender: str, arrived: Iterable[Arrived]) -> None:
        """Takes in what waited elsewhere, as far as it is new here."""
        box = self._boxes.get(sender) or _Box()
        known = {key for one in box.waiting for key in one.keys} | set(box.answering or ())
        new = [one for one in arrived if not any(key in known or key in self._done for key in one.keys)]
        if not new:
            return
        box.waiting = sorted([*box.waiting, *new], key=lambda one: one.order)
        box.more.set()
        if box.task is None:
            self._boxes[sender] = box
            box.task = asyncio.get_running_loop().create_task(self._work(sender, box))

    def holds(self, sender: str) -> bool:
        """Whether this person is being answered."""
        return sender in self._boxes

    def knows(self, sender: str, key: str) -> bool:
        """Whether a message waits here, is being answered, or was."""
        box = self._boxes.get(sender)
        here = box and (key in (box.answering or ()) or any(key in one.keys for one in box.waiting))
        return bool(here) or key in self._done

    def recall(self, sender: str, said: Recent | None) -> None:
        """What a person typed just now to another worker."""
        self.forget(sender)
        if said:
            self._remember(sender, said)

    def forget(self, sender: str) -> None:
        """Forgets what a person has typed just now, as when they ask for all of it to be deleted."""
        self._recent.pop(sender, None)

    async def finish(self, seconds: float) -> None:
        """Waits until everything is answered, at most so long."""
        tasks = [box.task for box in self._boxes.values() if box.task]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    def abandon(self) -> None:
        """Answers nothing more of what waits: another worker does."""
        boxes = list(self._boxes.values())
        self._boxes.clear()
        for box in boxes:
            if box.task:
                box.task.cancel()

    async def _work(self, sender: str, box: _Box) -> None:
        try:
            while box.waiting:
                one = await self._next(sender, box)
                box.answering = one.keys
                await self._answer(sender, one)
                if self._boxes.get(sender) is not box:
                    # abandoned: it was not answered, or not by us
                    return
                box.answering = None
                await self._close(sender, box, one.keys)
        finally:
            # nothing can come in between the look into the box and this: there is no await
            if self._boxes.get(sender) is box:
                del self._boxes[sender]

    async def _answer(self, sender: str, one: Arrived) -> None:
        received = replace(one.received, message_id=one.keys[0]) if one.keys else one.received
        try:
            if self._shared and len(one.keys) > 1:
                await self._shared.mark(one.keys)
        except Exception:
            log.exception("which messages are answered together could not be noted")
        try:
            await self._turn(sender, received)
        except Exception:
            log.exception("a message of a messaging channel could not be answered")

    async def _close(self, sender: str, box: _Box, keys: tuple[str, ...]) -> None:
        """These are answered. What was erased meanwhile, or is another worker's now, goes from the box."""
        for key in keys:
            self._done[key] = None
        while len(self._done) > MOST_REMEMBERED:
            self._done.popitem(last=False)
        if self._shared is None:
            return
        before = {key for one in box.waiting for key in one.keys}
        try:
            there = await self._shared.close(sender, keys, self._recent.get(sender))
        except Exception:
            # it is tried again when the house is kept
            log.exception("it could not be noted that a message was answered")
            return
        gone = before - {key for one in there for key in one.keys}
        box.waiting = [one for one in box.waiting if not gone.intersection(one.keys)]
        self.add(sender, there)

    async def _next(self, sender: str, box: _Box) -> Arrived:
        """The next message, with the fragments that follow it."""
        gives_up = box.waiting[0].at + LONGEST_WAIT
        while self._may_go_on(sender, box):
            left = min(box.waiting[-1].at + self._seconds, gives_up) - time.monotonic()
            if left <= 0:
                break
            shared = self._shared if self._shared and self._shared.is_crowded else None
            box.more.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(box.more.wait(), min(left, LOOK_SECONDS) if shared else left)
            if shared:
                await self._look(sender, shared)
        return self._take(sender, box)

    async def _look(self, sender: str, shared: Shared) -> None:
        try:
            self.add(sender, await shared.look(sender))
        except Exception:
            log.exception("what waits elsewhere could not be looked up")

    def _may_go_on(self, sender: str, box: _Box) -> bool:
        """Whether the last message came right behind another, and nothing in the box is complete by itself."""
        run = run_of(box.waiting, self._longest)
        if not self._seconds or len(run) < len(box.waiting) or run[0].whole:
            return False
        recent = self._recent_of(sender, run[0].at)
        before = run[-2].at if len(run) > 1 else recent.at
        if run[-1].at - before >= self._seconds:
            return False
        text = joined(recent.text, run)
        return len(text) < self._longest and not warns(text) and not any(is_danger(one.received) for one in run)

    def _take(self, sender: str, box: _Box) -> Arrived:
        first = box.waiting[0]
        run = run_of(box.waiting, self._longest) if self._seconds else []
        if not run or first.received.kind is not Kind.TEXT:
            self._recent.pop(sender, None)
            return box.waiting.pop(0)
        before = self._recent_of(sender, first.at).text
        many, text, danger = cut(run, before, self._seconds)
        last, keys = run[many - 1], tuple(key for one in run[:many] for key in one.keys)
        del box.waiting[:many]
        # words of danger are complete: what follows them is not a part of them
        self._remember(sender, Recent(last.at, "" if danger else f"{before} {text}".strip()[-LONGEST_RECENT:]))
        again = any(one.received.again for one in run[:many])
        return last._replace(received=replace(last.received, text=text, again=again), keys=keys)

    def _recent_of(self, sender: str, at: float) -> Recent:
        """What was said just before a message that came at this time."""
        found = self._recent.get(sender)
        return found if found and at - found.at < RECENT_SECONDS else NOTHING

    def _remember(self, sender: str, said: Recent) -> None:
        self._recent[sender] = said
        self._recent.move_to_end(sender)
        oldest = time.monotonic() - RECENT_SECONDS
        while self._recent and (len(self._recent) > MOST_REMEMBERED or next(iter(self._recent.values())).at < oldest):
            self._recent.popitem(last=False)
