"""The web channel: what the widget on a web page talks to, and where its files come from.

POST /chat/conversations, /chat/messages, /chat/history, /chat/end, /chat/feedback take and give JSON; /chat/openapi.json
describes them. Errors are problem documents with a proper status. GET /widget.js is the script that pages name, GET / a page
with the widget on it. The id of a conversation travels in the body only: addresses end up in logs.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request, response
from sanic.response import HTTPResponse

from bot import tracker_store
from bot.channels.conversation import SORRY, Conversations
from bot.channels.problems import problem
from bot.errors import BadRequestError, BusyChannelError, ConversationIdError, ExpiredIdError
from bot.guard.gate import MOST_READ, TOO_FAST
from bot.guard.text import plain
from bot.keys import secret_of
from bot.nlu import safety_patterns
from bot.operations import trace
from bot.paths import SECRET_FILE
from bot.settings import WebSettings
from bot.web import openapi, requests
from bot.web.addresses import AddressLimits
from bot.web.desk import Desk
from bot.web.files import WidgetFiles
from bot.web.ids import ConversationIds
from bot.web.origins import Origins

log = logging.getLogger(__name__)
RETRY_SECONDS = 5
ASKED_AGAIN_SECONDS = 7_200
"""How long a browser may remember that an origin is allowed."""
READ = ["GET", "HEAD"]

Handler = Callable[[Request], Coroutine[Any, Any, HTTPResponse]]


class WebChannel(InputChannel):
    """See the module's text."""

    @classmethod
    def name(cls) -> str:
        return "web"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        return cls(WebSettings())

    def __init__(
        self, settings: WebSettings, *, files: WidgetFiles | None = None, ids: ConversationIds | None = None
    ) -> None:
        self._origins = Origins(settings.origins)
        self._ids = ids or ConversationIds(secret_of(SECRET_FILE), settings.hours)
        self._limits = AddressLimits(settings, self._ids.hide)
        self._files = files or WidgetFiles()
        self.conversations = Conversations()
        self._desk: Desk | None = None

    def url_prefix(self) -> str:
        """From the root, as for pictures."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        web = Blueprint("plan_web", "plan_web")
        for name, serve in (
            ("conversations", self._begin), ("messages", self._say), ("history", self._history),
            ("end", self._end), ("feedback", self._feedback),
        ):  # fmt: skip
            guarded = self._guarded(serve, on_new_message)
            web.add_route(guarded, f"/chat/{name}", methods=["POST", "OPTIONS"], name=name)

        @web.route("/chat/openapi.json", methods=READ)
        async def description(_: Request) -> HTTPResponse:
            return response.json(openapi.describe())

        @web.route("/widget.js", methods=READ)
        async def entry(request: Request) -> HTTPResponse:
            return self._files.entry(request)

        @web.route("/widget/<version:str>/<name:str>", methods=READ)
        async def widget(request: Request, version: str, name: str) -> HTTPResponse:
            return self._files.widget(request, version, name)

        @web.route("/", methods=READ)
        async def page(request: Request) -> HTTPResponse:
            return self._files.page(request, "index.html")

        @web.route("/<name:page\\.css|icon\\.svg>", methods=READ, name="beside")
        async def beside(request: Request, name: str) -> HTTPResponse:
            return self._files.page(request, name)

        return web

    def _guarded(self, serve: Callable[[Request, Desk], Awaitable[HTTPResponse]], handle: Any) -> Handler:
        """A handler behind the checks that all share; every error becomes a problem document."""

        @wraps(serve)
        async def checked(request: Request) -> HTTPResponse:
            origin = request.headers.get("origin")
            if not self._origins.allows(origin, request.headers.get("host", "")):
                return problem(403, "This page may not talk to the assistant: its origin is not on the list.")
            if request.method == "OPTIONS":
                answered = response.empty(headers={"Access-Control-Max-Age": str(ASKED_AGAIN_SECONDS)})
            else:
                answered = await self._answered(request, serve, handle)
            answered.headers.setdefault("Cache-Control", "no-store")
            answered.headers["X-Content-Type-Options"] = "nosniff"
            answered.headers["Vary"] = "Origin"
            if origin:
                answered.headers["Access-Control-Allow-Origin"] = origin
                answered.headers["Access-Control-Allow-Methods"] = "POST"
                answered.headers["Access-Control-Allow-Headers"] = "Content-Type"
                answered.headers["Access-Control-Expose-Headers"] = f"Retry-After, {trace.SHOWN}"
            return answered

        return checked

    async def _answered(
        self, request: Request, serve: Callable[[Request, Desk], Awaitable[HTTPResponse]], handle: Any
    ) -> HTTPResponse:
        if len(request.body) > requests.LARGEST_BODY:
            return problem(413, f"The body is larger than {requests.LARGEST_BODY:,} bytes.")
        if not await self._limits.allows(address_of(request), danger=lambda: _speaks_of_danger(request.body)):
            return problem(429, TOO_FAST, kind="/problems/too-fast", retry_after=RETRY_SECONDS)
        try:
            return await serve(request, self._desk_of(request, handle))
        except BadRequestError as error:
            return problem(400, str(error))
        except ConversationIdError as error:
            return problem(401, str(error), kind="/problems/unknown-conversation")
        except ExpiredIdError as error:
            return problem(410, f"{error} Please start a new one.", kind="/problems/conversation-over")
        except BusyChannelError as error:
            if error.too_fast:
                return problem(429, str(error), kind="/problems/too-fast", retry_after=RETRY_SECONDS)
            return problem(503, str(error), retry_after=RETRY_SECONDS)
        except Exception:
            log.exception("a request to the web channel failed")
            return problem(503, SORRY, retry_after=RETRY_SECONDS)

    def _desk_of(self, request: Request, handle: Any) -> Desk:
        """Made when the first request comes: the agent is loaded after the routes are."""
        if self._desk is None:
            store = tracker_store.of_agent(getattr(request.app.ctx, "agent", None))
            if store is None:
                raise BusyChannelError(SORRY)
            self._desk = Desk(self._ids, store, handle, self.conversations)
        return self._desk

    async def _begin(self, request: Request, desk: Desk) -> HTTPResponse:
        requests.read(requests.NewConversation, request.body)
        if not await self._limits.allows_conversation(address_of(request)):
            raise BusyChannelError(TOO_FAST, too_fast=True)
        return response.json(desk.begin(), status=201)

    async def _say(self, request: Request, desk: Desk) -> HTTPResponse:
        return response.json(await desk.answer(requests.read(requests.Message, request.body)))

    async def _history(self, request: Request, desk: Desk) -> HTTPResponse:
        return response.json(await desk.history(requests.read(requests.Conversation, request.body)))

    async def _end(self, request: Request, desk: Desk) -> HTTPResponse:
        await desk.end(requests.read(requests.Conversation, request.body))
        return response.empty()

    async def _feedback(self, request: Request, desk: Desk) -> HTTPResponse:
        await desk.feedback(requests.read(requests.Feedback, request.body))
        return response.empty()


def address_of(request: Request) -> str:
    """Who asks: what trusted proxies say (Sanic reads that by PROXIES_COUNT), or the other end of the connection."""
    return request.remote_addr or request.ip


def _speaks_of_danger(body: bytes) -> bool:
    """Whether a message has words of danger in it: those are heard also where there is no end of messages."""
    try:
        message = requests.read(requests.Message, body).message
    except BadRequestError:
        return False
    return bool(safety_patterns.find(plain(message[:MOST_READ])))
