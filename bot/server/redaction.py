"""Takes secrets out of whatever is logged, also out of tracebacks: a platform's token may be part of an address."""

from __future__ import annotations

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
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in (secret, quote(secret, safe=""))}
        self._secrets = sorted(forms, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        text = self._inner.format(record)
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def hide_secrets(secrets: Iterable[str]) -> None:
    """Puts the formatter into every handler there is; called when logging has been set up."""
    known = list(secrets)
    loggers = [logging.root, *(x for x in logging.root.manager.loggerDict.values() if isinstance(x, logging.Logger))]
    for handler in {handler for logger in loggers for handler in logger.handlers}:
        if not isinstance(handler.formatter, Redacting):
            handler.setFormatter(Redacting(handler.formatter or logging.Formatter(), known))
