"""Secrets come out of whatever is logged: messages, arguments, tracebacks, and lines that cannot be written at all."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest

from bot.errors import SetupError
from bot.server.redaction import HIDDEN, Redacting, explain, of_operators

TOKEN = "123456:AAH-a/token+of=telegram"
OTHER = "xoxb-another-secret"


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def logger(stream: io.StringIO) -> Iterator[logging.Logger]:
    """A logger with a handler of its own, which hides two secrets."""
    made = logging.getLogger("tested.redaction")
    handler = logging.StreamHandler(stream)
    made.addHandler(handler)
    made.propagate = False
    made.setLevel(logging.WARNING)
    hide(made, TOKEN, OTHER)
    yield made
    made.removeHandler(handler)


def hide(logger: logging.Logger, *secrets: str) -> None:
    """From now on these are hidden."""
    usual = logging.Formatter("%(levelname)s %(name)s: %(message)s")
    logger.handlers[0].setFormatter(Redacting(usual, secrets))


@pytest.fixture
def logged(stream: io.StringIO) -> Callable[[], str]:
    return stream.getvalue


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        (f"told {TOKEN} twice {TOKEN}", ()),
        ("told %s", (TOKEN,)),
        ("told %(token)r", ({"token": TOKEN},)),
        ("told %s", ([TOKEN, OTHER],)),
        ("told %s", (f"https://api.telegram.org/bot{TOKEN}/send",)),
        ("told %s", (quote(TOKEN, safe=""),)),
        ("told %s", (quote(TOKEN),)),
        ("told %s", (TOKEN.encode(),)),
        (f"told {OTHER}\n and {TOKEN}", ()),
    ],
)
def test_in_messages_and_arguments(
    logger: logging.Logger, logged: Callable[[], str], message: str, arguments: tuple[object, ...]
) -> None:
    logger.warning(message, *arguments)
    text = logged()
    assert "told" in text and HIDDEN in text
    assert not any(secret in text for secret in (TOKEN, OTHER, quote(TOKEN), quote(TOKEN, safe="")))


def test_tracebacks_tell_kinds_and_places_and_nothing_that_an_error_says(
    logger: logging.Logger, logged: Callable[[], str]
) -> None:
    try:
        try:
            raise ValueError(f"cannot read he is hitting me and {TOKEN}")
        except ValueError as error:
            raise RuntimeError("zebra") from error
    except RuntimeError:
        logger.exception("it failed", stack_info=True)
    text = logged()
    assert "it failed" in text and "test_redaction.py:" in text
    assert text.index("ValueError") < text.index("RuntimeError")
    assert not any(said in text for said in (TOKEN, "hitting", "cannot read", "zebra"))


def test_our_own_errors_say_what_to_do(logger: logging.Logger, logged: Callable[[], str]) -> None:
    try:
        raise SetupError(f"Unset it: {TOKEN}")
    except SetupError:
        logger.exception("it failed")
    assert f"SetupError: Unset it: {HIDDEN}" in logged()


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (SetupError("Choose another port."), "Choose another port."),
        (KeyError("zebra"), "KeyError"),
        (OSError(28, "zebra", "/zebra"), "OSError (ENOSPC)"),
        (json.JSONDecodeError("zebra", "zebra", 0), "json.decoder.JSONDecodeError"),
    ],
)
def test_an_error_among_the_arguments_is_named(
    logger: logging.Logger, logged: Callable[[], str], error: Exception, told: str
) -> None:
    logger.warning("it failed: %s (%d)", error, 3)
    assert logged().endswith(f"it failed: {told} (3)\n")


def test_a_chain_of_errors_that_leads_back_to_itself_ends() -> None:
    first, second = ValueError("zebra"), KeyError("zebra")
    first.__cause__, second.__cause__ = second, first
    assert explain(first).count("ValueError") == 1


def test_passwords_of_addresses_are_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DB", "postgresql://plan:p%40ssw0rd-of-it@host/name")
    monkeypatch.setenv("ACTION_URL", "http://a:another-one@h1/webhook, http://h2:99999/webhook http://[broken")
    monkeypatch.setenv("PLAN_ACTION_SECRET", "the secret of both")
    assert {"p%40ssw0rd-of-it", "p@ssw0rd-of-it", "another-one", "the secret of both"} <= set(of_operators())


@pytest.mark.parametrize("write", [json.dumps, repr])
def test_as_other_programs_write_it(logger: logging.Logger, stream: io.StringIO, write: Callable[[str], str]) -> None:
    secret = 'with "quotes" and \\ and é'
    hide(logger, secret)
    logger.warning("told %s", write(secret))
    assert "quotes" not in stream.getvalue()


def test_a_line_that_cannot_be_written_shows_nothing(
    logger: logging.Logger, logged: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    logger.warning("told %d", TOKEN)
    assert "told %d" in logged()
    assert TOKEN not in logged()
    assert TOKEN not in capsys.readouterr().err


def test_everything_else_stays_as_it_was(logger: logging.Logger, logged: Callable[[], str]) -> None:
    logger.info("hidden by its level")
    logger.warning("an ordinary line about %s tokens", 12)
    assert logged() == "WARNING tested.redaction: an ordinary line about 12 tokens\n"


def test_short_ones_are_ordinary_words(logger: logging.Logger, stream: io.StringIO) -> None:
    hide(logger, "is", "", "message")
    logger.warning("this is a message")
    assert "this is a message" in stream.getvalue()


def test_one_secret_within_another(logger: logging.Logger, stream: io.StringIO) -> None:
    hide(logger, "abcdefgh", "abcdefgh-and-more")
    logger.warning("told abcdefgh-and-more, abcdefgh")
    assert stream.getvalue().endswith(f"told {HIDDEN}, {HIDDEN}\n")
