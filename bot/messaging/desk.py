"""What a messaging channel does with what was let in: answers it once, in order, and sees that the answer arrives."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import partial
from typing import Any

from bot.channels.conversation import ERASING, SORRY, Conversations, Handler
from bot.channels.render import NEXT, Outgoing, Rendered, render
from bot.dialogue.message import ANSWER
from bot.errors import BusyChannelError
from bot.guard.gate import DANGER, ONLY_SIGNS
from bot.keys import Keys
from bot.messaging.announcements import Announcements
from bot.messaging.inbox import Inbox
from bot.messaging.loops import ALARM_SECONDS, ENOUGH, ENOUGH_SECONDS, MOST_ALARMS, STUCK, Loops, most_alike
from bot.messaging.notice import Notice
from bot.messaging.owed import Owed
from bot.messaging.received import Kind, Received
from bot.messaging.records import MessagingRecords
from bot.messaging.sending import Platform, Sending
from bot.messaging.settings import MessagingSettings
from bot.messaging.sharing import PATIENCE_SECONDS, Sharing
from bot.nlu import safety_patterns
from bot.nlu.safety_intents import EMERGENCY
from bot.operations import state, while_off
from bot.stores.database import Steady
from bot.tracker_store import ConversationStore

log = logging.getLogger(__name__)
STALE_SECONDS = 172_800.0
"""Platforms deliver again for a day at most: what is older is an old request that somebody sends again."""
GROUP = (
    "I answer in private chats only, so that nobody else reads what you ask. Open a chat with just me and ask there. "
    f"{DANGER}"
)
ASKS_FOR_REST = frozenset({NEXT, "MORE", "REST", "CONTINUE", "GO ON"})
SAID_ONCE = frozenset({"too_fast", "empty", "no_words"})
NO_ANSWER = SAID_ONCE | {"too_long", "ask_for_one", "failed", "off"}
"""After these, the rest of the answer before may still be asked for."""
OUTBOX_EVERY = 5.0
PURGE_EVERY = 3_600.0
MOST_AT_ONCE = 64
"""Answers that are made at once: with more, what must happen every second would wait behind them."""


class Desk:
    """`store`: where conversations are kept; `handle`: Rasa's own door."""

    def __init__(
        self, platform: Platform, store: ConversationStore, handle: Handler, keys: Keys,
        settings: MessagingSettings, talk: Conversations,
    ) -> None:  # fmt: skip
        self._platform, self._store, self._handle, self._keys, self._talk = platform, store, handle, keys, talk
        self._name, self._waiting = platform.capabilities.name, settings.waiting
        self.records, inbox = MessagingRecords(store.engine, keys), Inbox(store.engine, keys, self._name)
        self._loops, self._owed = Loops(settings.a_day), Owed()
        self._sharing = Sharing(
            inbox, self._loops, store.answered, Steady(store.engine, PATIENCE_SECONDS), self._turn,
            settings.fragment_seconds, talk.guard.settings.longest, settings.waiting, self._owed,
        )  # fmt: skip
        self.mailboxes = self._sharing.mailboxes
        self._sending = Sending(platform, self.records, self._sharing.run, self._sharing.is_alive, self._owed)
        self._kept, self.empty_outbox = self._sending.kept, self._sending.empty_outbox
        self._notice, self._announcements = Notice(store), Announcements()
        self._left: dict[str, list[str]] = {}
        self._gate = asyncio.Semaphore(MOST_AT_ONCE)

    def sender(self, person: str) -> str:
        """The name that a person's conversation has in the store: a keyed hash."""
        return f"{self._name}-{self._keys.sign('person', f'{self._name}:{person}')}"

    async def take(self, received: Sequence[Received]) -> None:
        """Takes in what is new of it; the answers follow. Raises BusyChannelError when no more can wait: send it again."""
        for one in received:
            if one.at is not None and time.time() - one.at > STALE_SECONDS:
                log.info("%s: a message of days ago was left alone", self._name)
            elif self.mailboxes.waiting >= self._waiting:
                raise BusyChannelError("Too many messages are waiting. Please deliver this one again in a moment.")
            elif await self._take(self.sender(one.person), one) and one.acknowledge:
                # now, and not when its turn comes: the platform waits for it, for seconds only
                self._sending.quietly(one.acknowledge)

    async def _take(self, sender: str, received: Received) -> bool:
        """Whether it will be answered, by this worker or another."""
        key = self._keys.sign("delivery", f"{self._name}:{received.delivery}")
        try:
            taken = await self._sharing.take(key, sender, received)
        except Exception:
            # from memory then: an answer twice is better than none
            log.exception("%s: a message could not be put into the inbox", self._name)
            self._owed.note(sender)
            return self.mailboxes.put(sender, received)
        if not taken.is_new:
            log.info("%s: a message that came before was not answered again", self._name)
        elif taken.id is None:
            log.warning("%s: one person sent more than can wait; the rest was left out", self._name)
        return taken.id is not None

    async def _turn(self, sender: str, received: Received) -> None:
        try:
            async with self._gate_for(received):
                reply = await self._reply(sender, received)
        except Exception:
            log.exception("%s: a message could not be answered", self._name)
            reply = [Outgoing(self._plain(SORRY))]
        left = self._left.pop(sender, None)
        if reply and not await self._sending.send(sender, reply, received.to):
            return
        # behind the sending: nobody asks for the rest before the answer is there
        if left is not None:
            await self._kept(partial(self.records.keep_rest, sender, left), None)

    def _gate_for(self, received: Received) -> AbstractAsyncContextManager[None]:
        return nullcontext() if safety_patterns.find(received.text) else self._gate

    async def _reply(self, sender: str, received: Received) -> list[Outgoing] | None:
        """What to send; None for nothing, which is said only to what leads nowhere: see Loops."""
        danger = bool(safety_patterns.find(received.text)) or self._loops.is_in_danger(sender)
        off = state.shared().current().off_now()
        unreadable = str(while_off.greeting(off)["text"]) if off else ONLY_SIGNS
        if refusal := {Kind.GROUP: GROUP, Kind.UNREADABLE: unreadable}.get(received.kind):
            reply = self._refusal(sender, refusal, received.kind.value)
            return [Outgoing(self._plain(refusal))] if danger else reply
        if not off and (rest := await self._rest_asked_for(sender, received)):
            self._loops.times(sender, "")
            return rest
        # whatever comes in between ends a row, so all is counted
        times, most = self._loops.times(sender, received.text), most_alike(received.text)
        if danger and times > MOST_ALARMS:
            # a machine that says the same all day; a person hears it once a minute still
            return (
                None if self._loops.refuses_again(sender, "alarm", ALARM_SECONDS) else [Outgoing(self._plain(DANGER))]
            )
        if received.kind is Kind.TEXT and not danger:
            if times > most:
                return [Outgoing(self._plain(STUCK))] if times == most + 1 else None
            if self._loops.enough_today(sender):
                again = self._loops.refuses_again(sender, "enough", ENOUGH_SECONDS)
                return None if again else [Outgoing(self._plain(ENOUGH))]
        return await self._answer(sender, received)

    async def _answer(self, sender: str, received: Received) -> list[Outgoing] | None:
        saved = received.message_id if received.again else ""
        is_due = await self._is_notice_due(sender, saved)
        said = "/ask_local_police" if received.kind is Kind.PLACE else received.text
        messages = await self._talk.say(
            said, sender, self._name, self._handle, self._erase, offered=self._store.offered, point=received.point,
            message_id=received.message_id or None, answered=self._store.answered if received.again else None,
        )  # fmt: skip
        parts = [message.get(ANSWER) or {} for message in messages]
        names = [str(told.get("name")) for told in parts]
        if EMERGENCY in names:
            self._loops.note_danger(sender)
        if names[0] in SAID_ONCE and self._loops.refuses_again(sender, names[0]):
            return None
        if ERASING in names:
            # numbers choose from what is kept, and nothing is kept any more
            messages = [m if self._platform.capabilities.buttons else {**m, "buttons": []} for m in messages]
        rendered = self._rendered(messages)
        if self._platform.capabilities.segments is not None and (rendered.later or names[0] not in NO_ANSWER):
            self._left[sender] = rendered.later
        if names[0] in NO_ANSWER or ERASING in names:
            return rendered.now
        told = self._with_notice(rendered.now, await self._announcements.text(sender, parts))
        notice = await self._kept(partial(self._notice.text, sender, parts), "") if is_due else ""
        return self._with_notice(told, notice)

    async def _is_notice_due(self, sender: str, saved: str) -> bool:
        if self._notice.was_told(sender):
            return False
        try:
            return await asyncio.wait_for(self._notice.is_due(sender, saved), PATIENCE_SECONDS)
        except Exception:
            log.exception("%s: it could not be looked up who is new here", self._name)
            return False

    def _with_notice(self, answer: list[Outgoing], notice: str) -> list[Outgoing]:
        """The notice goes last, and takes along the buttons that would vanish."""
        if not notice:
            return answer
        buttons = answer[-1].buttons if answer and self._platform.capabilities.buttons_vanish else ()
        return [*answer, Outgoing(self._plain(notice), buttons)]

    def _rendered(self, messages: list[dict[str, Any]]) -> Rendered:
        try:
            rendered = render(messages, self._platform.capabilities)
            if rendered.now:
                return rendered
            log.error("%s: nothing of an answer could be shown", self._name)
        except Exception:
            log.exception("%s: an answer could not be shown", self._name)
        # half of what fits, because signs may need more room when they are written for the channel
        most, texts = self._platform.capabilities.text // 2, [str(m.get("text") or "") for m in messages]
        parts = [text[start : start + most] for text in texts for start in range(0, len(text.strip()), most)]
        return Rendered([Outgoing(self._plain(part)) for part in parts or [SORRY]], [])

    async def _rest_asked_for(self, sender: str, received: Received) -> list[Outgoing] | None:
        if self._platform.capabilities.segments is None or received.kind is not Kind.TEXT:
            return None
        asked = " ".join(received.text.split()).strip(" .!\"'").upper()
        if asked not in ASKS_FOR_REST or not (rest := await self._sharing.run(partial(self.records.rest, sender))):
            return None
        self._left[sender] = rest[1:]
        return [Outgoing(rest[0])]

    def _refusal(self, sender: str, text: str, reason: str) -> list[Outgoing] | None:
        """A machine can send pictures all day too."""
        if self._loops.refuses_again(sender, reason) or self._loops.enough_today(sender):
            return None
        return [Outgoing(self._plain(text))]

    def _plain(self, text: str) -> str:
        capabilities = self._platform.capabilities
        return capabilities.markup.plain(capabilities.written(text))

    async def _erase(self, sender: str) -> None:
        """What "delete my data" deletes here. What was sent behind it waits on, as what begins a new conversation."""
        await self._store.run(partial(self._store.erase, sender))
        await self._sharing.run(partial(self.records.erase, sender, letters=False))
        self.mailboxes.forget(sender)

    async def keep_house(self, every: float = OUTBOX_EVERY) -> None:
        """Sends what waits, answers what others left and deletes what has had its time, for as long as the server runs."""
        await asyncio.gather(self._sharing.keep(), self._keep_outbox(every))

    async def stop(self, seconds: float) -> None:
        """Answers what waits, for so long; the rest is for the other workers, or for this one when it starts again."""
        await self._sharing.stop(seconds)

    async def _keep_outbox(self, every: float) -> None:
        purged = float("-inf")
        while True:
            try:
                await self.empty_outbox()
            except Exception:
                log.exception("%s: what waits could not be seen to; tried again soon", self._name)
            if time.monotonic() - purged > PURGE_EVERY:
                purged = time.monotonic()
                try:
                    await asyncio.to_thread(self.records.purge)
                except Exception:
                    log.exception("%s: what is old could not be deleted; tried again in an hour", self._name)
            await asyncio.sleep(every)
