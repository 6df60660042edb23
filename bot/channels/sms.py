"""SMS, through Twilio: at most three segments a message, numbers for choices, NEXT for the rest of an answer."""

from __future__ import annotations

import re

from bot.channels.twilio import ACCOUNT, TOKEN, TwilioChannel
from bot.messaging.capabilities import SMS
from bot.messaging.settings import Variable

NUMBER = Variable(
    "TWILIO_SMS_FROM", "the number that texts come from, as +447700900123, or the SID of a messaging service (MG...)",
    re.compile(r"\+\d{7,15}|MG[0-9a-fA-F]{32}"), secret=False,
)  # fmt: skip


class SmsChannel(TwilioChannel):
    """See the module's text."""

    capabilities = SMS
    variables = (ACCOUNT, TOKEN, NUMBER)
    title = "SMS"
    prefix = ""
    sender = NUMBER

    def can_be_answered(self, number: str) -> bool:
        """Numbers of the countries that are answered: each text costs, and numbers can be had by the thousand elsewhere."""
        return super().can_be_answered(number) and number.startswith(self.settings.sms_countries)
