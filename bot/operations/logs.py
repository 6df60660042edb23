"""The log of a server: one line for each event, as text or as JSON (PLAN_LOG), with the trace and nothing that a person typed.

What libraries say while answers are given is told by its place only, since it may repeat a message: their words are shown
while the server starts. Lines are written by a thread of its own, so that a disk that is full or a reader that stands still
holds up nobody: what cannot be written is counted and left out.
"""

from __future__ import annotations

import json
import logging
import os
import re
import sys
import threading
import time
import warnings
from collections import deque
from collections.abc import Iterable
from datetime import datetime, timezone
from typing import Any, TextIO

from prometheus_client import Counter

from bot.errors import SetupError
from bot.operations import trace
from bot.server.redaction import Redacting, place, without_error

VARIABLE = "PLAN_LOG"
TEXT, JSON = "text", "json"
OURS = frozenset({"bot", "actions", "__main__"})
MOST_WAITING = 10_000
AT_ONCE = 200
TOGETHER_SECONDS = 0.02
"""For so long lines are gathered before they are written together."""
FLUSH_SECONDS = 2.0
EVENT = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+)+")
"""A name that a library gives an event, such as processor.message.parse: it holds nothing of anybody."""

LOST = Counter("plan_log_lines_lost_total", "Lines of the log that could not be written")


class Words:
    """Which records may be shown in their own words; `serving` is set when the server begins to answer."""

    serving = False

    def of(self, record: logging.LogRecord) -> str:
        """The message, or where it comes from when it may hold what somebody typed."""
        if not self.serving or record.name.partition(".")[0] in OURS:
            return record.getMessage()
        if not record.args and isinstance(record.msg, str) and EVENT.fullmatch(record.msg):
            return record.msg
        return f"not shown ({place(record.pathname)}:{record.lineno})"


words = Words()


def fields_of(record: logging.LogRecord) -> dict[str, Any]:
    """What goes with a message: trace, channel, and the record's own fields."""
    found: dict[str, Any] = {}
    if current := trace.current():
        found["trace"] = current.id
    if channel := trace.channel.get():
        found["channel"] = channel
    return {**found, **getattr(record, "fields", {})}


class TextFormatter(logging.Formatter):
    """`2026-11-28 09:00:00,000 INFO bot.operations.turn answered trace=… channel=web`."""

    def format(self, record: logging.LogRecord) -> str:
        fields = " ".join(f"{name}={_plain(value)}" for name, value in fields_of(record).items() if value is not None)
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {words.of(record)}"
        return f"{line} {fields}" if fields else line


class JsonFormatter(Redacting):
    """One JSON object a line: time, level, logger, event, then fields; `error` is a traceback without others' words."""

    def __init__(self, secrets: Iterable[str]) -> None:
        super().__init__(logging.Formatter(), secrets)

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(), "logger": record.name,
        }  # fmt: skip
        try:
            bare, error = without_error(record)
            line |= {"event": words.of(bare), **fields_of(bare)}
            if error:
                line["error"] = error
            text = json.dumps(line, ensure_ascii=False, default=str)
        except Exception:
            text = json.dumps({**line, "event": f"a line that cannot be written: {record.msg!r}"}, default=str)
        return self.clean(text)


def _plain(value: Any) -> str:
    """A field as text; the parts of a table with their names."""
    return ",".join(f"{k}:{v}" for k, v in value.items()) if isinstance(value, dict) else str(value)


class BehindHandler(logging.Handler):
    """Writes to `stream` from a thread. A line that cannot be formatted, kept or written is lost, and counted."""

    def __init__(self, stream: TextIO | None) -> None:
        super().__init__()
        self._stream = stream
        self._lines: deque[str] = deque()
        self._wake = threading.Event()
        self._process: int | None = None

    def emit(self, record: logging.LogRecord) -> None:
        try:
            if self._process != os.getpid():
                self._start()
            if len(self._lines) >= MOST_WAITING:
                LOST.inc()
                return
            self._lines.append(self.format(record))
            # the thread is woken once for all the lines of a moment: to wake it takes longer than all the rest
            if not self._wake.is_set():
                self._wake.set()
        except Exception:
            LOST.inc()

    def _start(self) -> None:
        """Starts the thread: a process that was forked has none, and what waits there is its parent's."""
        self._process, self._lines, self._wake = os.getpid(), deque(), threading.Event()
        threading.Thread(target=self._write_on, args=(self._lines, self._wake), name="plan-log", daemon=True).start()

    def _write_on(self, lines: deque[str], wake: threading.Event) -> None:
        while True:
            wake.wait()
            time.sleep(TOGETHER_SECONDS)
            wake.clear()
            # a line leaves when it is written, so that `flush` knows
            while ready := [lines[n] for n in range(min(len(lines), AT_ONCE))]:
                try:
                    self._write("".join(f"{line}\n" for line in ready))
                except Exception:
                    LOST.inc(len(ready))
                for _ in ready:
                    lines.popleft()

    def _write(self, text: str) -> None:
        """To the file itself where there is one: what a stream could not write it would keep, and try again for ever."""
        if self._stream is None:
            raise OSError
        try:
            file = self._stream.fileno()
        except (OSError, ValueError):
            self._stream.write(text)
            self._stream.flush()
            return
        left = memoryview(text.encode("utf-8", "backslashreplace"))
        while left:
            left = left[os.write(file, left) :]

    def flush(self) -> None:
        """Waits until all is written, for a moment only."""
        ends = time.monotonic() + FLUSH_SECONDS
        while self._process == os.getpid() and self._lines and time.monotonic() < ends:
            time.sleep(0.005)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name in logging
        LOST.inc()


def configure(secrets: Iterable[str], stream: TextIO | None = None) -> BehindHandler:
    """Sets up all logging of this process, in place of whatever there was. Raises SetupError for a wrong PLAN_LOG."""
    wanted = os.environ.get(VARIABLE, "").strip() or TEXT
    if wanted not in (TEXT, JSON):
        raise SetupError(f"{VARIABLE}={wanted} is no form of log: write {TEXT} or {JSON}, or unset it.")
    handler = BehindHandler(stream or sys.stderr)
    handler.setFormatter(JsonFormatter(secrets) if wanted == JSON else Redacting(TextFormatter(), secrets))
    for logger in [x for x in logging.root.manager.loggerDict.values() if isinstance(x, logging.Logger)]:
        # Sanic's loggers have their own way
        logger.handlers.clear()
        logger.propagate = True
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    for name in (*OURS, "rasa"):
        logging.getLogger(name).setLevel(logging.INFO)
    warnings.showwarning = _warned
    logging.raiseExceptions = False
    return handler


def _warned(message: Warning | str, category: type[Warning], *_: Any, **__: Any) -> None:
    """A warning of Python as a record; those about code that is to change are for whoever changes it."""
    if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning, FutureWarning)):
        logging.getLogger("py.warnings").warning("%s: %s", category.__name__, str(message))


def serving(begun: bool = True) -> None:
    """From now on libraries are told by place only, and of theirs only warnings and errors."""
    words.serving = begun
    logging.getLogger("rasa").setLevel(logging.WARNING if begun else logging.INFO)


def configure_structlog() -> None:
    """Rasa's own events as records of logging: their names and kinds of error, and none of the values that go with them."""
    import structlog

    def name_only(_: Any, __: str, event: Any) -> tuple[tuple[str], dict[str, Any]]:
        return (str(event.get("event")),), {"exc_info": event["exc_info"]} if event.get("exc_info") else {}

    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, structlog.dev.set_exc_info, name_only],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
