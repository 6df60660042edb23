"""Which messaging channels there are; credentials.yml names the same."""

from __future__ import annotations

import os

from bot import paths
from bot.channels.messaging import MessagingChannel
from bot.channels.messenger import MessengerChannel
from bot.channels.slack import SlackChannel
from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsappChannel
from bot.keys import VARIABLE as PLAN_SECRET

MESSAGING: tuple[type[MessagingChannel], ...] = (
    TelegramChannel, WhatsappChannel, SmsChannel, MessengerChannel, SlackChannel,
)  # fmt: skip


def secrets() -> list[str]:
    """The values that must not get into any log."""
    told = [variable.value() for channel in MESSAGING for variable in channel.variables if variable.secret]
    told += [os.environ.get(PLAN_SECRET, "").strip(), _kept()]
    return list(dict.fromkeys(value for value in told if value))


def _kept() -> str:
    """The secret that a server has made for itself, if one has."""
    try:
        return paths.SECRET_FILE.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
