"""Drives the trained assistant as a channel does: guard, understanding, dialogue, real actions, all in this process."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import web

from bot.channels.conversation import Conversations
from bot.cli import agent
from bot.content.store import shared
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
        self.runner, address = self.run(_serve_actions())
        self.agent = agent.load(model, address)
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
        messages = self.run(self.conversations.say(text, conversation, "rest", self.agent.handle_message))
        self.transcript.append(Exchange(conversation, text, messages))
        return messages

    def parse(self, text: str) -> dict[str, Any]:
        """What is understood, without a conversation."""
        return self.run(self.agent.parse_message(text))

    def tracker(self, conversation: str) -> Any:
        return self.run(self.agent.tracker_store.retrieve(conversation))

    def close(self) -> None:
        self.run(self.runner.cleanup())
        self.loop.close()


async def _serve_actions() -> tuple[web.AppRunner, str]:
    """The actions of actions/ behind rasa_sdk's own executor, on a free port of this machine; and their address."""
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")

    async def webhook(request: web.Request) -> web.Response:
        return web.json_response(await executor.run(await request.json()))

    app = web.Application(client_max_size=10**8)
    app.router.add_post("/webhook", webhook)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    return runner, f"http://127.0.0.1:{port}/webhook"
