"""Facebook Messenger: https://developers.facebook.com/docs/messenger-platform. Every event is signed with the app's secret."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Awaitable, Callable
from hashlib import sha256
from typing import Any

from rasa.core.channels.channel import UserMessage
from sanic import Blueprint, Request, response
from sanic.response import HTTPResponse

from bot.channels.messaging import MessagingChannel, dictionary, listed, text_of
from bot.channels.problems import problem
from bot.channels.render import Outgoing
from bot.messaging.calls import Fault
from bot.messaging.calls import Request as ApiRequest
from bot.messaging.capabilities import MESSENGER
from bot.messaging.received import Kind, Received, point_of
from bot.messaging.sending import Call
from bot.messaging.settings import Variable

PAGE_TOKEN = Variable(
    "MESSENGER_PAGE_TOKEN", "the page's access token from the app's dashboard", re.compile(r"\w{20,}")
)
APP_SECRET = Variable("MESSENGER_APP_SECRET", "the app's secret from its basic settings", re.compile(r"[0-9a-f]{32}"))
VERIFY_TOKEN = Variable(
    "MESSENGER_VERIFY_TOKEN", "at least 16 letters and digits that you choose, and give in the dashboard",
    re.compile(r"[\w-]{16,}", re.ASCII),
)  # fmt: skip
SIGNATURE = "x-hub-signature-256"
LATEST = 10**15
"""Milliseconds: a number above this is no time."""
PASSING = frozenset({1, 2, 4, 17, 32, 341, 613, 1200, 80006})
"""Codes of errors that pass: too much at once, or a fault of Facebook's own."""


class MessengerChannel(MessagingChannel):
    """See the module's text."""

    capabilities = MESSENGER
    variables = (PAGE_TOKEN, APP_SECRET, VERIFY_TOKEN)
    title = "Messenger"
    # one request may bring many people's messages, above all after an outage
    largest_body = 500_000

    def is_genuine(self, request: Request) -> bool:
        made = hmac.new(self.told[APP_SECRET.name].encode(), request.body, sha256).hexdigest()
        sent = request.headers.get(SIGNATURE, "")
        return hmac.compare_digest(sent.encode("utf-8", "replace"), f"sha256={made}".encode())

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        blueprint = super().blueprint(on_new_message)

        @blueprint.route("/webhook", methods=["GET"], name="verify")
        async def verify(request: Request) -> HTTPResponse:
            asked = {name: request.args.get(f"hub.{name}", "") for name in ("mode", "verify_token", "challenge")}
            right = hmac.compare_digest(
                asked["verify_token"].encode("utf-8", "replace"), self.told[VERIFY_TOKEN.name].encode()
            )
            # the challenge is a number: nothing else is sent back
            if asked["mode"] != "subscribe" or not right or not re.fullmatch(r"\w{1,64}", asked["challenge"], re.ASCII):
                return problem(403, "The verify token is not the one that was set.")
            return response.text(asked["challenge"])

        return blueprint

    def read(self, request: Request) -> list[Received]:
        body = json.loads(request.body)
        if not isinstance(body, dict):
            raise ValueError("an event is an object")
        if body.get("object") != "page":
            return []
        return [
            found
            for entry in map(dictionary, listed(body.get("entry")))
            for event in map(dictionary, listed(entry.get("messaging")))
            # what the page itself says is not answered
            if dictionary(event.get("sender")).get("id") != entry.get("id") and (found := _heard(event))
        ]

    def calls(self, outgoing: Outgoing, to: dict[str, Any]) -> list[Call]:
        message: dict[str, Any]
        if outgoing.picture:
            image = {"url": self.picture_url(outgoing.picture), "is_reusable": True}
            message = {"attachment": {"type": "image", "payload": image}}
        else:
            message = {"text": outgoing.text}
        if outgoing.buttons:
            message["quick_replies"] = [
                {"content_type": "text", "title": b["title"], "payload": b["payload"]} for b in outgoing.buttons
            ]
        sent: Call = {"recipient": {"id": to["id"]}, "messaging_type": "RESPONSE", "message": message}
        # Messenger has no captions: the words go before, so that the buttons stay on the last message
        words: list[Call] = [{**sent, "message": {"text": outgoing.alt}}] if outgoing.picture else []
        return [*words, sent]

    def simpler(self, call: Call) -> Call | None:
        """Without the picture, which was told in words already; what can be chosen stays."""
        message = call["message"]
        if "attachment" not in message or not message.get("quick_replies"):
            return None
        return {**call, "message": {"text": "What next?", "quick_replies": message["quick_replies"]}}

    async def send(self, call: Call) -> None:
        token, secret = self.told[PAGE_TOKEN.name], self.told[APP_SECRET.name]
        proof = hmac.new(secret.encode(), token.encode(), sha256).hexdigest()
        address = f"{self.settings.messenger_url}/me/messages"
        # in the body and not in the address: addresses end up in logs
        await self.caller.call(ApiRequest(address, json={**call, "access_token": token, "appsecret_proof": proof}))

    def judge(self, status: int, body: dict[str, Any]) -> Fault | None:
        error = dictionary(body.get("error"))
        if status < 300 and not error:
            return None
        code = error.get("code")
        again = (
            status == 429
            or status >= 500
            or bool(error.get("is_transient"))
            or (isinstance(code, int) and code in PASSING)
        )
        return Fault(f"status {status}, code {code if isinstance(code, int) else '?'}", again)


def _heard(event: dict[str, Any]) -> Received | None:
    person = text_of(dictionary(event.get("sender")).get("id"))
    if not person:
        return None
    stamp = event.get("timestamp")
    at = stamp / 1000 if isinstance(stamp, int) and abs(stamp) < LATEST else None
    to = {"id": person}
    if postback := dictionary(event.get("postback")):
        delivery = text_of(postback.get("mid")) or f"postback:{stamp}"
        payload = text_of(postback.get("payload"))
        return Received(Kind.BUTTON, person, f"{person}:{delivery}", to, payload, at=at) if payload else None
    message = dictionary(event.get("message"))
    number = text_of(message.get("mid"))
    # an echo is what the page itself has said
    if not number or message.get("is_echo") or message.get("is_deleted"):
        return None
    return _message(message, Received(Kind.TEXT, person, f"{person}:{number}", to, text_of(message.get("text")), at=at))


def _message(message: dict[str, Any], heard: Received) -> Received:
    def as_kind(kind: Kind, **more: Any) -> Received:
        return Received(kind, heard.person, heard.delivery, heard.to, at=heard.at, **more)

    if payload := text_of(dictionary(message.get("quick_reply")).get("payload")):
        return as_kind(Kind.BUTTON, text=payload)
    attachments = [dictionary(a) for a in listed(message.get("attachments"))]
    for attachment in attachments:
        where = dictionary(dictionary(attachment.get("payload")).get("coordinates"))
        if attachment.get("type") == "location" and (point := point_of(where.get("lat"), where.get("long"))):
            return as_kind(Kind.PLACE, point=point)
    return as_kind(Kind.UNREADABLE) if attachments and not heard.text.strip() else heard
