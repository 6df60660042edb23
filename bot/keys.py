"""The server's one secret: signs what is given out, hides what must not be known, seals what is kept for a while.

Each use has a purpose of its own, so that what was made for one is worth nothing for another.
"""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from hashlib import sha256
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

from bot.errors import SetupError

VARIABLE = "PLAN_SECRET"
SHORTEST_SECRET = 32


class Keys:
    """`secret`: at least 32 characters."""

    def __init__(self, secret: str) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise SetupError(f"{VARIABLE} must have at least {SHORTEST_SECRET} characters: choose a random one.")
        self._secret = secret.encode()
        self._boxes: dict[str, Fernet] = {}

    def sign(self, purpose: str, text: str) -> str:
        """A keyed hash of the text: 43 characters that go into addresses and names of files."""
        return urlsafe_b64encode(self._digest(purpose, text)).rstrip(b"=").decode()

    def seal(self, purpose: str, text: str) -> str:
        """The text, encrypted; only the same purpose opens it."""
        return self._box(purpose).encrypt(_bytes(text)).decode()

    def open(self, purpose: str, sealed: str) -> str | None:
        """What was sealed; None for what was not sealed here, or was changed."""
        try:
            return self._box(purpose).decrypt(_bytes(sealed)).decode("utf-8", "surrogatepass")
        except InvalidToken:
            return None

    def _box(self, purpose: str) -> Fernet:
        # there are as many as uses in the code: kept, since making one costs as much as sealing
        if purpose not in self._boxes:
            self._boxes[purpose] = Fernet(urlsafe_b64encode(self._digest("seal", purpose)))
        return self._boxes[purpose]

    def _digest(self, purpose: str, text: str) -> bytes:
        return hmac.new(self._secret, _bytes(f"{purpose}:{text}"), sha256).digest()


def _bytes(text: str) -> bytes:
    """Half a surrogate pair too: JSON can bring one, and it is a text like any other."""
    return text.encode("utf-8", "surrogatepass")


def secret_of(file: Path) -> str:
    """PLAN_SECRET, or else one made once and kept in `file`, readable by its owner only.

    Several servers behind one address need the same one: set the variable. Raises SetupError when it cannot be kept.
    """
    if told := os.environ.get(VARIABLE, "").strip():
        return told
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as made:
                made.write(secrets.token_urlsafe(48))
        except FileExistsError:
            pass
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SetupError(f"The server's secret cannot be kept in {file}: set {VARIABLE}.") from error
