"""What a messaging channel does with what was let in: answers it once, in order, and sees that the answer arrives."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, Protocol, TypeVar

from bot.channels.conversation import ERASING, SORRY, Conversations, Handler
from bot.channels.render import NEXT, Outgoing, Rendered, render
from bot.dialogue.message import ANSWER
from bot.errors import BusyChannelError, DeliveryError
from bot.guard.gate import DANGER, ONLY_SIGNS
from bot.keys import Keys
from bot.messaging.capabilities import Capabilities
from bot.messaging.loops import ALARM_SECONDS, ENOUGH, ENOUGH_SECONDS, MOST_ALARMS, STUCK, Loops, most_alike
from bot.messaging.mailboxes import Mailboxes
from bot.messaging.notice import Notice
from bot.messaging.received import Kind, Received
from bot.messaging.records import MessagingRecords, Waiting
from bot.messaging.settings import MessagingSettings
from bot.nlu import safety_patterns
from bot.tracker_store import ConversationStore

log = logging.getLogger(__name__)
T = TypeVar("T")
Call = dict[str, Any]
"""What a channel asks its platform to do: plain data without secrets, so that it can wait in the outbox."""
STALE_SECONDS = 172_800.0
"""Platforms deliver again for a day at most: what is older is an old request that somebody sends again."""
GROUP = (
    "I answer in private chats only, so that nobody else reads what you ask. Open a chat with just me and ask there. "
    f"{DANGER}"
)
ASKS_FOR_REST = frozenset({NEXT, "MORE", "REST", "CONTINUE", "GO ON"})
SAID_ONCE = frozenset({"too_fast", "empty", "no_words"})
NO_ANSWER = SAID_ONCE | {"too_long", "ask_for_one", "failed"}
"""After these, the rest of the answer before may still be asked for."""
MOST_FORMS = 3
"""A message, and simpler ones in its place: a picture, words in its place, words without their marks."""
OUTBOX_EVERY, OUTBOX_FIRST, OUTBOX_LONGEST = 5.0, 10.0, 600.0
OUTBOX_AT_ONCE = 8
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
        self._notice = Notice(store)
        self._left: dict[str, list[str]] = {}
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
            sender = self.sender(one.person)
            # an answer twice is better than none
            if not self._kept(partial(self.records.is_new, self._name, one.delivery), True):
                log.info("%s: a message that came before was not answered again", self._name)
            elif not self.mailboxes.put(sender, one):
                log.warning("%s: one person sent more than can wait; the rest was left out", self._name)
            elif one.acknowledge:
                # now, and not when its turn comes: the platform waits for it, for seconds only
                self._alone(self._send_quietly(one.acknowledge))

    async def _turn(self, sender: str, received: Received) -> None:
        try:
            reply = await self._reply(sender, received)
        except Exception:
            log.exception("%s: a message could not be answered", self._name)
            reply = [Outgoing(self._plain(SORRY))]
        if reply:
            await self._send(sender, reply, received.to)
        # behind the sending: nobody asks for the rest before the answer is there
        left = self._left.pop(sender, None)
        if left is not None:
            self._kept(lambda: self.records.keep_rest(sender, left), None)

    async def _reply(self, sender: str, received: Received) -> list[Outgoing] | None:
        """What to send; None for nothing, which is said only to what leads nowhere: see Loops."""
        danger = bool(safety_patterns.find(received.text))
        if refusal := {Kind.GROUP: GROUP, Kind.UNREADABLE: ONLY_SIGNS}.get(received.kind):
            reply = self._refusal(sender, refusal, received.kind.value)
            return [Outgoing(self._plain(refusal))] if danger else reply
        if rest := self._rest_asked_for(sender, received):
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
        is_due = self._kept(lambda: self._notice.is_due(sender), False)
        said = "/ask_local_police" if received.kind is Kind.PLACE else received.text
        messages = await self._talk.say(
            said, sender, self._name, self._handle, self._erase, offered=self._store.offered, point=received.point
        )
        parts = [message.get(ANSWER) or {} for message in messages]
        names = [str(told.get("name")) for told in parts]
        if names[0] in SAID_ONCE and self._loops.refuses_again(sender, names[0]):
            return None
        if ERASING in names:
            # numbers choose from what is kept, and nothing is kept any more
            messages = [m if self._platform.capabilities.buttons else {**m, "buttons": []} for m in messages]
        rendered = self._rendered(messages)
        if self._platform.capabilities.segments is not None and (rendered.later or names[0] not in NO_ANSWER):
            self._left[sender] = rendered.later
        if not is_due or names[0] in NO_ANSWER or ERASING in names:
            return rendered.now
        return self._with_notice(rendered.now, self._kept(lambda: self._notice.text(sender, parts), ""))

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

    def _rest_asked_for(self, sender: str, received: Received) -> list[Outgoing] | None:
        if self._platform.capabilities.segments is None or received.kind is not Kind.TEXT:
            return None
        asked = " ".join(received.text.split()).strip(" .!\"'").upper()
        if asked not in ASKS_FOR_REST or not (rest := self.records.rest(sender)):
            return None
        self.records.keep_rest(sender, rest[1:])
        return [Outgoing(rest[0])]

    def _refusal(self, sender: str, text: str, reason: str) -> list[Outgoing] | None:
        """A machine can send pictures all day too."""
        if self._loops.refuses_again(sender, reason) or self._loops.enough_today(sender):
            return None
        return [Outgoing(self._plain(text))]

    def _plain(self, text: str) -> str:
        capabilities = self._platform.capabilities
        return capabilities.markup.plain(capabilities.written(text))

    def _kept(self, work: Callable[[], T], otherwise: T) -> T:
        """What is kept beside the conversation must not cost anybody the answer."""
        try:
            return work()
        except Exception:
            log.exception("%s: what is kept could not be read or written", self._name)
            return otherwise

    def _erase(self, sender: str) -> None:
        """What "delete my data" deletes here."""
        self._store.erase(sender)
        self.records.erase(sender)
        self.mailboxes.forget(sender)

    async def _send(self, sender: str, reply: list[Outgoing], to: dict[str, Any]) -> None:
        calls, due = [call for outgoing in reply for call in self._calls(outgoing, to)], time.time()
        # what to do in danger does not wait behind an answer that the platform will not take
        if not any(one.safety for one in reply) and self._kept(lambda: self.records.is_waiting(sender), False):
            self._kept(lambda: self.records.put_off(self._name, sender, calls, due), None)
            self._kept(lambda: self.records.hurry(sender), None)
            return
        left, wait = await self._send_in_order(calls)
        if left:
            log.warning("%s: an answer could not be sent and waits", self._name)
            due = time.time() + max(OUTBOX_FIRST, wait)
            self._kept(lambda: self.records.put_off(self._name, sender, left, due), None)

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

    async def empty_outbox(self) -> None:
        """Tries once more what could not be sent, and is due."""
        gate = asyncio.Semaphore(OUTBOX_AT_ONCE)
        # of each person the first; when that has arrived, the next may be due
        while due := self.records.due(self._name):
            if not any(await asyncio.gather(*(self._try_again(waiting, gate) for waiting in due))):
                return

    async def _try_again(self, waiting: Waiting, gate: asyncio.Semaphore) -> bool:
        """Whether it is gone from the outbox. A fault with one must not keep the others."""
        async with gate:
            try:
                if not self.records.claim(waiting):
                    return False
                left, wait = await self._send_in_order(waiting.calls)
                if left:
                    later = max(min(OUTBOX_FIRST * 2**waiting.tries, OUTBOX_LONGEST), wait)
                    self.records.try_again(waiting, left, time.time() + later)
                    return False
                self.records.sent(waiting)
                return True
            except Exception:
                log.exception("%s: an answer that waits could not be seen to", self._name)
                return False

    async def keep_house(self, every: float = OUTBOX_EVERY) -> None:
        """Sends what waits and deletes what has had its time, for as long as the server runs."""
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
