"""Drives the trained assistant as a channel does: guard, understanding, dialogue, real actions."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any

from bot.channels.conversation import Conversations
from bot.content.store import shared
from bot.guard.gate import Guard
from bot.settings import GuardSettings

# a script is faster than any person, so the rate limit would answer instead of the assistant
NO_RATE_LIMIT = GuardSettings(per_minute=1e9, burst=10**9)


class Assistant:
    """One loaded agent with one event loop; a conversation is a sender id."""

    def __init__(self, agent: Any) -> None:
        self.agent = agent
        self.loop = asyncio.new_event_loop()
        self.conversations = Conversations()
        self.conversations._guard = Guard(lambda: shared().current().labels, NO_RATE_LIMIT)

    @staticmethod
    def new_conversation() -> str:
        return f"test-{uuid.uuid4().hex}"

    def run(self, awaitable: Any) -> Any:
        """The result of a coroutine on the assistant's own loop."""
        return self.loop.run_until_complete(awaitable)

    def say(self, conversation: str, text: object) -> list[dict[str, Any]]:
        """The assistant's messages for a text or a payload."""
        return self.run(self.conversations.say(text, conversation, "rest", self.agent.handle_message))

    def parse(self, text: str) -> dict[str, Any]:
        """What is understood, without a conversation."""
        return self.run(self.agent.parse_message(text))

    def tracker(self, conversation: str) -> Any:
        return self.run(self.agent.tracker_store.retrieve(conversation))

    def close(self) -> None:
        self.loop.close()
