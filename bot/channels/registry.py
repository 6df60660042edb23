"""Which messaging channels there are, and which channels credentials.yml names: all of these, and those of the web."""

from __future__ import annotations

import os
from pathlib import Path

from rasa.core.channels.channel import InputChannel
from rasa.shared.utils.common import class_from_module_path
from rasa.shared.utils.io import read_config_file

from bot import paths
from bot.channels.messaging import MessagingChannel
from bot.channels.messenger import MessengerChannel
from bot.channels.slack import SlackChannel
from bot.channels.sms import SmsChannel
from bot.channels.telegram import TelegramChannel
from bot.channels.whatsapp import WhatsappChannel
from bot.errors import SetupError
from bot.keys import VARIABLE as PLAN_SECRET

MESSAGING: tuple[type[MessagingChannel], ...] = (
    TelegramChannel, WhatsappChannel, SmsChannel, MessengerChannel, SlackChannel,
)  # fmt: skip


def named_in(file: Path) -> list[InputChannel]:
    """The channels that a file names by their classes, made. Raises SetupError for one that is not there."""
    made = []
    for name, settings in read_config_file(file).items():
        try:
            kind = class_from_module_path(name)
        except (AttributeError, ImportError) as error:
            raise SetupError(
                f"{file.name}: there is no channel {name}. Correct its name, or take the line out."
            ) from error
        made.append(kind.from_credentials(settings))
    return made


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
