"""Twilio's messaging, played: https://www.twilio.com/docs/messaging/guides/webhook-request and its Messages resource."""

from __future__ import annotations

import base64
import hmac
import re
from hashlib import sha1
from typing import Any
from urllib.parse import parse_qsl, urlencode

from aiohttp import BasicAuth, web

from bot.channels.sms import SmsChannel
from bot.channels.twilio import SIGNATURE
from bot.channels.whatsapp import WhatsappChannel
from bot.messaging.gsm7 import segments
from tests.channels.platforms.platform import PUBLIC, Platform, RefusedError, Seen, Webhook

ACCOUNT = "AC" + "0123456789abcdef" * 2
TOKEN = "fedcba9876543210" * 2
FORM = "application/x-www-form-urlencoded; charset=UTF-8"
STARRED = re.compile(r"(?<!\w)\*(\S(?:[^*\n]*\S)?)\*(?!\w)")


def sign(url: str, body: bytes, token: str = TOKEN) -> str:
    """The signature as Twilio's documentation describes it: the address, then each field's name and value in order."""
    fields = sorted(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    text = url + "".join(f"{name}{value}" for name, value in fields)
    return base64.b64encode(hmac.new(token.encode(), text.encode(), sha1).digest()).decode()


class TwilioPlatform(Platform):
    """`prefix`, `ours`: how numbers are written on this channel, and the number that people write to."""

    url_variable = "TWILIO_URL"
    person, another = "+447700900123", "+447700900456"
    prefix = ""
    ours = ""

    def fields(self, person: str, **content: str) -> dict[str, str]:
        number = f"{next(self.numbers):032x}"
        return {
            "ToCountry": "GB", "SmsMessageSid": f"SM{number}", "NumMedia": "0", "SmsSid": f"SM{number}", "SmsStatus": "received",
            "FromCity": "", "Body": "", "FromCountry": "GB", "To": f"{self.prefix}{self.ours}", "NumSegments": "1",
            "MessageSid": f"SM{number}", "AccountSid": ACCOUNT, "From": f"{self.prefix}{person}", "ApiVersion": "2010-04-01",
            **content,
        }  # fmt: skip

    def form(self, fields: dict[str, str], **other: Any) -> Webhook:
        return self.signed(urlencode(fields).encode(), {}, **other)

    def text(self, person: str, text: str, **more: Any) -> Webhook:
        return self.form(self.fields(person, Body=text, **more))

    def press(self, person: str, payload: str) -> Webhook:
        raise NotImplementedError("numbers are typed here")

    def signed(self, body: bytes, headers: dict[str, str], **other: Any) -> Webhook:
        query = other.get("query", "")
        url = other.get("url") or f"{PUBLIC}{self.path}{'?' + query if query else ''}"
        signature = sign(url, body, other.get("token", TOKEN))
        return Webhook(body, {"content-type": FORM, **headers, SIGNATURE: signature}, query)

    def unsigned(self, webhook: Webhook) -> Webhook:
        return Webhook(webhook.body, {"content-type": FORM})

    def forged(self, webhook: Webhook) -> list[Webhook]:
        good = webhook.headers[SIGNATURE]
        wrong = ["", "x", good[:-2] + "A=", good.swapcase(), "é", f"{good}{good}", "a" * 500]
        made = [Webhook(webhook.body, {"content-type": FORM, SIGNATURE: signature}) for signature in wrong]
        made.append(self.signed(webhook.body, {}, token="0" * 32))
        made.append(self.signed(webhook.body, {}, url=f"http://127.0.0.1{self.path}"))
        made.append(self.signed(webhook.body, {}, url=f"https://evil.test{self.path}"))
        other = webhook.body.replace(b"Body=", b"Body=he+hits+me+")
        made.append(Webhook(other, dict(webhook.headers)))
        made.append(Webhook(webhook.body + b"&Extra=1", dict(webhook.headers)))
        made.append(Webhook(webhook.body, dict(webhook.headers), "extra=1"))
        made.append(self.signed(webhook.body.replace(ACCOUNT.encode(), b"AC" + b"9" * 32), {}))
        return made

    def busy(self) -> web.Response:
        body = {"code": 20429, "message": "Too Many Requests", "more_info": "https://www.twilio.com/docs/errors/20429"}
        return web.json_response({**body, "status": 429}, status=429)

    async def take(self, request: web.Request) -> web.Response:
        login = BasicAuth.decode(request.headers.get("Authorization", "Basic Og=="))
        if (login.login, login.password) != (
            ACCOUNT,
            TOKEN,
        ) or request.path != f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json":
            raise _refused(401, 20003, "Authenticate")
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.calls.append(("Messages", form))
        to, source, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
        if not re.fullmatch(re.escape(self.prefix) + r"\+\d{7,15}", to):
            raise _refused(400, 21211, "Invalid 'To' Phone Number")
        if source != f"{self.prefix}{self.ours}":
            raise _refused(400, 21606, "The 'From' phone number is not a valid message-capable Twilio number")
        if not body.strip() and not form.get("MediaUrl"):
            raise _refused(400, 21602, "Message body is required")
        if len(body.encode("utf-16-le")) // 2 > 1_600:
            raise _refused(400, 21617, "The concatenated message body exceeds the 1600 character limit")
        self.check(form)
        shown = STARRED.sub(r"\1", body) if self.prefix else body
        self.seen[to.removeprefix(self.prefix)].append(Seen(shown, {}, form.get("MediaUrl"), body, form))
        answer = {
            "sid": f"SM{next(self.numbers):032x}",
            "status": "queued",
            "num_segments": str(segments(body)),
            "error_code": None,
        }
        return web.json_response({**answer, "to": to, "from": source, "body": body}, status=201)

    def check(self, form: dict[str, str]) -> None:
        """What this channel refuses besides."""


class SmsPlatform(TwilioPlatform):
    channel = SmsChannel
    ours = "+442079460000"
    variables = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_SMS_FROM": ours}

    def check(self, form: dict[str, str]) -> None:
        # Twilio would send more; the project promises less
        assert segments(form["Body"]) <= 3, f"{segments(form['Body'])} segments: {form['Body']}"
        assert "MediaUrl" not in form


class WhatsappPlatform(TwilioPlatform):
    channel = WhatsappChannel
    prefix = "whatsapp:"
    ours = "+442079460001"
    variables = {"TWILIO_ACCOUNT_SID": ACCOUNT, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_WHATSAPP_FROM": ours}

    def fields(self, person: str, **content: str) -> dict[str, str]:
        told = {"ProfileName": "Samantha-Quill Secret", "WaId": person.removeprefix("+"), "MessageType": "text"}
        return super().fields(person, **{**told, **content})

    def location(self, person: str, latitude: float, longitude: float) -> Webhook:
        where = {"Latitude": str(latitude), "Longitude": str(longitude), "MessageType": "location"}
        return self.form(self.fields(person, **where))


def _refused(status: int, code: int, message: str) -> RefusedError:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return RefusedError(status, {"code": code, "message": message, "more_info": more, "status": status})
