"""Slack, played: https://docs.slack.dev/apis/events-api and its chat.postMessage."""

from __future__ import annotations

import hmac
import html
import json
import re
import time
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from bot.channels.slack import SlackChannel
from tests.channels.platforms.platform import Platform, RefusedError, Seen, Webhook

TOKEN = "xoxb-1234567890-testTESTtest"
SECRET = "8f742231b10e8888abcd99yyyzzz85a5".replace("y", "0").replace("z", "1")
TEAM, BOT = "T0TEAM", "U0BOT"
LINK = re.compile(r"<((?:https?|mailto|tel):[^|>]*)\|([^>]*)>")
BARE = re.compile(r"<(?:(?:https?|mailto|tel):|[@#!])|&(?!(?:lt|gt|amp);)")
STRONG = re.compile(r"(?<!\w)\*(\S(?:[^*\n]*\S)?)\*(?!\w)")


class SlackPlatform(Platform):
    channel = SlackChannel
    variables = {"SLACK_BOT_TOKEN": TOKEN, "SLACK_SIGNING_SECRET": SECRET}
    url_variable = "SLACK_URL"
    person, another = "U0700900123", "U0700900456"

    def __init__(self) -> None:
        super().__init__()
        self.last_thread = ""

    def known_as(self, person: str) -> str:
        return f"{TEAM}:{person}"

    def event(self, **event: Any) -> Webhook:
        number = next(self.numbers)
        body = {
            "token": "old-style", "team_id": TEAM, "api_app_id": "A0", "type": "event_callback", "event_id": f"Ev{number}",
            "event_time": int(time.time()), "authorizations": [{"user_id": BOT, "is_bot": True}], "event": event,
        }  # fmt: skip
        return self.signed(json.dumps(body).encode(), {})

    def message(self, person: str, text: str, **more: Any) -> dict[str, Any]:
        stamp = more.pop("ts", None) or f"{int(time.time())}.{next(self.numbers):06d}"
        return {
            "type": "message", "channel": f"D{person[1:]}", "user": person, "text": text, "ts": stamp, "team": TEAM,
            "channel_type": "im", "event_ts": stamp, **more,
        }  # fmt: skip

    def text(self, person: str, text: str, **more: Any) -> Webhook:
        return self.event(**self.message(person, html.escape(text, quote=False), **more))

    def press(self, person: str, payload: str) -> Webhook:
        stamp = f"{int(time.time())}.{next(self.numbers):06d}"
        body = {
            "type": "block_actions", "user": {"id": person, "username": "sam", "team_id": TEAM}, "api_app_id": "A0", "token": "old",
            "container": {"type": "message", "message_ts": stamp, "channel_id": f"D{person[1:]}"}, "trigger_id": stamp,
            "team": {"id": TEAM, "domain": "city-hall"}, "channel": {"id": f"D{person[1:]}", "name": "directmessage"},
            "message": {"type": "message", "user": BOT, "ts": stamp, "bot_id": "B0", "text": "..."},
            "actions": [{"type": "button", "action_id": "choice-1", "block_id": "b", "value": payload, "action_ts": stamp}],
        }  # fmt: skip
        form = urlencode({"payload": json.dumps(body)}).encode()
        return self.signed(form, {"content-type": "application/x-www-form-urlencoded"})

    def signed(self, body: bytes, headers: dict[str, str], **other: Any) -> Webhook:
        stamp = str(other.get("at", int(time.time())))
        made = hmac.new(other.get("secret", SECRET).encode(), f"v0:{stamp}:".encode() + body, sha256).hexdigest()
        marks = {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={made}"}
        return Webhook(body, {"content-type": "application/json", **headers, **marks})

    def unsigned(self, webhook: Webhook) -> Webhook:
        return Webhook(webhook.body, {"content-type": webhook.headers["content-type"]})

    def forged(self, webhook: Webhook) -> list[Webhook]:
        good, now = webhook.headers, int(time.time())
        signature = good["x-slack-signature"]
        wrong = ["", "v0=", signature[:-1], signature.upper(), signature.replace("v0", "v1"), "é"]
        made = [Webhook(webhook.body, {**good, "x-slack-signature": w}) for w in wrong]
        made += [
            Webhook(webhook.body, {**good, "x-slack-request-timestamp": t})
            for t in ("", "x", "-1", "nan", "9" * 400, "١٢٣", str(now - 7))
        ]
        made.append(self.signed(webhook.body, {"content-type": good["content-type"]}, secret="0" * 32))
        # a request that somebody kept, and sends again when its five minutes are over; one from the future
        made.append(self.signed(webhook.body, {"content-type": good["content-type"]}, at=now - 301))
        made.append(self.signed(webhook.body, {"content-type": good["content-type"]}, at=now + 320))
        made.append(Webhook(webhook.body + b" ", dict(good)))
        return made

    def busy(self) -> web.Response:
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "1"})

    async def take(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}" or request.path != "/chat.postMessage":
            raise _refused("invalid_auth")
        body = await request.json()
        self.calls.append(("chat.postMessage", body))
        if not body.get("channel"):
            raise _refused("channel_not_found")
        if not body.get("text") and not body.get("blocks"):
            raise _refused("no_text")
        texts, buttons, picture, alt = [], {}, None, ""
        for block in body.get("blocks") or [{"type": "section", "text": {"type": "mrkdwn", "text": body["text"]}}]:
            if block["type"] == "section":
                texts.append(_shown(block["text"]))
            elif block["type"] == "image":
                picture, alt = block["image_url"], block["alt_text"]
                if not picture.startswith("https://") or len(picture) > 3_000 or not 0 < len(alt) <= 2_000:
                    raise _refused("invalid_blocks")
            elif block["type"] == "actions":
                buttons = _buttons(block["elements"])
            else:
                raise _refused("invalid_blocks")
        self.last_thread = body.get("thread_ts", "")
        person = f"U{body['channel'][1:]}" if body["channel"].startswith("D") else body["channel"]
        self.seen[person].append(Seen("\n".join(texts), buttons, picture, alt, body))
        return web.json_response({"ok": True, "channel": body["channel"], "ts": f"{time.time():.6f}", "message": {}})


def _shown(text: dict[str, str]) -> str:
    plain = LINK.sub(lambda m: f"{m[2]} {m[1]}", text["text"])
    if text["type"] != "mrkdwn" or not 0 < len(text["text"]) <= 3_000 or BARE.search(plain):
        raise _refused("invalid_blocks")
    return html.unescape(STRONG.sub(r"\1", plain))


def _buttons(elements: list[dict[str, Any]]) -> dict[str, str]:
    names = [e["action_id"] for e in elements]
    if not 0 < len(elements) <= 25 or len(set(names)) != len(names):
        raise _refused("invalid_blocks")
    for element in elements:
        if (
            element["text"]["type"] != "plain_text"
            or not 0 < len(element["text"]["text"]) <= 75
            or len(element["value"]) > 2_000
        ):
            raise _refused("invalid_blocks")
    return {e["text"]["text"]: e["value"] for e in elements}


def _refused(error: str) -> RefusedError:
    """Slack refuses with status 200."""
    return RefusedError(200, {"ok": False, "error": error})
