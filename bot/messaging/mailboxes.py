"""One message at a time for each person, in the order they came; fragments of a thought are put together.

The first message is answered at once. One that comes right behind another is probably a part of the same thought, so more is
waited for, for less than a second: twenty fragments get two answers instead of twenty. Words of danger are never waited on, and
are understood as one text even when the first of them were answered already.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field, replace
from itertools import takewhile
from typing import NamedTuple

from bot.messaging.received import Kind, Received
from bot.nlu import safety_patterns

log = logging.getLogger(__name__)
LONGEST_WAIT = 3.0
"""Seconds that somebody who goes on typing waits for an answer."""
RECENT_SECONDS = 10.0
"""For so long the words before may belong to words of danger. After that they are forgotten."""
LONGEST_RECENT = 200
"""Characters: so few that words of danger which begin there still stand together with the next message."""
MOST_REMEMBERED = 10_000
MOST_IN_A_BOX = 60
MOST_URGENT = 120
"""The same for words of danger: a flood does not keep them out."""
MOST_READ = 1_500
"""Characters that are looked through here for danger; the guard looks through all."""

Turn = Callable[[str, Received], Awaitable[None]]


class _Arrived(NamedTuple):
    at: float
    received: Received


class _Recent(NamedTuple):
    """What somebody typed just now; kept in memory only."""

    at: float
    text: str


@dataclass
class _Box:
    waiting: list[_Arrived] = field(default_factory=list)
    is_answering: bool = False
    more: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task | None = None


class Mailboxes:
    """`turn`: answers one message of a person. `seconds`: see MessagingSettings. `longest`: characters put together."""

    def __init__(self, turn: Turn, seconds: float, longest: int) -> None:
        self._turn, self._seconds, self._longest = turn, seconds, longest
        self._boxes: dict[str, _Box] = {}
        self._recent: OrderedDict[str, _Recent] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many messages wait, or are being answered."""
        return sum(len(box.waiting) + box.is_answering for box in self._boxes.values())

    def put(self, sender: str, received: Received) -> bool:
        """Takes a message in; False when this person already has too many waiting."""
        box = self._boxes.setdefault(sender, _Box())
        if len(box.waiting) >= MOST_IN_A_BOX and not (len(box.waiting) < MOST_URGENT and _is_danger(received)):
            return False
        box.waiting.append(_Arrived(time.monotonic(), received))
        box.more.set()
        if box.task is None:
            box.task = asyncio.get_running_loop().create_task(self._work(sender, box))
        return True

    def forget(self, sender: str) -> None:
        """Forgets what a person has typed just now, as when they ask for all of it to be deleted."""
        self._recent.pop(sender, None)

    async def finish(self, seconds: float) -> None:
        """Waits until everything is answered, at most so long."""
        tasks = [box.task for box in self._boxes.values() if box.task]
        if tasks:
            await asyncio.wait(tasks, timeout=seconds)

    async def _work(self, sender: str, box: _Box) -> None:
        try:
            while box.waiting:
                received = await self._next(sender, box)
                box.is_answering = True
                try:
                    await self._turn(sender, received)
                except Exception:
                    log.exception("a message of a messaging channel could not be answered")
                box.is_answering = False
        finally:
            # nothing can come in between the look into the box and this: there is no await
            del self._boxes[sender]

    async def _next(self, sender: str, box: _Box) -> Received:
        """The next message, with the fragments that follow it."""
        gives_up = box.waiting[0].at + LONGEST_WAIT
        while self._may_go_on(sender, box):
            left = min(box.waiting[-1].at + self._seconds, gives_up) - time.monotonic()
            if left <= 0:
                break
            box.more.clear()
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(box.more.wait(), left)
        return self._take(sender, box)

    def _may_go_on(self, sender: str, box: _Box) -> bool:
        """Whether the last message came right behind another, and nothing in the box is complete by itself."""
        run = self._run(box)
        if not self._seconds or len(run) < len(box.waiting):
            return False
        before = run[-2].at if len(run) > 1 else self._recent_of(sender).at
        if run[-1].at - before >= self._seconds:
            return False
        text = _joined(self._recent_of(sender).text, run)
        return len(text) < self._longest and not _warns(text) and not any(_is_danger(one.received) for one in run)

    def _run(self, box: _Box) -> list[_Arrived]:
        """The texts at the head of the box that can be put together, by their kind and length."""
        texts = list(takewhile(lambda arrived: arrived.received.kind is Kind.TEXT, box.waiting))
        length, fitting = -1, 0
        for arrived in texts:
            length += 1 + len(arrived.received.text)
            if length > self._longest:
                break
            fitting += 1
        # one alone may be as long as it likes: the guard sees to it
        return texts[: max(fitting, 1)]

    def _take(self, sender: str, box: _Box) -> Received:
        run = self._run(box) if self._seconds else []
        if not run:
            self._recent.pop(sender, None)
            return box.waiting.pop(0).received
        many, before = self._until_danger(run[: self._belong_together(run)]), self._recent_of(sender).text
        text = _joined("", run[:many])
        danger = _warns(text)
        if not danger:
            for said in (before, ""):
                if whole := self._completing(said, run, many):
                    danger, many, text = True, whole, _joined(said, run[:whole])
                    break
        last = run[many - 1]
        del box.waiting[:many]
        # words of danger are complete: what follows them is not a part of them
        self._remember(sender, _Recent(last.at, "" if danger else f"{before} {text}".strip()[-LONGEST_RECENT:]))
        return last.received if text == last.received.text else replace(last.received, text=text)

    def _belong_together(self, run: list[_Arrived]) -> int:
        """How many of them came right behind each other: two questions that waited are still two."""
        return next((n for n in range(1, len(run)) if run[n].at - run[n - 1].at >= self._seconds), len(run))

    @staticmethod
    def _until_danger(run: list[_Arrived]) -> int:
        """How many of them are put together: words of danger go with nothing that could take their meaning away."""
        for n, arrived in enumerate(run):
            if _is_danger(arrived.received):
                return max(n, 1)
        return next((n for n in range(2, len(run) + 1) if _warns(_joined("", run[:n]))), len(run))

    @staticmethod
    def _completing(before: str, run: list[_Arrived], least: int) -> int | None:
        """How many of them it takes to make words of danger of what was said before; None when they are none."""
        if _warns(before) or not _warns(_joined(before, run)):
            return None
        return next((n for n in range(least, len(run) + 1) if _warns(_joined(before, run[:n]))), None)

    def _recent_of(self, sender: str) -> _Recent:
        found = self._recent.get(sender)
        return found if found and time.monotonic() - found.at < RECENT_SECONDS else _Recent(float("-inf"), "")

    def _remember(self, sender: str, said: _Recent) -> None:
        self._recent[sender] = said
        self._recent.move_to_end(sender)
        oldest = time.monotonic() - RECENT_SECONDS
        while self._recent and (len(self._recent) > MOST_REMEMBERED or next(iter(self._recent.values())).at < oldest):
            self._recent.popitem(last=False)


def _joined(before: str, run: Iterable[_Arrived]) -> str:
    """One text; what is said twice in a row is said once."""
    texts = [before] if before.strip() else []
    for arrived in run:
        text = arrived.received.text
        if text.strip() and not (texts and texts[-1].strip().casefold() == text.strip().casefold()):
            texts.append(text)
    return " ".join(texts)


def _is_danger(received: Received) -> bool:
    return received.kind is Kind.TEXT and _warns(received.text)


def _warns(text: str) -> bool:
    return bool(safety_patterns.find(text[:MOST_READ]))
