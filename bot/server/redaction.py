"""Takes secrets out of whatever is logged, also out of tracebacks: a platform's token may be part of an address."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from urllib.parse import quote

HIDDEN = "(secret)"
SHORTEST = 8
"""Characters: a shorter one would be found in ordinary words."""


class Redacting(logging.Formatter):
    """Formats as `inner` does, and hides the secrets in what comes out."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        self.hidden = frozenset(secret for secret in secrets if len(secret) >= SHORTEST)
        self._secrets = sorted({form for secret in self.hidden for form in _forms(secret)}, key=len, reverse=True)

    @property
    def inner(self) -> logging.Formatter:
        """What formats."""
        return self._inner

    def format(self, record: logging.LogRecord) -> str:
        try:
            text = self._inner.format(record)
        except Exception:
            # the handler would write the arguments to standard error, as they are
            text = f"{record.levelname} {record.name}: a line that cannot be written: {record.msg!r}"
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def _forms(secret: str) -> set[str]:
    """How a secret may be written in a log: as it is, in an address, in JSON, as Python shows a text."""
    return {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}


def hide_secrets(secrets: Iterable[str]) -> None:
    """Puts the formatter into every handler there is; called when logging has been set up."""
    known = frozenset(secrets)
    loggers = [logging.root, *(x for x in logging.root.manager.loggerDict.values() if isinstance(x, logging.Logger))]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        present = handler.formatter
        if isinstance(present, Redacting):
            handler.setFormatter(Redacting(present.inner, known | present.hidden))
        else:
            handler.setFormatter(Redacting(present or logging.Formatter(), known))
