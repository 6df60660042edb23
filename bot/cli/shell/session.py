"""The conversation that the shell holds: what was typed, what reached understanding, what was answered, on which day."""

from __future__ import annotations

import os
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import UserMessage

from bot.channels.conversation import Conversations
from bot.clock import VARIABLE
from bot.dialogue.message import ANSWER, Button
from bot.guard.gate import MOST_READ
from bot.guard.personal_data import mask
from bot.guard.text import plain

CHANNEL = "shell"


@dataclass(frozen=True)
class Exchange:
    """One turn. `typed`: without personal data; `sent`: what went on to understanding, None when the guard or the list of
    choices answered; `pressed`: the button that was chosen by its number or title; `today`: PLAN_TODAY, empty for now.
    """

    typed: str
    sent: str | None
    messages: list[dict[str, Any]]
    pressed: Button | None = None
    today: str = ""

    @property
    def answer(self) -> str:
        """The name of the answer."""
        return str(self.parts.get("name", ""))

    @property
    def parts(self) -> dict[str, Any]:
        """The parts of the last message."""
        return self.messages[-1].get(ANSWER) or {}


@dataclass
class _Turn:
    """What is noticed while a message is being answered."""

    offered: Sequence[Button] = ()
    sent: str | None = None
    erased: bool = False


class Session:
    """`agent`: a loaded one, see bot.cli.agent; `conversations`: made here when none is given."""

    def __init__(self, agent: Any, conversations: Conversations | None = None) -> None:
        self._agent, self._conversations = agent, conversations or Conversations()
        self._sender = _new_sender()
        self.exchanges: list[Exchange] = []
        self.last: Exchange | None = None

    def begin(self) -> None:
        """Begins a new conversation; the old one cannot be gone back to."""
        self._forget(self._sender)
        self._sender = _new_sender()
        self.exchanges, self.last = [], None

    async def say(self, typed: str) -> Exchange:
        """Answers a line. Never raises for anything that can be typed."""
        turn = _Turn()

        async def handle(message: UserMessage) -> Any:
            turn.sent = message.text
            return await self._agent.handle_message(message)

        async def offered(conversation: str) -> Sequence[Button]:
            turn.offered = await self._offered(conversation)
            return turn.offered

        def erase(conversation: str) -> None:
            self._forget(conversation)
            turn.erased = True

        messages = await self._conversations.say(typed, self._sender, CHANNEL, handle, erase, offered=offered)
        known = mask(plain(typed[:MOST_READ]))
        pressed = None if turn.sent == known else next((b for b in turn.offered if b["payload"] == turn.sent), None)
        self.last = Exchange(known, turn.sent, messages, pressed, os.environ.get(VARIABLE, "").strip())
        self.exchanges = [] if turn.erased else [*self.exchanges, self.last]
        return self.last

    async def say_again(self, sent: Sequence[str]) -> list[list[dict[str, Any]]]:
        """The answers to texts and payloads in a conversation of their own, which is then forgotten."""
        sender = _new_sender()
        try:
            return [
                await self._conversations.say(text, sender, CHANNEL, self._agent.handle_message) for text in sent
            ]  # fmt: skip
        finally:
            self._forget(sender)

    async def events(self) -> list[Any]:
        """Rasa's events since the last message that reached understanding, that message first; none when there is none."""
        return await self._since_heard(self._sender)

    async def _offered(self, conversation: str) -> list[Button]:
        """The buttons of what was said since then, in order: what the guard refused in between took none away."""
        events = await self._since_heard(conversation)
        if not events and self.last:
            # after "delete my data" nothing is kept, and what is on the screen can still be chosen
            return [button for message in self.last.messages for button in message.get("buttons") or []]
        said = [e for e in events if e.type_name == "bot"]
        return [button for event in said for button in (event.data or {}).get("buttons") or []]

    async def _since_heard(self, conversation: str) -> list[Any]:
        # all of it: what led to a restart stands before it, in another of Rasa's sessions
        tracker = await self._agent.tracker_store.retrieve_full_tracker(conversation)
        events = list(tracker.events) if tracker else []
        heard = [n for n, event in enumerate(events) if event.type_name == "user"]
        return events[heard[-1] :] if heard else []

    def _forget(self, conversation: str) -> None:
        """Deletes a conversation from Rasa's store in memory, which has no way of its own to do so."""
        store = self._agent.tracker_store
        getattr(store, "_tracker_store", store).store.pop(conversation, None)


def _new_sender() -> str:
    return f"shell-{uuid.uuid4().hex}"
