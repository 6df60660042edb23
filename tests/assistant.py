"""Drives the trained assistant as a channel does: guard, understanding, dialogue, real actions, all in this process."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.channels.conversation import Conversations
from bot.cli import agent
from bot.cli.shell.actions import serve_actions
from bot.content.store import shared
from bot.dialogue.message import Button
from bot.guard.gate import Guard
from bot.settings import GuardSettings

# a script is faster than any person, so the rate limit would answer instead of the assistant
NO_RATE_LIMIT = GuardSettings(per_minute=1e9, burst=10**9)


@dataclass(frozen=True)
class Exchange:
    """What was said, and what the assistant showed for it."""

    conversation: str
    said: object
    messages: list[dict[str, Any]]


class Assistant:
    """One loaded agent with one event loop; a conversation is a sender id.

    The actions answer over HTTP as in the real thing, but from this process, so that a test can set the hour for all of it.
    """

    def __init__(self, model: Path) -> None:
        self.loop = asyncio.new_event_loop()
        self.transcript: list[Exchange] = []
        self.actions = serve_actions()
        self.agent = agent.load(model, self.run(self.actions.__aenter__()))
        self.conversations = self.new_channel()

    @staticmethod
    def new_channel() -> Conversations:
        """A channel's conversations with their guard, without the limit of pace."""
        conversations = Conversations()
        conversations._guard = Guard(lambda: shared().current().labels, NO_RATE_LIMIT)
        return conversations

    @staticmethod
    def new_conversation() -> str:
        return f"test-{uuid.uuid4().hex}"

    def run(self, awaitable: Any) -> Any:
        """The result of a coroutine on the assistant's own loop."""
        return self.loop.run_until_complete(awaitable)

    def say(self, conversation: str, text: object) -> list[dict[str, Any]]:
        """The assistant's messages for a text or a payload; they are kept in the transcript."""
        messages = self.run(
            self.conversations.say(text, conversation, "rest", self.agent.handle_message, offered=self._offered)
        )
        self.transcript.append(Exchange(conversation, text, messages))
        return messages

    async def _offered(self, conversation: str) -> list[Button]:
        """The buttons of what was said since the person's last message."""
        tracker = await self.agent.tracker_store.retrieve_full_tracker(conversation)
        found: list[Button] = []
        for event in tracker.events if tracker else ():
            if event.type_name == "user":
                found = []
            elif event.type_name == "bot":
                found += (event.data or {}).get("buttons") or []
        return found

    def parse(self, text: str) -> dict[str, Any]:
        """What is understood, without a conversation."""
        return self.run(self.agent.parse_message(text))

    def tracker(self, conversation: str) -> Any:
        return self.run(self.agent.tracker_store.retrieve(conversation))

    def close(self) -> None:
        self.run(self.actions.__aexit__(None, None, None))
        self.loop.close()
