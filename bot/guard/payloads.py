"""Which button payloads are taken as such. Anything else that starts with "/" is text that somebody typed.

Rasa takes a typed "/intent{...}" as an intent with confidence 1.0 and skips understanding: without this list anybody could
reach any intent, and any slot.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.content.services import Need

PAYLOAD = re.compile(r"/([a-z_]+)")
# the one payload with an entity: the need chosen in "What would help you most?"
NEED_PAYLOAD = re.compile(r'/find_support\{"support_need": "([a-z-]{2,30})"\}')
LEADING_SLASHES = re.compile(r"^[/\s]+")


def as_payload(text: str, allowed: Iterable[str]) -> str | None:
    """The payload ("/ask_mopac") if it is exactly one that our buttons send; None for text."""
    chosen = NEED_PAYLOAD.fullmatch(text)
    if chosen:
        return text if chosen[1] in {need.value for need in Need} else None
    match = PAYLOAD.fullmatch(text)
    return text if match and match[1] in allowed else None


def as_text(text: str) -> str:
    """The text without the slash that would make Rasa take it for a payload."""
    if not text.lstrip().startswith("/"):
        return text
    return LEADING_SLASHES.sub("", text).replace("_", " ")
