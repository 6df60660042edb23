"""The id of a request on its way from channel to action (W3C Trace Context), so that its log lines can be found together.

Kept in a context variable: tasks, `asyncio.wait_for` and `asyncio.to_thread` take it along.
"""

from __future__ import annotations

import random
import re
from contextvars import ContextVar
from typing import NamedTuple

HEADER = "traceparent"
SHOWN = "X-Trace-Id"
"""The header of an answer in which a person, or their browser, can read it."""
PARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
NO_TRACE, NO_SPAN = "0" * 32, "0" * 16
SAMPLED = "01"


class Trace(NamedTuple):
    """`id`: 32 hexadecimal digits; `flags`: two, as they came."""

    id: str
    flags: str = SAMPLED


_current: ContextVar[Trace | None] = ContextVar("plan_trace", default=None)
channel: ContextVar[str | None] = ContextVar("plan_channel", default=None)
"""The channel whose message is being answered."""


def read(header: str | None) -> Trace | None:
    """What a `traceparent` header names; None when there is none, or it is not valid."""
    found = PARENT.fullmatch(header.strip()) if header and len(header) <= 200 else None
    if not found:
        return None
    version, trace, span, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or trace == NO_TRACE or span == NO_SPAN:
        return None
    return Trace(trace, flags)


def begin(header: str | None = None) -> Trace:
    """The trace of a request that has just come: the caller's, or a new one. It is the current one from here on."""
    trace = read(header) or Trace(_digits(32))
    _current.set(trace)
    return trace


def current() -> Trace | None:
    """The trace of what is being done; None outside any request."""
    return _current.get()


def parent_header() -> dict[str, str]:
    """The header that carries the trace to another server; nothing outside any request."""
    trace = _current.get()
    return {HEADER: f"00-{trace.id}-{_digits(16)}-{trace.flags}"} if trace else {}


def _digits(many: int) -> str:
    """So many hexadecimal digits by chance, not all 0. They tell requests apart and guard nothing, so they need not be secret."""
    return f"{random.getrandbits(4 * many) or 1:0{many}x}"  # nosec B311
