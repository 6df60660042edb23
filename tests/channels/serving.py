"""A real server with the channels, and an agent that is played: it keeps what is said in a real store and says what a test wants."""

from __future__ import annotations

import asyncio
import socket
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import sqlalchemy as sa
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from sanic import Sanic

from bot.channels.rest import RestChannel
from bot.channels.web import WebChannel
from bot.dialogue.message import ANSWER
from bot.server.app import make
from bot.settings import WebSettings
from bot.tracker_store import ConversationStore
from bot.web.ids import ConversationIds
from bot.web.records import FEEDBACK

DOMAIN = Domain.from_dict({"intents": ["greet"]})
SECRET = "a secret of the tests, long enough for it"
NAMED = "https://www.example.org"
EVIL = "https://evil.test"
PLENTY = 1_000_000
HELLO: dict[str, Any] = {
    "text": "Hello.",
    "buttons": [{"title": "About the Plan", "payload": "/ask_plan_overview"}],
    ANSWER: {"name": "greet", "text": "Hello.", "sources": [], "small_talk": True},
}


class PlayedAgent:
    """`heard`: every text that came through; `says`: the messages of its next answers; `waits`: seconds; `error`: raised."""

    def __init__(self, store: ConversationStore) -> None:
        self.tracker_store = store
        self.heard: list[str] = []
        self.says: Sequence[dict[str, Any]] = [HELLO]
        self.waits = 0.0
        self.error: Exception | None = None

    async def handle_message(self, message: UserMessage) -> None:
        self.heard.append(message.text)
        await asyncio.sleep(self.waits)
        if self.error:
            raise self.error
        tracker = await self.tracker_store.get_or_create_tracker(message.sender_id, append_action_listen=False)
        heard = UserUttered(message.text, metadata=message.metadata, message_id=message.message_id)
        tracker.update(heard, DOMAIN)
        for said in self.says:
            kept = BotUttered(said["text"], data={"buttons": said.get("buttons")}, metadata={ANSWER: said.get(ANSWER)})
            tracker.update(kept, DOMAIN)
            await message.output_channel.send_response(message.sender_id, said)
        await self.tracker_store.save(tracker)


def ids_of(past_seconds: float = 0.0) -> ConversationIds:
    """What makes ids that the server takes for its own; those of the past may have expired."""
    return ConversationIds(SECRET, 1, lambda: time.time() - past_seconds)


def settings(**wanted: Any) -> WebSettings:
    """One named origin, and so much for each address that no test meets a limit unless it wants to."""
    usual = {
        "origins": (NAMED,), "hours": 1, "address_per_minute": PLENTY, "address_burst": PLENTY, "conversations_per_minute": PLENTY,
        "conversations_burst": PLENTY,
    }  # fmt: skip
    return WebSettings(**{**usual, **wanted})


def app_of(folder: Path, **wanted: Any) -> Sanic:
    """The server's app, with an agent whose conversations are in the folder."""
    app = make(f"tested{uuid.uuid4().hex}", [WebChannel(settings(**wanted), ids=ids_of()), RestChannel()])
    app.ctx.agent = PlayedAgent(ConversationStore(domain=DOMAIN, db=str(folder / "conversations.db")))
    return app


class Asker:
    """Asks the server as the widget does."""

    def __init__(self, client: httpx.AsyncClient, agent: PlayedAgent, port: int) -> None:
        self.client, self.agent, self.port = client, agent, port

    async def post(self, name: str, body: Any = None, **headers: str) -> httpx.Response:
        """POST /chat/<name>; `body` is sent as JSON, or as it is when it is bytes."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        path = f"/chat/{name}"
        if isinstance(body, bytes):
            return await self.client.post(path, content=body, headers=sent)
        return await self.client.post(path, json=body or {}, headers=sent)

    async def begin(self, **headers: str) -> str:
        """The id of a new conversation."""
        begun = await self.post("conversations", **headers)
        assert begun.status_code == 201, begun.text
        return begun.json()["conversation"]

    async def say(self, conversation: str, message: str = "hello there", **more: Any) -> httpx.Response:
        return await self.post("messages", {"conversation": conversation, "message": message, **more})


@asynccontextmanager
async def served(app: Sanic) -> AsyncIterator[Asker]:
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    await server.startup()
    app.is_running = True  # as app.run says, and what listeners rely on to start tasks
    await server.after_start()
    try:
        limits = httpx.Limits(max_connections=200)
        base = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(base_url=base, timeout=20, trust_env=False, limits=limits) as client:
            yield Asker(client, app.ctx.agent, port)
    finally:
        await server.before_stop()
        server.close()
        await server.wait_closed()
        await server.after_stop()


def rows(asker: Asker) -> int:
    """How many events are kept."""
    store = asker.agent.tracker_store
    with store.engine.connect() as connection:
        return connection.execute(sa.select([sa.func.count()]).select_from(store.SQLEvent.__table__)).scalar()


def opinions(asker: Asker) -> list[Any]:
    """What is kept of what people found helpful."""
    with asker.agent.tracker_store.engine.connect() as connection:
        return list(connection.execute(sa.select([FEEDBACK])))


def is_problem(answer: httpx.Response, status: int, *secrets: str) -> SimpleNamespace:
    """The problem document of an answer, which has this status and none of the secrets."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    body = answer.json()
    assert body["status"] == status
    assert set(body) == {"type", "title", "status", "detail"}
    assert body["title"] and body["detail"]
    for secret in ("SECRET", "Traceback", *secrets):
        assert secret not in answer.text
    return SimpleNamespace(**body)
