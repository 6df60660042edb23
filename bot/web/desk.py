"""What the web channel does for a request that was let in: begins, answers, remembers, ends, and hears what helped."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from bot import clock
from bot.channels.conversation import TURN_SECONDS, Conversations, Handler
from bot.content.store import shared
from bot.dialogue.message import ANSWER, from_content
from bot.errors import BusyChannelError, ExpiredIdError
from bot.events.broker import tell_feedback
from bot.guard import personal_data
from bot.guard.text import plain
from bot.guard.turns import TooMany
from bot.operations import state, while_off
from bot.operations.state import Notice
from bot.stores.database import STEADY_SECONDS
from bot.tracker_store import ConversationStore
from bot.web import documents, requests
from bot.web.ids import ConversationIds, Opened
from bot.web.records import Records
from bot.web.repeats import Repeats

log = logging.getLogger(__name__)
CHANNEL = "web"
GREETING = "web_greeting"
MOST_SHOWN = 200
"""Events of a conversation that the history goes back."""
ENDED = "The conversation was ended."
LATEST_SAVED = TURN_SECONDS + STEADY_SECONDS
"""Seconds after which no turn that had begun is still under way."""


class Desk:
    """`store`: where conversations are kept."""

    def __init__(self, ids: ConversationIds, store: ConversationStore, handle: Handler, talk: Conversations) -> None:
        self._ids, self._store, self._handle, self._talk = ids, store, handle, talk
        self._records, self._repeats = Records(store.engine), Repeats()
        self._later: set[asyncio.Task] = set()

    async def open(self, conversation: str) -> Opened:
        """What an id opens. Raises ConversationIdError or ExpiredIdError."""
        opened = self._ids.read(conversation)
        if await self._is_ended(opened.sender):
            raise ExpiredIdError(ENDED)
        return opened

    async def _is_ended(self, sender: str) -> bool:
        return await self._store.run(lambda: self._records.is_ended(sender))

    def begin(self) -> documents.Document:
        """A new conversation. Nothing of it is kept before the first message."""
        token, opened = self._ids.issue()
        return {"conversation": token, **self._frame(opened)}

    async def answer(self, asked: requests.Message) -> documents.Document:
        """The answer to a message. Raises BusyChannelError when there is none just now."""
        # whether it was ended is looked up in its turn: see _answered
        opened = self._ids.read(asked.conversation)
        return await self._repeats.once(
            opened.sender, asked.message_id, lambda: self._turn(opened, asked.message, asked.message_id)
        )

    async def _turn(self, opened: Opened, text: str, message_id: str | None) -> documents.Document:
        messages = await self._talk.say(
            text, opened.sender, CHANNEL, self._handle, self._erase,
            offered=self._store.offered, message_id=message_id, answered=self._answered,
        )  # fmt: skip
        name = (messages[0].get(ANSWER) or {}).get("name")
        if name in ("too_fast", "failed"):
            raise BusyChannelError(messages[0]["text"], too_fast=name == "too_fast")
        return documents.answer(messages, self._ids, opened.sender, time.time(), announced())

    async def _answered(self, sender: str, message_id: str | None) -> list[dict[str, Any]] | None:
        """As the store's. Raises ExpiredIdError; where anything is kept the conversation goes on, since an end deletes it all."""
        before = await self._store.answered(sender, message_id)
        if not self._store.knows(sender) and await self._is_ended(sender):
            raise ExpiredIdError(ENDED)
        return before

    async def history(self, asked: requests.Conversation) -> documents.Document:
        """What was said so far."""
        opened = await self.open(asked.conversation)
        events = await self._store.run(lambda: self._store.said(opened.sender, MOST_SHOWN))
        said = documents.history(events, self._ids, opened.sender, shared().current().labels)
        return {**self._frame(opened), "said": said}

    async def end(self, asked: requests.Conversation) -> None:
        """Ends a conversation and deletes it; what is being answered is finished first. The browser need not wait."""
        opened = await self.open(asked.conversation)
        await self._repeats.once(opened.sender, None, lambda: self._end(opened))

    async def _end(self, opened: Opened) -> None:
        try:
            async with self._talk.guard.turns.turn(opened.sender):
                # deleted first: an end that failed half-way can be asked for again only while the id is good
                await self._store.run(lambda: self._store.erase(opened.sender))
                await self._store.run(lambda: self._records.end(opened.sender, opened.expires))
                self._repeats.forget(opened.sender)
            self._erase_again(opened.sender)
        except TooMany as error:
            raise BusyChannelError("This conversation is busy. Please try again in a moment.", too_fast=True) from error

    def _erase_again(self, sender: str) -> None:
        """While turns are not shared, as without Redis, another worker may be in one, and save it behind the end."""

        async def later() -> None:
            await asyncio.sleep(LATEST_SAVED)
            try:
                await self._store.run(lambda: self._store.erase(sender))
            except Exception:
                log.exception("an ended conversation could not be looked through once more")

        task = asyncio.ensure_future(later())
        self._later.add(task)
        task.add_done_callback(self._later.discard)

    async def _erase(self, sender: str) -> None:
        """What "delete my data" deletes; the conversation may go on."""
        await self._store.run(lambda: self._store.erase(sender))
        await self._store.run(lambda: self._records.unlink(sender))

    async def feedback(self, told: requests.Feedback) -> None:
        """Keeps whether an answer helped; personal data is taken out of the comment first."""
        opened = await self.open(told.conversation)
        name = self._ids.answer_name(opened.sender, told.answer)
        comment = personal_data.mask(plain(told.comment)) if told.comment else ""
        await self._store.run(
            lambda: self._records.tell(opened.sender, told.answer, name, told.helpful, comment or None)
        )
        tell_feedback(self._store, opened.sender, name, told.helpful)

    def _frame(self, opened: Opened) -> dict[str, Any]:
        return {
            "expires": documents.moment(opened.expires),
            "longest_message": self._talk.guard.settings.longest,
            "greeting": documents.answer([_greeting()], self._ids, opened.sender, time.time(), announced()),
        }


def _greeting() -> dict[str, Any]:
    """What a conversation begins with; while the assistant is off, the operator's message."""
    if off := state.shared().current().off_now():
        return while_off.greeting(off)
    content = shared().current()
    return from_content(GREETING, content.answer(GREETING, clock.today()), content.labels)


def announced() -> Notice | None:
    """What is announced just now, unless the assistant is off: then there is its own message."""
    service = state.shared().current()
    found = None if service.off_now() else service.notice_now()
    return found[1] if found else None
