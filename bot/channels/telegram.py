"""Telegram: https://core.telegram.org/bots/api. The secret token of the webhook is checked on every update."""

from __future__ import annotations

import hmac
import html
import json
import re
from hashlib import sha256
from typing import Any

from sanic import Request

from bot.channels.messaging import MessagingChannel, dictionary, text_of
from bot.channels.render import Outgoing
from bot.messaging.calls import Fault
from bot.messaging.calls import Request as ApiRequest
from bot.messaging.capabilities import TELEGRAM
from bot.messaging.received import Kind, Received, point_of
from bot.messaging.sending import Call
from bot.messaging.settings import Variable

TOKEN = Variable("TELEGRAM_BOT_TOKEN", "the token that @BotFather gave the bot", re.compile(r"\d+:[\w-]{20,}"))
SECRET = Variable(
    "TELEGRAM_SECRET_TOKEN", "16 to 256 letters, digits, - and _ that you choose by chance",
    re.compile(r"[\w-]{16,256}", re.ASCII),
)  # fmt: skip
HEADER = "x-telegram-bot-api-secret-token"
HEARD = ("message", "edited_message", "callback_query")
"""The kinds of update that are asked for; others are left alone."""
UNREADABLE = (
    "voice", "audio", "photo", "video", "video_note", "sticker", "animation", "document", "contact", "poll", "dice", "venue",
    "game", "story", "paid_media", "checklist",
)  # fmt: skip
COMMANDS = {"start": "/greet", "help": "/ask_capabilities", "delete": "/delete_my_data"}
COMMAND = re.compile(r"/(?:(start)(?:@\w+)?(?:\s[\w-]{1,64})?|(\w{1,32})(?:@\w+)?)\s*", re.ASCII | re.IGNORECASE)
"""A command alone: behind `/start` a link may have put a word. Whatever else follows was typed by somebody, and is read."""
LATEST = 10**12
"""A number above this is no time."""
TAG = re.compile(r"</?[a-z][^>]*>")


class TelegramChannel(MessagingChannel):
    """See the module's text."""

    capabilities = TELEGRAM
    variables = (TOKEN, SECRET)
    title = "Telegram"

    def is_genuine(self, request: Request) -> bool:
        sent = request.headers.get(HEADER, "")
        return hmac.compare_digest(sent.encode("utf-8", "replace"), self.told[SECRET.name].encode())

    def read(self, request: Request) -> list[Received]:
        update = json.loads(request.body)
        if not isinstance(update, dict):
            raise ValueError("an update is an object")
        if "callback_query" in update:
            return _pressed(dictionary(update["callback_query"]))
        if "edited_message" in update:
            return _said(dictionary(update["edited_message"]), edited=True)
        return _said(dictionary(update.get("message")))

    def calls(self, outgoing: Outgoing, to: dict[str, Any]) -> list[Call]:
        if outgoing.picture:
            body: dict[str, Any] = {"photo": self.picture_url(outgoing.picture), "caption": outgoing.text}
            return [{"method": "sendPhoto", "body": {**to, **body, "parse_mode": "HTML"}}]
        body = {"text": outgoing.text, "parse_mode": "HTML", "link_preview_options": {"is_disabled": True}}
        if outgoing.buttons:
            keys = [[{"text": b["title"], "callback_data": b["payload"]}] for b in outgoing.buttons]
            body["reply_markup"] = {"inline_keyboard": keys}
        return [{"method": "sendMessage", "body": {**to, **body}}]

    def simpler(self, call: Call) -> Call | None:
        """A picture in words; a text that Telegram cannot read as HTML without its marks."""
        body = call["body"]
        if call["method"] == "sendPhoto":
            kept = {k: v for k, v in body.items() if k not in ("photo", "caption")}
            return {"method": "sendMessage", "body": {**kept, "text": body["caption"]}}
        if body.get("parse_mode"):
            kept = {k: v for k, v in body.items() if k != "parse_mode"}
            return {"method": "sendMessage", "body": {**kept, "text": html.unescape(TAG.sub("", body["text"]))}}
        return None

    async def send(self, call: Call) -> None:
        # the token is part of the address, as Telegram wants it
        address = f"{self.settings.telegram_url}/bot{self.told[TOKEN.name]}/{call['method']}"
        await self.caller.call(ApiRequest(address, json=call["body"]))

    def judge(self, status: int, body: dict[str, Any]) -> Fault | None:
        if status < 300 and body.get("ok") is not False:
            return None
        wait = dictionary(body.get("parameters")).get("retry_after")
        told = body.get("error_code")
        code = told if isinstance(told, int) else status
        again = code == 429 or code >= 500
        return Fault(f"status {code}", again, _seconds(wait))


def _said(message: dict[str, Any], *, edited: bool = False) -> list[Received]:
    chat, who = dictionary(message.get("chat")), dictionary(message.get("from"))
    number, person = chat.get("id"), who.get("id")
    if not isinstance(number, int) or not isinstance(person, int) or who.get("is_bot"):
        return []
    typed = text_of(message.get("text")) or text_of(message.get("caption"))
    to: dict[str, Any] = {"chat_id": number}
    at = _seconds(message.get("edit_date") if edited else message.get("date"))
    # an edit that left the text as it was is the same message again: Telegram sends those for reasons of its own
    content = sha256(typed.encode("utf-8", "replace")).hexdigest()
    delivery = f"{number}:{message.get('message_id')}:{content}"
    if chat.get("type") != "private":
        if not typed or edited:
            return []
        to["reply_parameters"] = {"message_id": message.get("message_id"), "allow_sending_without_reply": True}
        return [Received(Kind.GROUP, str(number), delivery, to, typed, at=at)]
    if location := dictionary(message.get("location")):
        point = point_of(location.get("latitude"), location.get("longitude"))
        # a place that is shared live is edited every few seconds; it was answered at the start
        return [] if edited or not point else [Received(Kind.PLACE, str(person), delivery, to, point=point, at=at)]
    if typed:
        return [_typed(typed, Received(Kind.TEXT, str(person), delivery, to, typed, at=at))]
    if not edited and any(kind in message for kind in UNREADABLE):
        return [Received(Kind.UNREADABLE, str(person), delivery, to, at=at)]
    return []


def _typed(typed: str, received: Received) -> Received:
    command = COMMAND.fullmatch(typed)
    payload = COMMANDS.get((command[1] or command[2]).lower()) if command else None
    if not payload:
        return received
    return Received(Kind.BUTTON, received.person, received.delivery, received.to, payload, at=received.at)


def _pressed(query: dict[str, Any]) -> list[Received]:
    """A button of one of our messages. Telegram shows a waiting sign on it until it hears back."""
    chat, who = dictionary(dictionary(query.get("message")).get("chat")), dictionary(query.get("from"))
    number, data = text_of(query.get("id")), text_of(query.get("data"))
    if (
        not number
        or not data
        or chat.get("type") != "private"
        or not isinstance(who.get("id"), int)
        or who.get("is_bot")
    ):
        return []
    done = {"method": "answerCallbackQuery", "body": {"callback_query_id": number}}
    to = {"chat_id": chat.get("id")}
    return [Received(Kind.BUTTON, str(who["id"]), f"callback:{number}", to, data, acknowledge=done)]


def _seconds(value: Any) -> float | None:
    return float(value) if isinstance(value, int) and abs(value) < LATEST else None


def webhook_settings(public: str, secret: str) -> dict[str, Any]:
    """What setWebhook is told, so that updates come here, signed, and only of the kinds that are heard."""
    return {
        "url": f"{public.rstrip('/')}{TelegramChannel.webhook()}",
        "secret_token": secret,
        "allowed_updates": list(HEARD),
        "max_connections": 40,
        "drop_pending_updates": False,
    }
