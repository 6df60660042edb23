"""What SMS and WhatsApp have in common: both come through Twilio (https://www.twilio.com/docs/messaging).

Twilio signs the address that it was told together with every field of the form. Behind a proxy the server sees another address,
so the signature is checked for the public one.
"""

from __future__ import annotations

import hmac
import re
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape  # nosec B406

from sanic import Request, response
from sanic.response import HTTPResponse
from twilio.request_validator import RequestValidator

from bot.channels.messaging import MessagingChannel, dictionary
from bot.channels.render import Outgoing
from bot.messaging.calls import Fault
from bot.messaging.calls import Request as ApiRequest
from bot.messaging.received import Kind, Received, point_of
from bot.messaging.sending import Call
from bot.messaging.settings import Variable

ACCOUNT = Variable("TWILIO_ACCOUNT_SID", "the account's SID from Twilio's console", re.compile(r"AC[0-9a-fA-F]{32}"))
TOKEN = Variable("TWILIO_AUTH_TOKEN", "the account's auth token from Twilio's console", re.compile(r"[0-9a-fA-F]{32}"))
SIGNATURE = "x-twilio-signature"
LONGEST_SIGNATURE = 200
MOST_FIELDS = 200
MESSAGE_ID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
BUSY = frozenset({20429, 14107, 63018, 63038})
"""Codes with which Twilio, or WhatsApp behind it, asks to go slower."""


class Fields(dict[str, list[str]]):
    """The fields of a form, each with all of its values, in the way Twilio's own validator asks for them."""

    def getlist(self, name: str) -> list[str]:
        return self[name]

    def first(self, name: str) -> str:
        return self.get(name, [""])[0]


def fields_of(body: bytes) -> Fields:
    """The fields of a form, those without a value too: they count in the signature. Raises ValueError for what is no form."""
    found = Fields()
    for name, value in parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=MOST_FIELDS):
        found.setdefault(name, []).append(value)
    return found


class TwilioChannel(MessagingChannel):
    """`prefix`: before a number of this channel. `sender`: the variable with the number that answers come from."""

    prefix: str
    sender: Variable

    @classmethod
    def is_wanted(cls) -> bool:
        """The account is shared with the other channel: only the number tells that this one is wanted."""
        return bool(cls.sender.value())

    def is_genuine(self, request: Request) -> bool:
        signature = request.headers.get(SIGNATURE, "")
        if not signature or len(signature) > LONGEST_SIGNATURE or not signature.isascii():
            return False
        query = f"?{request.query_string}" if request.query_string else ""
        try:
            fields = request.ctx.fields = fields_of(request.body)
            address, validator = f"{self.public}{request.path}{query}", RequestValidator(self.told[TOKEN.name])
            # the address as it stands is right nearly always; the validator then tries it with and without its port
            genuine = hmac.compare_digest(
                validator.compute_signature(address, fields), signature
            ) or validator.validate(address, fields, signature)
        except ValueError:
            return False
        # another account's requests are signed with another token, but a stolen token should not open two doors
        return bool(genuine) and fields.first("AccountSid") == self.told[ACCOUNT.name]

    def read(self, request: Request) -> list[Received]:
        fields: Fields = request.ctx.fields
        number, delivery = fields.first("From").removeprefix(self.prefix), fields.first("MessageSid")
        if not MESSAGE_ID.fullmatch(delivery):
            raise ValueError("no message has such an id")
        if not fields.first("From").startswith(self.prefix) or not self.can_be_answered(number):
            return []
        if fields.first("OptOutType"):
            # Twilio has answered STOP and START itself, and forbids another answer
            return []
        return [self._heard(fields, number, delivery)]

    def can_be_answered(self, number: str) -> bool:
        """A telephone number other than our own: names and short numbers are machines that nobody can answer."""
        return bool(re.fullmatch(r"\+\d{7,15}", number, re.ASCII)) and number != self.told[self.sender.name]

    def _heard(self, fields: Fields, number: str, delivery: str) -> Received:
        to = {"to": f"{self.prefix}{number}"}
        if point := point_of(fields.first("Latitude"), fields.first("Longitude")):
            return Received(Kind.PLACE, number, delivery, to, point=point)
        if payload := fields.first("ButtonPayload"):
            return Received(Kind.BUTTON, number, delivery, to, payload)
        typed = fields.first("Body")
        media = fields.first("NumMedia")
        if not typed.strip() and media.isdigit() and int(media):
            return Received(Kind.UNREADABLE, number, delivery, to)
        return Received(Kind.TEXT, number, delivery, to, typed)

    def calls(self, outgoing: Outgoing, to: dict[str, Any]) -> list[Call]:
        call = {**to, "text": outgoing.text}
        return [{**call, "picture": self.picture_url(outgoing.picture)} if outgoing.picture else call]

    def simpler(self, call: Call) -> Call | None:
        """A picture in words."""
        return {k: v for k, v in call.items() if k != "picture"} if call.get("picture") else None

    async def send(self, call: Call) -> None:
        account, source = self.told[ACCOUNT.name], self.told[self.sender.name]
        form = {"To": call["to"], "Body": call["text"]}
        form["MessagingServiceSid" if source.startswith("MG") else "From"] = (
            source if source.startswith("MG") else f"{self.prefix}{source}"
        )
        if call.get("picture"):
            form["MediaUrl"] = call["picture"]
        address = f"{self.settings.twilio_url}/2010-04-01/Accounts/{account}/Messages.json"
        await self.caller.call(ApiRequest(address, form=form, auth=(account, self.told[TOKEN.name])))

    def judge(self, status: int, body: dict[str, Any]) -> Fault | None:
        if status < 300:
            return None
        code = dictionary(body).get("code")
        known = code if isinstance(code, int) else None
        return Fault(f"status {status}, code {known}", status == 429 or status >= 500 or known in BUSY)

    def acknowledged(self) -> HTTPResponse:
        """An empty answer in Twilio's language: the real one is sent by a call."""
        return response.text("<Response/>", content_type="text/xml")

    def too_busy(self, text: str) -> HTTPResponse:
        """Twilio does not deliver again, so the person hears at once that there is no answer now."""
        return response.text(f"<Response><Message>{escape(text)}</Message></Response>", content_type="text/xml")
