"""The REST channel, for staff and evaluation on this machine: Rasa's own format, with the guard in front.

Only this machine is answered, and no proxy: who knows a sender's name can read that conversation.

POST /webhooks/rest/webhook {"sender": "...", "message": "..."} gives a list of {"recipient_id", "text", "buttons", "answer"}.
Bad requests get status 400 and a line that says what is wrong; everything else gets at least one message.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Request, response
from sanic.response import HTTPResponse

from bot import tracker_store
from bot.channels.conversation import Conversations
from bot.channels.problems import problem
from bot.operations.access import from_this_machine

LONGEST_SENDER = 255
LARGEST_BODY = 100_000


class RestChannel(InputChannel):
    """See the module's text."""

    @classmethod
    def name(cls) -> str:
        return "rest"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> InputChannel:
        return cls()

    def __init__(self) -> None:
        self.conversations = Conversations()

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        webhook = Blueprint("plan_rest", "plan_rest")

        @webhook.route("/", methods=["GET"])
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.route("/webhook", methods=["POST"])
        async def receive(request: Request) -> HTTPResponse:
            if not from_this_machine(request):
                return problem(403, "This channel is for this machine only. Use the web channel: /chat/openapi.json.")
            try:
                sender, message = read(request.body)
            except ValueError as error:
                return response.json({"error": str(error)}, status=400)
            store = tracker_store.of_agent(getattr(request.app.ctx, "agent", None))
            answered = await self.conversations.say(
                message, sender, self.name(), on_new_message, store.erase if store else None,
                offered=store.offered if store else None,
            )  # fmt: skip
            return response.json(answered)

        return webhook


def read(body: bytes) -> tuple[str, object]:
    """(sender, message) of a request's body. Raises ValueError with a line for whoever sent it."""
    if len(body) > LARGEST_BODY:
        raise ValueError(f"The body is larger than {LARGEST_BODY:,} bytes.")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError('Send JSON: {"sender": "a name", "message": "the text"}.') from error
    if not isinstance(document, dict):
        raise ValueError('Send a JSON object: {"sender": "a name", "message": "the text"}.')
    sender = document.get("sender", "default")
    if not isinstance(sender, str) or not 0 < len(sender) <= LONGEST_SENDER:
        raise ValueError(f"sender must be a text of 1 to {LONGEST_SENDER} characters.")
    return sender, document.get("message")
