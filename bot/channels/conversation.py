"""One turn of a conversation, the same for every channel: guard, understanding, dialogue, and never silence."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from inspect import isawaitable
from typing import Any

from rasa.core.channels.channel import UserMessage
from sqlalchemy.exc import DBAPIError

from bot.channels.collector import Collector
from bot.content.store import shared
from bot.dialogue import choices
from bot.dialogue.message import ANSWER, Button
from bot.guard.gate import MOST_READ, TOO_FAST, Guard
from bot.guard.turns import TooMany
from bot.nlu import safety_patterns
from bot.operations import state, turn, while_off
from bot.operations.state import Off
from bot.operations.status import Status
from bot.operations.turn import step
from bot.places import Places, Point

log = logging.getLogger(__name__)
TURN_SECONDS = 20.0
ERASING = "delete_my_data"
TYPED = "typed"
"""In a message's metadata: the words that chose a button."""
SORRY = (
    "I am sorry, something went wrong here and I could not answer. Please try again in a minute. "
    "If you are in danger, call 999."
)

NOT_ERASED = "I am sorry, this conversation could not be deleted just now. Please ask me again in a minute."

Handler = Callable[[UserMessage], Awaitable[Any]]
Eraser = Callable[[str], Any]
Offered = Callable[[str], Awaitable[Sequence[Button]]]
"""The buttons that were last shown in a conversation."""
Answered = Callable[[str, str | None], Awaitable[list[dict[str, Any]] | None]]
"""What a message of a conversation got for an answer before, by its id; None for a new one, and for one without."""


class Conversations:
    """Carries messages from a channel to Rasa and back; one for each channel."""

    def __init__(self, places: Places | None = None) -> None:
        self._guard: Guard | None = None
        self._places = places or Places()

    @property
    def guard(self) -> Guard:
        """Made at the first message, not at import."""
        if self._guard is None:
            self._guard = Guard(lambda: shared().current().labels)
        return self._guard

    @turn.observed
    async def say(
        self,
        raw: object,
        conversation: str,
        channel: str,
        handle: Handler,
        erase: Eraser | None = None,
        *,
        offered: Offered | None = None,
        point: Point | None = None,
        message_id: str | None = None,
        answered: Answered | None = None,
    ) -> list[dict[str, Any]]:
        """The assistant's messages for what a person sent; always at least one, whatever happens.

        `offered`: what a typed number or title may choose from. `point`: where the person is, if the channel was told.
        `message_id`, `answered`: a message that comes again, perhaps to another worker, is answered as before.
        """
        try:
            async with self.guard.turns.turn(conversation):
                turn.begins()
                if off := state.shared().current().off_now():
                    return await self._while_off(off, raw, conversation, offered, erase)
                if answered and (before := await answered(conversation, message_id)):
                    turn.is_repeat()
                    return before
                with step("guard"):
                    verdict = await self.guard.admit(conversation, raw)
                if verdict.text is None:
                    return [_plain(conversation, verdict.refusal or SORRY, verdict.reason)]
                text, buttons = verdict.text, await self._offered(verdict.text, conversation, offered)
                if line := choices.ask_for_one(text, buttons):
                    return [{**_plain(conversation, line, "ask_for_one"), "buttons": list(buttons)}]
                # who speaks of danger is understood, unless the words are a button's own
                if button := choices.chosen(text, buttons, exactly=bool(safety_patterns.find(text))):
                    text = button["payload"]
                # looked up before anything is stored: the text that goes on has only the first half of a postcode
                place = await self._place(raw, point)
                metadata: dict[str, Any] = {"place": place} if place else {}
                if text != verdict.text:
                    # the history shows what was typed, not what it chose
                    metadata[TYPED] = verdict.text
                message = UserMessage(
                    text,
                    Collector(),
                    conversation,
                    input_channel=channel,
                    metadata=metadata or None,
                    message_id=message_id,
                )
                return await self._answer(message, handle, erase)
        except TooMany:
            return [_plain(conversation, TOO_FAST, "too_fast")]
        except DBAPIError:
            log.exception("what was said before could not be looked up")
            return [_plain(conversation, SORRY, "failed")]

    async def _place(self, raw: object, point: Point | None) -> dict[str, Any] | None:
        if point:
            return await self._places.at(point)
        return await self._places.of(raw[:MOST_READ] if isinstance(raw, str) else None)

    @staticmethod
    async def _offered(text: str, conversation: str, offered: Offered | None) -> Sequence[Button]:
        if offered is None or not choices.may_choose(text):
            return []
        try:
            return await offered(conversation)
        except Exception:
            log.exception("what was offered could not be looked up")
            return []

    async def _answer(self, message: UserMessage, handle: Handler, erase: Eraser | None) -> list[dict[str, Any]]:
        collector, conversation = message.output_channel, message.sender_id
        try:
            await asyncio.wait_for(handle(message), TURN_SECONDS)
        except asyncio.TimeoutError:
            turn.failed(Status.TIMED_OUT)
            log.error("no answer within %.0f s", TURN_SECONDS)
        except Exception:
            log.exception("a turn failed")
        return await self._erased(collector.messages, conversation, erase) or [_plain(conversation, SORRY, "failed")]

    async def _while_off(
        self, off: Off, raw: object, conversation: str, offered: Offered | None, erase: Eraser | None
    ) -> list[dict[str, Any]]:
        """See bot/operations/while_off.py. What the guard refuses hears the operator's message too."""
        with step("guard"):
            text = (await self.guard.admit(conversation, raw)).text
        if text:
            buttons = await self._offered(text, conversation, offered)
            if button := choices.chosen(text, buttons, exactly=bool(safety_patterns.find(text))):
                text = button["payload"]
        return await self._erased(await while_off.answer(off, text, conversation), conversation, erase)

    @staticmethod
    async def _erased(messages: list[dict[str, Any]], conversation: str, erase: Eraser | None) -> list[dict[str, Any]]:
        """The messages, after the conversation was deleted if they say so."""
        if erase and any((m.get(ANSWER) or {}).get("name") == ERASING for m in messages):
            try:
                erased = erase(conversation)
                if isawaitable(erased):
                    await erased
            except Exception:
                turn.failed(Status.ERASE_FAILED)
                log.exception("a conversation could not be erased")
                return [_plain(conversation, NOT_ERASED, "failed")]
        return messages


def _plain(conversation: str, text: str, reason: str) -> dict[str, Any]:
    return {
        "recipient_id": conversation,
        "text": text,
        ANSWER: {"name": reason, "text": text, "question": True, "kept": False},
    }
