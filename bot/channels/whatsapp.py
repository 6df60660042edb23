"""WhatsApp, through Twilio: pictures, bold words, and places that people send from their phone."""

from __future__ import annotations

import re

from bot.channels.twilio import ACCOUNT, TOKEN, TwilioChannel
from bot.messaging.capabilities import WHATSAPP
from bot.messaging.settings import Variable

NUMBER = Variable(
    "TWILIO_WHATSAPP_FROM", "the number that is registered with WhatsApp, as +447700900123",
    re.compile(r"\+\d{7,15}|MG[0-9a-fA-F]{32}"), secret=False,
)  # fmt: skip


class WhatsappChannel(TwilioChannel):
    """See the module's text."""

    capabilities = WHATSAPP
    variables = (ACCOUNT, TOKEN, NUMBER)
    title = "WhatsApp"
    prefix = "whatsapp:"
    sender = NUMBER
