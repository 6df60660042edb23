"""One worker of a messaging channel, as `python -m tests.ops.messaging_process DATABASE "thinks=3"`; it prints its port."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Sequence

from bot.lean import imports

imports.use_if_asked()  # before Rasa is imported: a process then starts in seconds

import pytest  # noqa: E402
from sanic import Sanic  # noqa: E402

from bot.tracker_store import ConversationStore  # noqa: E402
from tests.channels.platforms.telegram import TelegramPlatform  # noqa: E402
from tests.channels.serving import DOMAIN, served  # noqa: E402
from tests.channels.talking import app_of_channel, served_channel  # noqa: E402
from tests.ops.messaging_worker import Agent  # noqa: E402


async def serve(address: str, waits: Sequence[str]) -> None:
    """`waits`: of the agent, as "lingers=60"."""
    agent = Agent(ConversationStore(domain=DOMAIN, db=address))
    for wait in waits:
        name, _, seconds = wait.partition("=")
        setattr(agent, name, float(seconds))
    Sanic.test_mode = True
    platform = TelegramPlatform()
    platform.url = os.environ[platform.url_variable]
    with pytest.MonkeyPatch.context() as patch:
        channel = served_channel(platform, patch)
    async with served(app_of_channel(channel, agent)) as asker:
        print(asker.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(sys.argv[1], sys.argv[2].split()))
