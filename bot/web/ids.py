"""Ids of web conversations: made here, signed, unguessable, expiring. The id is the only key to a conversation.

An id is `v1.<random>.<expiry>.<signature>`. What the tracker store knows the conversation by is another keyed hash of the
random part, so that whoever reads the store cannot speak in the conversation.
"""

from __future__ import annotations

import hmac
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from bot.errors import ConversationIdError, ExpiredIdError
from bot.keys import Keys

VERSION = "v1"
RANDOM_BYTES = 24
LONGEST_ID = 160


@dataclass(frozen=True)
class Opened:
    """An id that was read. `sender`: the conversation's name in the tracker store; `expires`: seconds since 1970."""

    sender: str
    expires: int


class ConversationIds:
    """Issues and reads ids. `secret`: at least 32 characters; `hours`: how long an id is good."""

    def __init__(self, secret: str, hours: float, clock: Callable[[], float] = time.time) -> None:
        self._keys, self._seconds, self._clock = Keys(secret), hours * 3600, clock

    def issue(self) -> tuple[str, Opened]:
        """A new id, and what it opens."""
        random = secrets.token_urlsafe(RANDOM_BYTES)
        expires = int(self._clock() + self._seconds)
        signed = f"{VERSION}.{random}.{expires}"
        return f"{signed}.{self._keys.sign('id', signed)}", Opened(self._sender(random), expires)

    def read(self, text: str) -> Opened:
        """What an id opens. Raises ConversationIdError for one that is not ours, ExpiredIdError for one that was."""
        signed, _, signature = text.rpartition(".")
        parts = signed.split(".")
        good = len(text) <= LONGEST_ID and text.isascii() and len(parts) == 3
        if not good or not hmac.compare_digest(signature, self._keys.sign("id", signed)):
            raise ConversationIdError("The conversation's id was not given out here.")
        expires = int(parts[2])
        if expires <= self._clock():
            raise ExpiredIdError("The conversation has expired.")
        return Opened(self._sender(parts[1]), expires)

    def sign_answer(self, sender: str, name: str, at: float) -> str:
        """The id of an answer that was given in a conversation: good only there, with nothing kept for it."""
        signed = f"{name}.{int(at * 1000)}"
        return f"{signed}.{self._keys.sign('answer', f'{sender}.{signed}')[:22]}"

    def answer_name(self, sender: str, answer: str) -> str:
        """The name of the answer. Raises ConversationIdError when it was not given in this conversation."""
        signed, _, signature = answer.rpartition(".")
        name, _, at = signed.rpartition(".")
        good = answer.isascii() and name and at  # looked at first: half a surrogate pair cannot even be signed
        if not good or not hmac.compare_digest(signature, self._keys.sign("answer", f"{sender}.{signed}")[:22]):
            raise ConversationIdError("This answer was not given in this conversation.")
        return name

    def hide(self, text: str) -> str:
        """A keyed hash, for addresses and the like that are counted but never kept."""
        return self._keys.sign("hidden", text)

    def _sender(self, random: str) -> str:
        return f"web-{self._keys.sign('sender', random)}"
