"""What each channel can show. Limits are the platforms' own, or a little below where they count in another way."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messaging import markup
from bot.messaging.gsm7 import segments, to_alphabet
from bot.messaging.markup import Markup


@dataclass(frozen=True)
class Capabilities:
    """`text`: characters of one message; `segments`: of an SMS, which then is the limit. `buttons`: how many, 0 for none;
    `title`: characters of one. `captions`: whether words can go with a picture. `buttons_vanish`: with the next message.
    """

    name: str
    text: int
    markup: Markup = markup.PLAIN
    segments: int | None = None
    buttons: int = 0
    title: int = 0
    pictures: bool = False
    captions: bool = False
    caption: int = 1_000
    buttons_vanish: bool = False

    def fits(self, text: str) -> bool:
        """Whether a text goes out as one message; characters outside the basic plane count twice, as platforms count them."""
        if self.segments is not None:
            return segments(text) <= self.segments
        return _length(text) <= self.text

    def fits_picture(self, text: str) -> bool:
        """Whether words go with a picture; where a channel has no captions they are a message of their own."""
        return _length(text) <= self.caption if self.captions else self.fits(text)

    def written(self, text: str) -> str:
        """The text in the letters that the channel has."""
        return to_alphabet(text) if self.segments is not None else text


def _length(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


SMS = Capabilities("sms", text=1_530, segments=3)
WHATSAPP = Capabilities("whatsapp", text=1_500, markup=markup.WHATSAPP, pictures=True, captions=True)
TELEGRAM = Capabilities(
    "telegram", text=3_800, markup=markup.HTML, buttons=12, title=60, pictures=True, captions=True
)  # fmt: skip
MESSENGER = Capabilities("messenger", text=1_900, buttons=13, title=20, pictures=True, buttons_vanish=True)
SLACK = Capabilities(
    "slack", text=2_500, markup=markup.SLACK, buttons=12, title=70, pictures=True, captions=True, caption=1_900
)  # fmt: skip
ALL = {channel.name: channel for channel in (TELEGRAM, WHATSAPP, SMS, MESSENGER, SLACK)}
