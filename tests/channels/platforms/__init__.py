"""The platforms, played on this machine: what their webhooks send, how it is signed, and what their APIs take and answer.

Made from their public documentation. Each refuses what the real one refuses: a wrong token, a title that is too long, HTML
that is not well-formed; so a test that passes here says that the real platform would have shown the message.
"""

from __future__ import annotations

from tests.channels.platforms.messenger import MessengerPlatform
from tests.channels.platforms.slack import SlackPlatform
from tests.channels.platforms.telegram import TelegramPlatform
from tests.channels.platforms.twilio import SmsPlatform, WhatsappPlatform

PLATFORMS = (TelegramPlatform, WhatsappPlatform, SmsPlatform, MessengerPlatform, SlackPlatform)
