"""Slack, for staff: https://docs.slack.dev/apis/events-api. Requests are signed, and good for five minutes."""

from __future__ import annotations

import html
import json
import re
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs

from sanic import Request, response
from sanic.response import HTTPResponse
from slack_sdk.signature import SignatureVerifier

from bot.channels.messaging import MessagingChannel, dictionary, listed, text_of
from bot.channels.render import Outgoing
from bot.messaging.calls import Fault
from bot.messaging.calls import Request as ApiRequest
from bot.messaging.capabilities import SLACK
from bot.messaging.received import Kind, Received
from bot.messaging.sending import Call
from bot.messaging.settings import Variable

TOKEN = Variable("SLACK_BOT_TOKEN", "the bot's token, which begins with xoxb-", re.compile(r"xoxb-[\w-]{10,}"))
SECRET = Variable(
    "SLACK_SIGNING_SECRET", "the app's signing secret from its basic information", re.compile(r"[0-9a-f]{32}")
)
PASSING = frozenset(
    {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}
)
SPOKEN = (None, "", "file_share", "thread_broadcast", "me_message")
"""Subtypes of messages that a person typed; others are news of the channel."""
LINK = re.compile(r"<(?:(?:https?|mailto|tel):)([^|>]*)\|([^>]*)>|<((?:https?://|mailto:|tel:)[^|>]*)>")
MENTION = re.compile(r"<[@#!][^>|]*(?:\|([^>]*))?>")


class SlackChannel(MessagingChannel):
    """See the module's text."""

    capabilities = SLACK
    variables = (TOKEN, SECRET)
    title = "Slack"

    def is_genuine(self, request: Request) -> bool:
        stamp = request.headers.get("x-slack-request-timestamp", "")
        if not re.fullmatch(r"\d{1,12}", stamp, re.ASCII):
            return False
        try:
            return SignatureVerifier(self.told[SECRET.name]).is_valid_request(request.body, dict(request.headers))
        except (ValueError, TypeError, OverflowError):
            return False

    def special(self, request: Request) -> HTTPResponse | None:
        """Slack asks once whether the address is ours."""
        if not _is_form(request) and (body := _object(request.body)).get("type") == "url_verification":
            return response.json({"challenge": text_of(body.get("challenge"))})
        return None

    def read(self, request: Request) -> list[Received]:
        if _is_form(request):
            payload = parse_qs(request.body.decode("utf-8"), max_num_fields=20).get("payload", [""])[0]
            return _pressed(_object(payload))
        body = _object(request.body)
        if body.get("type") != "event_callback":
            return []
        event = dictionary(body.get("event"))
        return _said(event, text_of(body.get("team_id")))

    def calls(self, outgoing: Outgoing, to: dict[str, Any]) -> list[Call]:
        section: dict[str, Any] = {"type": "section", "text": {"type": "mrkdwn", "text": outgoing.text}}
        blocks = [section]
        if outgoing.picture:
            blocks = [{"type": "image", "image_url": self.picture_url(outgoing.picture), "alt_text": outgoing.alt}]
        if outgoing.buttons:
            blocks.append({"type": "actions", "elements": [
                {"type": "button", "action_id": f"choice-{n}", "value": b["payload"],
                 "text": {"type": "plain_text", "text": b["title"]}}
                for n, b in enumerate(outgoing.buttons, 1)
            ]})  # fmt: skip
        return [{**to, "text": outgoing.text, "blocks": blocks, "unfurl_links": False, "unfurl_media": False}]

    def simpler(self, call: Call) -> Call | None:
        """The text alone, when Slack cannot show the blocks."""
        return {k: v for k, v in call.items() if k != "blocks"} if call.get("blocks") else None

    async def send(self, call: Call) -> None:
        headers = {"Authorization": f"Bearer {self.told[TOKEN.name]}"}
        await self.caller.call(ApiRequest(f"{self.settings.slack_url}/chat.postMessage", json=call, headers=headers))

    def judge(self, status: int, body: dict[str, Any]) -> Fault | None:
        if status < 300 and body.get("ok") is True:
            return None
        error = text_of(body.get("error"))
        known = error if re.fullmatch(r"[a-z_]{1,60}", error) else "no reason given"
        return Fault(f"status {status}, {known}", status == 429 or status >= 500 or error in PASSING)


def _said(event: dict[str, Any], team: str) -> list[Received]:
    kind, subtype = event.get("type"), event.get("subtype")
    direct = kind == "message" and event.get("channel_type") == "im"
    if not (direct or kind == "app_mention"):
        return []
    message = event
    if subtype == "message_changed":
        # somebody has corrected what they typed; Slack also says so when it adds a preview, and then the text is as it was
        message = dictionary(event.get("message"))
        subtype = message.get("subtype")
    if subtype not in SPOKEN or message.get("bot_id") or message.get("bot_profile") or not text_of(message.get("user")):
        return []
    channel, stamp = text_of(event.get("channel")), text_of(message.get("ts"))
    typed = _plain(text_of(message.get("text")))
    content = sha256(typed.encode("utf-8", "replace")).hexdigest()
    thread = text_of(message.get("thread_ts")) or ("" if direct else stamp)
    person = f"{team}:{message['user']}" + ("" if direct else f":{channel}:{thread}")
    to = {"channel": channel, **({"thread_ts": thread} if thread else {})}
    unread = not typed and bool(listed(message.get("files")))
    return [
        Received(
            Kind.UNREADABLE if unread else Kind.TEXT,
            person,
            f"{channel}:{stamp}:{content}",
            to,
            typed,
            at=_seconds(stamp),
        )
    ]


def _pressed(payload: dict[str, Any]) -> list[Received]:
    """A button of one of our messages."""
    actions = [dictionary(a) for a in listed(payload.get("actions"))]
    user, channel = dictionary(payload.get("user")), dictionary(payload.get("channel"))
    if payload.get("type") != "block_actions" or not actions or not text_of(user.get("id")):
        return []
    value, stamp = text_of(actions[0].get("value")), text_of(actions[0].get("action_ts"))
    message = dictionary(payload.get("message"))
    thread = text_of(message.get("thread_ts"))
    where = text_of(channel.get("id"))
    team = text_of(dictionary(payload.get("team")).get("id"))
    # channels of two begin with D
    person = f"{team}:{user['id']}" + ("" if where.startswith("D") else f":{where}:{thread}")
    to = {"channel": where, **({"thread_ts": thread} if thread else {})}
    return [Received(Kind.BUTTON, person, f"{where}:{stamp}:{value}", to, value, at=_seconds(stamp))] if value else []


def _plain(text: str) -> str:
    """What a person typed, without Slack's marks for people, channels and addresses."""
    words = LINK.sub(lambda m: m[2] or m[3] or "", text)
    return html.unescape(MENTION.sub(lambda m: m[1] or "", words)).strip()


def _object(text: bytes | str) -> dict[str, Any]:
    found = json.loads(text)
    if not isinstance(found, dict):
        raise ValueError("a request of Slack is an object")
    return found


def _is_form(request: Request) -> bool:
    """Told from the body, which is signed; the content type is not."""
    return request.body.startswith(b"payload=")


def _seconds(stamp: str) -> float | None:
    return float(stamp) if re.fullmatch(r"\d{1,12}(?:\.\d{1,9})?", stamp) else None
