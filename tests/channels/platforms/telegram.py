"""Telegram's Bot API, played: https://core.telegram.org/bots/api."""

from __future__ import annotations

import html
import json
import re
import time
from html.parser import HTMLParser
from typing import Any

from aiohttp import web

from bot.channels.telegram import HEADER, TelegramChannel
from tests.channels.platforms.platform import Platform, RefusedError, Seen, Webhook

TOKEN = "123456789:AAtestTESTtestTESTtestTESTtestTEST0"
SECRET = "telegram-secret-of-the-tests"
TAGS = {"b", "strong", "i", "em", "u", "s", "a", "code", "pre", "tg-spoiler", "blockquote"}
ENTITY = re.compile(r"&(?!(?:lt|gt|amp|quot|#\d+|#x[0-9a-fA-F]+);)")


class Strict(HTMLParser):
    """Reads what Telegram takes for HTML, and refuses the rest."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            raise ValueError(f'Unsupported start tag "{tag}"')
        self.open.append(tag)
        if tag == "a":
            self.text.append(f" {dict(attributes)['href']} ")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            raise ValueError(f'Unmatched end tag "{tag}"')

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def shown(text: str, mode: str | None) -> str:
    """The text as a phone shows it. Raises ValueError when it is no HTML."""
    if mode is None:
        return text
    if mode != "HTML" or ENTITY.search(text) or re.search(r"<(?![a-z/])", text):
        raise ValueError("can't parse entities")
    parser = Strict()
    parser.feed(text)
    parser.close()
    if parser.open:
        raise ValueError("Can't find end tag")
    return "".join(parser.text)


class TelegramPlatform(Platform):
    channel = TelegramChannel
    variables = {"TELEGRAM_BOT_TOKEN": TOKEN, "TELEGRAM_SECRET_TOKEN": SECRET}
    url_variable = "TELEGRAM_URL"
    person, another = "700900123", "700900456"

    def __init__(self) -> None:
        super().__init__()
        self.pressed: set[str] = set()
        self.webhook: dict[str, Any] = {}

    def update(self, **kind: Any) -> Webhook:
        """An update of any kind."""
        return self.signed(json.dumps({"update_id": 1_000 + next(self.numbers), **kind}).encode(), {})

    def message(self, person: str, **content: Any) -> dict[str, Any]:
        who = {
            "id": int(person),
            "is_bot": False,
            "first_name": "Samantha-Quill",
            "last_name": "Secret",
            "username": "samsecret",
        }
        chat = {"id": int(person), "type": "private", "first_name": "Samantha-Quill", "username": "samsecret"}
        number = content.pop("message_id", None) or next(self.numbers)
        return {"message_id": number, "from": who, "chat": chat, "date": int(time.time()), **content}

    def text(self, person: str, text: str, **more: Any) -> Webhook:
        return self.update(message=self.message(person, text=text, **more))

    def press(self, person: str, payload: str) -> Webhook:
        number = str(10**15 + next(self.numbers))
        self.pressed.add(number)
        ours = {**self.message(person, text="..."), "from": {"id": 123456789, "is_bot": True, "first_name": "Plan"}}
        query = {
            "id": number,
            "from": {"id": int(person), "is_bot": False, "first_name": "Samantha-Quill"},
            "message": ours,
        }
        return self.update(callback_query={**query, "chat_instance": "1", "data": payload})

    def location(self, person: str, latitude: float, longitude: float) -> Webhook:
        return self.update(message=self.message(person, location={"latitude": latitude, "longitude": longitude}))

    def signed(self, body: bytes, headers: dict[str, str], **other: Any) -> Webhook:
        return Webhook(body, {"content-type": "application/json", **headers, HEADER: other.get("secret", SECRET)})

    def unsigned(self, webhook: Webhook) -> Webhook:
        return Webhook(webhook.body, {"content-type": "application/json"})

    def forged(self, webhook: Webhook) -> list[Webhook]:
        wrong = ["", SECRET[:-1], f"{SECRET}x", SECRET.upper(), SECRET[::-1], TOKEN, "é" * 20]
        return [self.signed(webhook.body, {}, secret=secret) for secret in wrong]

    def busy(self) -> web.Response:
        body = {"ok": False, "error_code": 429, "description": "Too Many Requests: retry after 1"}
        return web.json_response({**body, "parameters": {"retry_after": 1}}, status=429)

    async def take(self, request: web.Request) -> web.Response:
        token, _, method = request.path.removeprefix("/bot").partition("/")
        if token != TOKEN:
            raise _refused(401, "Unauthorized")
        body = await request.json()
        self.calls.append((method, body))
        if method == "setWebhook":
            if not body["url"].startswith("https://") or not re.fullmatch(r"[\w-]{1,256}", body["secret_token"]):
                raise _refused(400, "Bad Request: bad webhook")
            self.webhook = body
            return web.json_response({"ok": True, "result": True, "description": "Webhook was set"})
        if method == "answerCallbackQuery":
            if body["callback_query_id"] not in self.pressed:
                raise _refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
            self.pressed.discard(body["callback_query_id"])
            return web.json_response({"ok": True, "result": True})
        return self._show(method, body)

    def _show(self, method: str, body: dict[str, Any]) -> web.Response:
        chat = body.get("chat_id")
        if not isinstance(chat, int):
            raise _refused(400, "Bad Request: chat not found")
        part, most = {"sendMessage": ("text", 4096), "sendPhoto": ("caption", 1024)}[method]
        try:
            text = shown(body.get(part) or "", body.get("parse_mode"))
        except ValueError as error:
            raise _refused(400, f"Bad Request: can't parse entities: {error}") from error
        if method == "sendMessage" and not text.strip():
            raise _refused(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > most:
            raise _refused(400, "Bad Request: message is too long")
        if method == "sendPhoto" and not body["photo"].startswith("https://"):
            raise _refused(400, "Bad Request: wrong file identifier/HTTP URL specified")
        buttons: dict[str, str] = {}
        for row in (body.get("reply_markup") or {}).get("inline_keyboard", []):
            for key in row:
                if not key["text"].strip() or not 1 <= len(key["callback_data"].encode()) <= 64:
                    raise _refused(400, "Bad Request: BUTTON_DATA_INVALID")
                buttons[key["text"]] = key["callback_data"]
        seen = Seen(html.unescape(text) if not body.get("parse_mode") else text, buttons, body.get("photo"), text, body)
        self.seen[str(chat)].append(seen)
        result = {"message_id": next(self.numbers), "date": int(time.time()), "chat": {"id": chat, "type": "private"}}
        return web.json_response({"ok": True, "result": result})


def _refused(code: int, description: str) -> RefusedError:
    return RefusedError(code, {"ok": False, "error_code": code, "description": description})
