"""A served messaging channel with its platform played: sends webhooks, waits, and looks at the phone."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from sanic import Sanic

from bot.channels.messaging import MessagingChannel
from bot.content.store import shared
from bot.dialogue.message import ANSWER
from bot.guard.gate import Guard
from bot.keys import Keys
from bot.messaging.calls import Waits
from bot.server.app import make
from bot.tracker_store import ConversationStore
from tests.assistant import NO_RATE_LIMIT
from tests.channels.platforms.platform import Platform, Seen, Webhook
from tests.channels.serving import DOMAIN, HELLO, SECRET, PlayedAgent, served

QUICK = Waits(first=0.01, longest=0.05, jitter=0.01)
ANSWER_SECONDS = 15.0
CHART = {
    "type": "line",
    "title": "Burglaries",
    "alt": "From 1 to 2.",
    "labels": [],
    "values": [],
    "unit": "",
    "source": "MPS.",
}
PICTURED: dict[str, Any] = {**HELLO, ANSWER: {**HELLO[ANSWER], "chart": CHART, "picture": "/pictures/abc.png"}}
"""An answer with a picture."""


@dataclass
class Talk:
    """One channel that is served. `agent`: what is behind it; `posted`: statuses of the webhooks; `overheard`: a test's own."""

    platform: Platform
    channel: MessagingChannel
    client: httpx.AsyncClient
    agent: Any
    posted: list[int] = field(default_factory=list)
    overheard: Any = None

    async def post(self, webhook: Webhook) -> httpx.Response:
        """Delivers a request, as it is."""
        query = f"?{webhook.query}" if webhook.query else ""
        headers = {name: value.encode() for name, value in webhook.headers.items()}
        answer = await self.client.post(f"{self.platform.path}{query}", content=webhook.body, headers=headers)
        self.posted.append(answer.status_code)
        return answer

    async def answers(self, webhook: Webhook, person: str | None = None) -> list[Seen]:
        """Delivers a request and waits; what the person saw since."""
        person = person or self.platform.person
        before = len(self.platform.seen[person])
        answer = await self.post(webhook)
        assert answer.status_code == 200, answer.text
        await self.quiet()
        return self.platform.seen[person][before:]

    async def say(self, text: str, person: str | None = None, **more: Any) -> list[Seen]:
        """Types a text and waits for the answer."""
        return await self.answers(self.platform.text(person or self.platform.person, text, **more), person)

    async def quiet(self) -> None:
        """Waits until everything that was taken in is answered."""
        if self.channel.desk:
            await self.channel.desk.mailboxes.finish(ANSWER_SECONDS)


def served_channel(
    platform: Platform, patch: pytest.MonkeyPatch, *, fragments: str = "0", limits: bool = False
) -> MessagingChannel:
    """The channel as credentials.yml makes it, from environment variables alone; but quick to try again."""
    for name, value in platform.environment().items():
        patch.setenv(name, value)
    patch.setenv("PLAN_FRAGMENT_SECONDS", fragments)
    channel = platform.channel.from_credentials(None)
    assert isinstance(channel, MessagingChannel)
    channel._keys, channel.caller._waits = Keys(SECRET), QUICK
    if not limits:
        channel.conversations._guard = Guard(lambda: shared().current().labels, NO_RATE_LIMIT)
    return channel


def app_of_channel(channel: MessagingChannel, agent: Any) -> Sanic:
    app = make(f"messaging{uuid.uuid4().hex}", [channel])
    app.ctx.agent = agent
    return app


@contextlib.asynccontextmanager
async def talking(
    kind: type[Platform],
    folder: Path,
    patch: pytest.MonkeyPatch,
    *,
    agent: Any = None,
    fragments: str = "0",
    limits: bool = False,
) -> AsyncIterator[Talk]:
    """The channel of a platform, served; `agent`: played, unless a real one is given."""
    platform = kind()
    await platform.start()
    try:
        channel = served_channel(platform, patch, fragments=fragments, limits=limits)
        behind = agent or PlayedAgent(ConversationStore(domain=DOMAIN, db=str(folder / f"{platform.name}.db")))
        async with served(app_of_channel(channel, behind)) as asker:
            yield Talk(platform, channel, asker.client, behind)
    finally:
        await platform.stop()
