"""Sees that an answer arrives: its parts in order, in a simpler form when one is refused, later when the platform is down."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Protocol, TypeVar

from bot.channels.render import Outgoing
from bot.errors import DeliveryError
from bot.messaging.capabilities import Capabilities
from bot.messaging.owed import Owed
from bot.messaging.records import MessagingRecords, Waiting

log = logging.getLogger(__name__)
T = TypeVar("T")
D = TypeVar("D")
Call = dict[str, Any]
"""What a channel asks its platform to do: plain data without secrets, so that it can wait in the outbox."""
MOST_FORMS = 3
"""A message, and simpler ones in its place: a picture, words in its place, words without their marks."""
OUTBOX_FIRST, OUTBOX_LONGEST = 10.0, 600.0
OUTBOX_AT_ONCE = 8


class Platform(Protocol):
    """What a channel knows of its platform."""

    capabilities: Capabilities

    def calls(self, outgoing: Outgoing, to: dict[str, Any]) -> list[Call]:
        """What sends a message."""

    def simpler(self, call: Call) -> Call | None:
        """What to send in place of a call that was refused for good; None when there is nothing simpler."""

    async def send(self, call: Call) -> None:
        """Makes a call. Raises DeliveryError."""


class Sending:
    """`run`: does a transaction; see Steady. `may_send`: whether no other worker answers instead; `owed`: see Owed."""

    def __init__(
        self, platform: Platform, records: MessagingRecords, run: Callable[[Callable[[], Any]], Awaitable[Any]],
        may_send: Callable[[], Awaitable[bool]], owed: Owed,
    ) -> None:  # fmt: skip
        self._owed = owed
        self._platform, self._records, self._run, self._may_send = platform, records, run, may_send
        self._name = platform.capabilities.name
        self._background: set[asyncio.Task] = set()

    async def send(self, sender: str, reply: list[Outgoing], to: dict[str, Any]) -> bool:
        """Sends a reply, or puts it into the outbox. False when another worker does."""
        calls, due = [call for outgoing in reply for call in self._calls(outgoing, to)], time.time()
        if not await self._may_send():
            return False
        # what to do in danger does not wait behind an answer that the platform will not take
        if not any(one.safety for one in reply) and await self._is_waiting(sender):
            await self._put_off(sender, calls, due)
            await self.kept(partial(self._records.hurry, sender), None)
            return True
        left, wait = await self._send_in_order(calls)
        if left:
            if not await self._may_send():
                # while it was tried: whoever has the person now answers all of it
                return False
            log.warning("%s: an answer could not be sent and waits", self._name)
            await self._put_off(sender, left, time.time() + max(OUTBOX_FIRST, wait))
        return True

    async def _is_waiting(self, sender: str) -> bool:
        if sender not in self._owed:
            return False
        found = await self.kept(partial(self._records.is_waiting, sender), None)
        if found is False:
            self._owed.clear(sender)
        return bool(found)

    async def _put_off(self, sender: str, calls: list[Call], due: float) -> None:
        self._owed.note(sender)
        await self.kept(partial(self._records.put_off, self._name, sender, calls, due), None)

    async def kept(self, work: Callable[[], T], otherwise: D) -> T | D:
        """What is kept beside the conversation must not cost anybody the answer."""
        try:
            return await self._run(work)
        except Exception:
            log.exception("%s: what is kept could not be read or written", self._name)
            return otherwise

    def quietly(self, call: Call) -> None:
        """Makes a call now, beside everything else; it may fail."""
        self._alone(self._send_quietly(call))

    async def empty_outbox(self) -> None:
        """Tries once more what could not be sent, and is due."""
        gate = asyncio.Semaphore(OUTBOX_AT_ONCE)
        # of each person the first; when that has arrived, the next may be due
        while due := await self._run(partial(self._records.due, self._name)):
            if not any(await asyncio.gather(*(self._try_again(waiting, gate) for waiting in due))):
                return

    def _calls(self, outgoing: Outgoing, to: dict[str, Any]) -> list[Call]:
        """What sends a message; its text alone when the rest of it cannot be written."""
        try:
            return self._platform.calls(outgoing, to)
        except Exception:
            log.exception("%s: a message could not be written with all it has", self._name)
            return self._platform.calls(Outgoing(outgoing.text), to)

    async def _send_in_order(self, calls: list[Call]) -> tuple[list[Call], float]:
        """Makes the calls. Gives those that are left when one fails for now, and how long the platform asks to wait."""
        for position, call in enumerate(calls):
            forms = [call]
            while True:
                try:
                    await self._platform.send(forms[-1])
                    break
                except DeliveryError as error:
                    if not error.lasting:
                        return [forms[-1], *calls[position + 1 :]], min(error.wait or 0.0, OUTBOX_LONGEST)
                    simpler = self._platform.simpler(forms[-1]) if len(forms) < MOST_FORMS else None
                    log.warning("%s: a message was refused%s: %s", self._name, "" if simpler else " for good", error)
                    if simpler is None:
                        break
                    forms.append(simpler)
                except Exception as error:
                    # its text may hold anything
                    log.error("%s: a message could not be sent (%s)", self._name, type(error).__name__)
                    return [forms[-1], *calls[position + 1 :]], 0.0
        return [], 0.0

    async def _send_quietly(self, call: Call) -> None:
        try:
            await self._platform.send(call)
        except Exception as error:
            log.info("%s: a call of little weight failed (%s)", self._name, type(error).__name__)

    def _alone(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _try_again(self, waiting: Waiting, gate: asyncio.Semaphore) -> bool:
        """Whether it is gone from the outbox. A fault with one must not keep the others."""
        async with gate:
            try:
                if not await self._run(partial(self._records.claim, waiting)):
                    return False
                left, wait = await self._send_in_order(waiting.calls)
                if left:
                    later = max(min(OUTBOX_FIRST * 2**waiting.tries, OUTBOX_LONGEST), wait)
                    await self._run(partial(self._records.try_again, waiting, left, time.time() + later))
                    return False
                await self._run(partial(self._records.sent, waiting))
                return True
            except Exception:
                log.exception("%s: an answer that waits could not be seen to", self._name)
                return False
