"""Takes out of whatever is logged what must not be there: secrets, and what errors of other people's code repeat of a message.

A platform's token may be part of an address; an error may hold what somebody typed. So of an error its kind is told and where
it was raised, and its own words only where they are ours (bot/errors.py), which never repeat a message.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import json
import logging
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from urllib.parse import quote, unquote, urlsplit

from bot.errors import PlanError
from bot.paths import ROOT

HIDDEN = "(secret)"
SECRETS = ("PLAN_ACTION_SECRET", "PLAN_METRICS_TOKEN", "PLAN_MODEL_KEY")
ADDRESSES = ("TRACKER_DB", "PLAN_STATISTICS_DB", "PLAN_REDIS", "PLAN_EVENTS", "ACTION_URL")
SHORTEST = 8
"""Characters: a shorter one would be found in ordinary words."""
MOST_FRAMES = 25
MOST_ERRORS = 5
"""Of a chain of errors, the last ones."""


class Redacting(logging.Formatter):
    """Formats as `inner` does, and hides the secrets in what comes out; errors are explained as `explain` does."""

    def __init__(self, inner: logging.Formatter, secrets: Iterable[str]) -> None:
        super().__init__()
        self._inner = inner
        hidden = {form for secret in secrets if len(secret) >= SHORTEST for form in _forms(secret)}
        self._secrets = sorted(hidden, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        try:
            bare, error = without_error(record)
            text = self._inner.format(bare)
            if error:
                text = f"{text}\n{error}"
        except Exception:
            # the handler would write the arguments to standard error, as they are
            text = f"{record.levelname} {record.name}: a line that cannot be written: {record.msg!r}"
        return self.clean(text)

    def clean(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, HIDDEN)
        return text


def without_error(record: logging.LogRecord) -> tuple[logging.LogRecord, str]:
    """The record without its traceback and with errors among its arguments named only, and the traceback explained."""
    bare = copy.copy(record)
    bare.exc_info = bare.exc_text = None
    if isinstance(bare.args, tuple) and any(isinstance(one, BaseException) for one in bare.args):
        bare.args = tuple(named(one) if isinstance(one, BaseException) else one for one in bare.args)
    told = record.exc_info
    found = told[1] if isinstance(told, tuple) else None
    return bare, explain(found) if found else ""


def named(error: BaseException) -> str:
    """An error in a few words: those of its own if it is ours, else its kind."""
    if isinstance(error, PlanError):
        return str(error)
    kind = type(error)
    name = kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
    if isinstance(error, OSError) and isinstance(error.errno, int):
        return f"{name} ({errno.errorcode.get(error.errno, error.errno)})"
    return name


def explain(error: BaseException) -> str:
    """A traceback, the cause first: files, lines and functions, and each error as `named` has it."""
    chain = list(_chain(error))[:MOST_ERRORS]
    return "\n".join(line for one in reversed(chain) for line in (*_frames(one.__traceback__), f"{_told(one)}"))


def _told(error: BaseException) -> str:
    kind = type(error).__qualname__
    return f"{kind}: {error}" if isinstance(error, PlanError) else named(error)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(trace: TracebackType | None) -> Iterator[str]:
    # without the lines of source: a file that has changed since would show another one's
    frames = traceback.StackSummary.extract(traceback.walk_tb(trace), limit=-MOST_FRAMES, lookup_lines=False)
    yield "Traceback, the innermost call last:"
    for frame in frames:
        yield f"  {place(frame.filename)}:{frame.lineno} {frame.name}"


def place(file: str) -> str:
    """A file's path within the project, or within what holds its package."""
    path = Path(file)
    for folder in (*(Path(entry) for entry in sys.path if entry), ROOT):
        if path.is_relative_to(folder) and folder != Path("/"):
            return str(path.relative_to(folder))
    return path.name


def _forms(secret: str) -> set[str]:
    """How a secret may be written in a log: as it is, in an address, in JSON, as Python shows a text."""
    return {secret, quote(secret), quote(secret, safe=""), json.dumps(secret)[1:-1], repr(secret)[1:-1]}


def of_operators() -> list[str]:
    """The secrets that operators set beside those of the channels, and the passwords within addresses."""
    told = [os.environ.get(name, "").strip() for name in SECRETS]
    for name in ADDRESSES:
        for address in os.environ.get(name, "").replace(",", " ").split():
            with contextlib.suppress(ValueError):
                password = urlsplit(address).password
                told += [password, unquote(password)] if password else []
    return list(dict.fromkeys(secret for secret in told if secret))
