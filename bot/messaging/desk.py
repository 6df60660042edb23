"""What a messaging channel does with what was let in: answers it once, in order, and sees that the answer arrives."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from typing import Any, Protocol

from bot import clock
from bot.channels.conversation import ERASING, SORRY, Conversations, Handler
from bot.channels.render import NEXT, Outgoing, Rendered, render
from bot.content.store import shared
from bot.dialogue.message import ANSWER
from bot.errors import BusyChannelError, DeliveryError
from bot.guard.gate import DANGER, ONLY_SIGNS, TOO_FAST
from bot.keys import Keys
from bot.messaging.capabilities import Capabilities
from bot.messaging.loops import MOST_ALIKE, STUCK, Loops
from bot.messaging.mailboxes import Mailboxes
from bot.messaging.received import Kind, Received
from bot.messaging.records import MessagingRecords
from bot.messaging.settings import MessagingSettings
from bot.nlu import safety_patterns
from bot.tracker_store import ConversationStore

log = logging.getLogger(__name__)
Call = dict[str, Any]
"""What a channel asks its platform to do: plain data without secrets, so that it can wait in the outbox."""
STALE_SECONDS = 172_800.0
"""Platforms deliver again for a day at most: what is older is an old request that somebody sends again."""
NOTICE = "chat_notice"
GROUP = (
    "I answer in private chats only, so that nobody else reads what you ask. Open a chat with just me and ask there. "
    f"{DANGER}"
)
ASKS_FOR_REST = frozenset({NEXT, "MORE", "REST", "CONTINUE", "GO ON"})
SAID_ONCE = frozenset({"too_fast", "empty", "no_words", "too_long", "ask_for_one", "unreadable", "group", "enough"})
LONGEST_CHOICE = 3
OUTBOX_EVERY, OUTBOX_FIRST, OUTBOX_LONGEST = 5.0, 10.0, 600.0
PURGE_EVERY = 3_600.0


class Platform(Protocol):
    """What a channel knows of its platform."""

    capabilities: Capabilities

    def calls(self, outgoing: Outgoing, to: dict[str, Any]) -> list[Call]:
        """What sends a message."""

    def simpler(self, call: Call) -> Call | None:
        """What to send in place of a call that was refused for good; None when there is nothing simpler."""

    async def send(self, call: Call) -> None:
        """Makes a call. Raises DeliveryError."""


class Desk:
    """`store`: where conversations are kept; `handle`: Rasa's own door."""

    def __init__(
        self, platform: Platform, store: ConversationStore, handle: Handler, keys: Keys,
        settings: MessagingSettings, talk: Conversations,
    ) -> None:  # fmt: skip
        self._platform, self._store, self._handle, self._keys, self._talk = platform, store, handle, keys, talk
        self._name, self._waiting = platform.capabilities.name, settings.waiting
        self.records = MessagingRecords(store.engine, keys)
        self._loops = Loops(settings.a_day)
        self.mailboxes = Mailboxes(self._turn, settings.fragment_seconds, talk.guard.settings.longest)
        self._background: set[asyncio.Task] = set()

    def sender(self, person: str) -> str:
        """The name that a person's conversation has in the store: a keyed hash."""
        return f"{self._name}-{self._keys.sign('person', f'{self._name}:{person}')}"

    def take(self, received: Sequence[Received]) -> None:
        """Takes in what is new of it; the answers follow. Raises BusyChannelError when no more can wait: send it again."""
        for one in received:
            if one.at is not None and time.time() - one.at > STALE_SECONDS:
                log.info("%s: a message of days ago was left alone", self._name)
                continue
            if self.mailboxes.waiting >= self._waiting:
                raise BusyChannelError("Too many messages are waiting. Please deliver this one again in a moment.")
            if not self.records.is_new(self._name, one.delivery):
                log.info("%s: a message that came before was not answered again", self._name)
            elif not self.mailboxes.put(self.sender(one.person), one):
                log.warning("%s: one person sent more than can wait; the rest was left out", self._name)

    async def _turn(self, sender: str, received: Received) -> None:
        if received.acknowledge:
            self._alone(self._send_quietly(received.acknowledge))
        reply = await self._reply(sender, received)
        if reply is not None:
            await self._send(sender, reply, received.to)

    async def _reply(self, sender: str, received: Received) -> list[Outgoing] | None:
        """What to send; None for nothing, which is said only to what no person said."""
        if received.kind is Kind.GROUP:
            return self._refusal(sender, GROUP, "group")
        if received.kind is Kind.UNREADABLE:
            return self._refusal(sender, ONLY_SIGNS, "unreadable")
        if rest := self._rest_asked_for(sender, received):
            return rest
        if received.kind is Kind.TEXT and not safety_patterns.find(received.text):
            times = self._loops.times(sender, received.text) if len(received.text) > LONGEST_CHOICE else 1
            if times > MOST_ALIKE:
                return [Outgoing(self._plain(STUCK))] if times == MOST_ALIKE + 1 else None
            if self._loops.enough_today(sender):
                return self._refusal(sender, TOO_FAST, "enough")
        return await self._answer(sender, received)

    async def _answer(self, sender: str, received: Received) -> list[Outgoing] | None:
        is_first = not self._store.knows(sender)
        said = "/ask_local_police" if received.kind is Kind.PLACE else received.text
        messages = await self._talk.say(
            said, sender, self._name, self._handle, self._erase, offered=self._store.offered, point=received.point
        )
        name = str((messages[0].get(ANSWER) or {}).get("name"))
        if name in SAID_ONCE and self._loops.refuses_again(sender, name):
            return None
        if any((m.get(ANSWER) or {}).get("name") == ERASING for m in messages):
            # numbers choose from what is kept, and nothing is kept any more
            messages = [m if self._platform.capabilities.buttons else {**m, "buttons": []} for m in messages]
        rendered = self._rendered(messages)
        if self._platform.capabilities.segments is not None:
            self.records.keep_rest(sender, rendered.later)
        notice = [self._notice()] if is_first and self._store.knows(sender) else []
        return self._with_notice(rendered.now, notice)

    def _with_notice(self, answer: list[Outgoing], notice: list[Outgoing]) -> list[Outgoing]:
        """The notice goes last, except where buttons vanish with the next message."""
        if notice and self._platform.capabilities.buttons_vanish and answer and answer[-1].buttons:
            return [*answer[:-1], *notice, answer[-1]]
        return [*answer, *notice]

    def _rendered(self, messages: list[dict[str, Any]]) -> Rendered:
        try:
            return render(messages, self._platform.capabilities)
        except Exception:
            log.exception("%s: an answer could not be shown", self._name)
            return Rendered(
                [Outgoing(self._plain(str(messages[0].get("text") or SORRY))[: self._platform.capabilities.text])], []
            )

    def _rest_asked_for(self, sender: str, received: Received) -> list[Outgoing] | None:
        if self._platform.capabilities.segments is None or received.kind is not Kind.TEXT:
            return None
        if received.text.strip(" .!\"'").upper() not in ASKS_FOR_REST or not (rest := self.records.rest(sender)):
            return None
        self.records.keep_rest(sender, rest[1:])
        return [Outgoing(rest[0])]

    def _refusal(self, sender: str, text: str, reason: str) -> list[Outgoing] | None:
        return None if self._loops.refuses_again(sender, reason) else [Outgoing(self._plain(text))]

    def _notice(self) -> Outgoing:
        return Outgoing(self._plain(shared().current().answer(NOTICE, clock.today()).text))

    def _plain(self, text: str) -> str:
        capabilities = self._platform.capabilities
        return capabilities.markup.plain(capabilities.written(text))

    def _erase(self, sender: str) -> None:
        """What "delete my data" deletes here."""
        self._store.erase(sender)
        self.records.erase(sender)

    async def _send(self, sender: str, reply: list[Outgoing], to: dict[str, Any]) -> None:
        calls = [call for outgoing in reply for call in self._platform.calls(outgoing, to)]
        if self.records.is_waiting(sender):
            self.records.put_off(self._name, sender, calls, time.time())
            return
        if left := await self._send_in_order(calls):
            log.warning("%s: an answer could not be sent and waits", self._name)
            self.records.put_off(self._name, sender, left, time.time() + OUTBOX_FIRST)

    async def _send_in_order(self, calls: list[Call]) -> list[Call]:
        """Makes the calls; gives those that are left when one fails for now."""
        for position, call in enumerate(calls):
            tried: Call | None = call
            while tried is not None:
                try:
                    await self._platform.send(tried)
                    break
                except DeliveryError as error:
                    if not error.lasting:
                        return [tried, *calls[position + 1 :]]
                    tried = self._platform.simpler(tried)
                    log.warning("%s: a message was refused%s: %s", self._name, "" if tried else " for good", error)
        return []

    async def _send_quietly(self, call: Call) -> None:
        try:
            await self._platform.send(call)
        except DeliveryError as error:
            log.info("%s: %s", self._name, error)

    def _alone(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def empty_outbox(self) -> None:
        """Tries once more what could not be sent, and is due."""
        for waiting in self.records.due(self._name):
            if left := await self._send_in_order(waiting.calls):
                wait = min(OUTBOX_FIRST * 2**waiting.tries, OUTBOX_LONGEST)
                self.records.try_again(waiting, left, time.time() + wait)
            else:
                self.records.sent(waiting)

    async def keep_house(self, every: float = OUTBOX_EVERY) -> None:
        """Sends what waits and deletes what has had its time, for as long as the server runs."""
        purged = 0.0
        while True:
            try:
                await self.empty_outbox()
                if time.monotonic() - purged > PURGE_EVERY:
                    await asyncio.to_thread(self.records.purge)
                    purged = time.monotonic()
            except Exception:
                log.exception("%s: what waits could not be seen to; tried again soon", self._name)
            await asyncio.sleep(every)
