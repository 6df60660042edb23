"""Facebook Messenger, played: https://developers.facebook.com/docs/messenger-platform/webhooks and its Send API."""

from __future__ import annotations

import hmac
import json
import time
from hashlib import sha1, sha256
from typing import Any

from aiohttp import web

from bot.channels.messenger import SIGNATURE, MessengerChannel
from tests.channels.platforms.platform import Platform, RefusedError, Seen, Webhook

PAGE_TOKEN = "EAAtestTESTtestTESTtestTESTtest"
APP_SECRET = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
VERIFY_TOKEN = "verify-token-of-the-tests"
PAGE = "102030405060708"


class MessengerPlatform(Platform):
    channel = MessengerChannel
    variables = {
        "MESSENGER_PAGE_TOKEN": PAGE_TOKEN, "MESSENGER_APP_SECRET": APP_SECRET, "MESSENGER_VERIFY_TOKEN": VERIFY_TOKEN,
    }  # fmt: skip
    url_variable = "MESSENGER_URL"
    person, another = "7009001230001234", "7009004560004567"

    def events(self, *events: dict[str, Any]) -> Webhook:
        """A request with these events in one entry, as Facebook puts several together."""
        entry = {"id": PAGE, "time": int(time.time() * 1000), "messaging": list(events)}
        return self.signed(json.dumps({"object": "page", "entry": [entry]}).encode(), {})

    def event(self, person: str, **content: Any) -> dict[str, Any]:
        return {"sender": {"id": person}, "recipient": {"id": PAGE}, "timestamp": int(time.time() * 1000), **content}

    def message(self, person: str, **content: Any) -> dict[str, Any]:
        return self.event(person, message={"mid": f"m_{next(self.numbers)}", **content})

    def text(self, person: str, text: str, **more: Any) -> Webhook:
        return self.events(self.message(person, text=text, **more))

    def press(self, person: str, payload: str) -> Webhook:
        return self.events(self.message(person, text="a title", quick_reply={"payload": payload}))

    def location(self, person: str, latitude: float, longitude: float) -> Webhook:
        where = {"coordinates": {"lat": latitude, "long": longitude}}
        return self.events(self.message(person, attachments=[{"type": "location", "payload": where}]))

    def signed(self, body: bytes, headers: dict[str, str], **other: Any) -> Webhook:
        made = hmac.new(other.get("secret", APP_SECRET).encode(), body, sha256).hexdigest()
        return Webhook(body, {"content-type": "application/json", **headers, SIGNATURE: f"sha256={made}"})

    def unsigned(self, webhook: Webhook) -> Webhook:
        return Webhook(webhook.body, {"content-type": "application/json"})

    def forged(self, webhook: Webhook) -> list[Webhook]:
        good = webhook.headers[SIGNATURE]
        old = f"sha1={hmac.new(APP_SECRET.encode(), webhook.body, sha1).hexdigest()}"
        wrong = ["", "sha256=", good[:-1], good.upper(), good.removeprefix("sha256="), old, "é"]
        made = [Webhook(webhook.body, {**webhook.headers, SIGNATURE: signature}) for signature in wrong]
        made.append(self.signed(webhook.body, {}, secret="0" * 32))
        made.append(Webhook(webhook.body + b" ", dict(webhook.headers)))
        made.append(Webhook(webhook.body, {"content-type": "application/json", "x-hub-signature": old}))
        return made

    def busy(self) -> web.Response:
        error = {
            "message": "(#613) Calls to this api have exceeded the rate limit",
            "type": "OAuthException",
            "code": 613,
        }
        return web.json_response({"error": {**error, "fbtrace_id": "A"}}, status=400)

    async def take(self, request: web.Request) -> web.Response:
        body = await request.json()
        token = request.query.get("access_token") or body.get("access_token")
        proof = hmac.new(APP_SECRET.encode(), PAGE_TOKEN.encode(), sha256).hexdigest()
        if request.path != "/me/messages" or token != PAGE_TOKEN or body.get("appsecret_proof", proof) != proof:
            raise _refused(190, "Error validating access token", 401)
        self.calls.append(("messages", body))
        message, person = body["message"], body["recipient"]["id"]
        if body.get("messaging_type") != "RESPONSE" or ("text" in message) == ("attachment" in message):
            raise _refused(100, "(#100) Param message is wrong")
        if "text" in message and not 0 < len(message["text"].encode("utf-16-le")) // 2 <= 2_000:
            raise _refused(100, "(#100) Length of param message[text] must be less than or equal to 2000")
        replies = message.get("quick_replies", [])
        if len(replies) > 13 or any(
            not 0 < len(r["title"]) <= 20 or not 0 < len(r["payload"]) <= 1_000 for r in replies
        ):
            raise _refused(100, "(#100) Invalid quick replies")
        picture = message.get("attachment", {}).get("payload", {}).get("url")
        if picture and not picture.startswith("https://"):
            raise _refused(100, "(#100) Invalid URL")
        # quick replies are gone as soon as something else is said
        if self.seen[person]:
            last = self.seen[person][-1]
            self.seen[person][-1] = Seen(last.text, {}, last.picture, last.alt, last.raw)
        shown = {r["title"]: r["payload"] for r in replies}
        self.seen[person].append(Seen(message.get("text", ""), shown, picture, "", body))
        return web.json_response({"recipient_id": person, "message_id": f"m_ours{next(self.numbers)}"})


def _refused(code: int, message: str, status: int = 400) -> RefusedError:
    return RefusedError(
        status, {"error": {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "A"}}
    )
