"""The log: both forms, nothing that a person typed, and nobody held up by a disk that is full or a reader that stands still."""

from __future__ import annotations

import io
import json
import logging
import os
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.operations import logs, trace
from bot.operations.logs import BehindHandler
from bot.paths import ROOT
from bot.server.redaction import HIDDEN

TYPED = "he is hitting me at 12 Zebra Road"
SECRET = "a secret of the tests"
FULL = Path("/dev/full")
Told = Callable[[], list[str]]


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Where a log goes; all of logging is as it was afterwards."""
    root, shown = logging.root, warnings.showwarning
    loggers = [root, *(x for x in root.manager.loggerDict.values() if isinstance(x, logging.Logger))]
    before = [(x, list(x.handlers), x.level, x.propagate) for x in loggers]
    begun, raises = logs.words.serving, logging.raiseExceptions
    token, channel = trace._current.set(None), trace.channel.set(None)
    yield io.StringIO()
    trace._current.reset(token)
    trace.channel.reset(channel)
    for logger, handlers, level, propagates in before:
        logger.handlers[:], logger.propagate = handlers, propagates
        logger.setLevel(level)
    warnings.showwarning, logging.raiseExceptions = shown, raises
    logs.serving(begun)


@pytest.fixture(params=["text", "json"])
def form(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(logs.VARIABLE, request.param)
    return str(request.param)


@pytest.fixture
def told(form: str, stream: io.StringIO) -> Told:
    """The lines so far, in either form."""
    handler = logs.configure([SECRET], stream)

    def lines() -> list[str]:
        handler.flush()
        found = stream.getvalue().splitlines()
        return [json.dumps(json.loads(line)) for line in found] if form == "json" else found

    return lines


def test_a_line_has_time_level_logger_event_trace_channel_and_fields(told: Told, form: str) -> None:
    begun = trace.begin()
    trace.channel.set("web")
    logging.getLogger("bot.tested").info("answered", extra={"fields": {"status": "safety", "ms": {"total": 1.5}}})
    (line,) = told()
    if form == "json":
        found = json.loads(line)
        assert found.pop("time")[10] == "T"
        assert found == {
            "level": "info", "logger": "bot.tested", "event": "answered", "trace": begun.id, "channel": "web",
            "status": "safety", "ms": {"total": 1.5},
        }  # fmt: skip
    else:
        assert line.endswith(f" INFO bot.tested answered trace={begun.id} channel=web status=safety ms=total:1.5")


def test_text_is_the_usual_form(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> None:
    monkeypatch.delenv(logs.VARIABLE, raising=False)
    logs.configure([], stream).flush()
    logging.getLogger("bot.tested").warning("a line")
    logging.root.handlers[0].flush()
    assert stream.getvalue().endswith(" WARNING bot.tested a line\n")


def test_another_form_is_refused(monkeypatch: pytest.MonkeyPatch, stream: io.StringIO) -> None:
    monkeypatch.setenv(logs.VARIABLE, "xml")
    with pytest.raises(SetupError, match="text or json"):
        logs.configure([], stream)


def test_secrets_are_hidden(told: Told) -> None:
    logging.getLogger("bot.tested").warning("told %s", SECRET)
    assert HIDDEN in told()[0] and SECRET not in told()[0]


@pytest.mark.parametrize("name", ["rasa.core.processor", "sanic.error", "asyncio", "root", "botany"])
def test_what_libraries_say_while_serving_is_told_by_its_place(
    told: Told, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    logs.serving()
    # other tests quieten some of them
    caplog.set_level(logging.WARNING, logger=name)
    logging.getLogger(name).warning(f"cannot parse {TYPED}")
    logging.getLogger(name).error("cannot parse %s", TYPED)
    assert len(told()) == 2
    for line in told():
        assert "not shown" in line and "tests/unit/operations/test_logs.py:" in line
        assert "hitting" not in line and "Zebra" not in line


def test_errors_of_libraries_show_kinds_and_places_only(told: Told) -> None:
    logs.serving()
    try:
        raise ValueError(TYPED)
    except ValueError:
        logging.getLogger("rasa.core.processor").exception(f"it failed on {TYPED}")
        logging.getLogger("bot.tested").exception("a turn failed")
    text = "".join(told())
    assert text.count("ValueError") == 2 and "a turn failed" in text
    assert "hitting" not in text and "Zebra" not in text


def test_while_starting_libraries_speak(told: Told) -> None:
    logs.serving(False)
    logging.getLogger("rasa.core.processor").info("Loading model a.tar.gz...")
    assert "Loading model a.tar.gz..." in told()[0]


def test_names_of_events_are_shown_and_their_values_are_not(told: Told) -> None:
    import structlog

    before = structlog.get_config()
    try:
        logs.configure_structlog()
        logs.serving()
        log = structlog.stdlib.get_logger()
        log.warning("processor.message.parse", text=TYPED, user_text=TYPED)
        log.info("rasa.hidden.below", text=TYPED)
        log.warning(f"parsed {TYPED}")
        try:
            raise ValueError(TYPED)
        except ValueError:
            log.exception("processor.failed", text=TYPED)
    finally:
        structlog.configure(**before)
    text = "".join(told())
    assert "processor.message.parse" in text and "processor.failed" in text and "ValueError" in text
    assert "hitting" not in text and "Zebra" not in text


def test_warnings_go_the_same_way(told: Told) -> None:
    logs.serving()
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = logs._warned
        warnings.warn(f"about {TYPED}", UserWarning, stacklevel=1)
        warnings.warn("something is going to change", DeprecationWarning, stacklevel=1)
    (line,) = told()
    assert "not shown" in line and "hitting" not in line


def test_a_line_that_cannot_be_written_costs_nothing(told: Told, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("bot.tested").warning("told %d", TYPED)
    logging.getLogger("bot.tested").warning("the next")
    assert [("told %d" in line, "the next" in line) for line in told()] == [(True, False), (False, True)]
    assert "hitting" not in "".join(told()) + capsys.readouterr().err


def lost() -> float:
    return float(logs.LOST._value.get())


def record(text: str = "a line") -> logging.LogRecord:
    return logging.LogRecord("bot.tested", logging.INFO, __file__, 1, text, (), None)


@pytest.mark.skipif(not FULL.exists(), reason="no device that is always full")
def test_a_full_disk_loses_lines_and_nothing_else() -> None:
    before = lost()
    with FULL.open("w") as full:
        handler = BehindHandler(full)
        for _ in range(5):
            handler.handle(record())
        handler.flush()
    assert lost() == before + 5


@pytest.mark.parametrize("stream", [None, "closed"])
def test_a_closed_stream_loses_lines_and_nothing_else(stream: str | None) -> None:
    closed = None
    if stream:
        closed = io.StringIO()
        closed.close()
    before, handler = lost(), BehindHandler(closed)
    handler.handle(record())
    handler.flush()
    assert lost() == before + 1


def test_a_reader_that_stands_still_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MOST_WAITING", 50)
    before, (reads, writes) = lost(), os.pipe()
    with os.fdopen(writes, "w") as stream:
        handler = BehindHandler(stream)

        def write() -> None:
            for _ in range(500):
                handler.handle(record("x" * 10_000))

        # a thread, so that this test ends also when it is held up
        thread = threading.Thread(target=write, daemon=True)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()
        assert lost() > before
        os.close(reads)
        handler.flush()


def test_a_process_whose_error_stream_is_closed_goes_on() -> None:
    program = (
        "import logging, sys\n"
        "from bot.operations import logs\n"
        "logs.configure([])\n"
        "logging.getLogger('bot.tested').error('a line')\n"
        "logging.shutdown()\n"
        "print('went on', logs.LOST._value.get())\n"
    )
    shell = f'"{sys.executable}" -c "$PROGRAM" 2>&-'
    done = subprocess.run(  # noqa: S602
        shell, shell=True, cwd=ROOT, env={**os.environ, "PROGRAM": program}, capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "went on 1.0", done


def test_a_fork_writes_too() -> None:
    program = (
        "import logging, os, sys\n"
        "from bot.operations import logs\n"
        "logs.configure([], sys.stdout)\n"
        "log = logging.getLogger('bot.tested')\n"
        "log.info('before')\n"
        "logging.root.handlers[0].flush()\n"
        "child = os.fork()\n"
        "log.info('child' if child == 0 else 'parent')\n"
        "logging.shutdown()\n"
        "os._exit(0) if child == 0 else os.waitpid(child, 0)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert sorted(line.split()[-1] for line in done.stdout.splitlines()) == ["before", "child", "parent"], done
