"""`planbot purge` and `planbot erase`: delete what is old, or what is kept of one person, in every store of the servers."""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
import typer
from sqlalchemy.exc import SQLAlchemyError

from bot import retention
from bot.cli import service_records
from bot.errors import ConversationIdError, RetentionError, SetupError
from bot.keys import VARIABLE as SECRET_VARIABLE
from bot.keys import Keys, secret_of
from bot.paths import SECRET_FILE
from bot.settings import SourceSettings
from bot.sources import cache
from bot.stores.database import VARIABLE, is_address, open_engine
from bot.stores.wiping import put_log_away, vacuum
from bot.web.ids import VERSION, ConversationIds

AGE = re.compile(r"([1-9]\d{0,4})([dh])", re.ASCII)
SECONDS = {"d": 86_400.0, "h": 3_600.0}
ID = re.compile(r"[\x21-\x7e]{1,255}")
CHANNELS = ("telegram", "whatsapp", "sms", "messenger", "slack")
BY_NUMBER = ("whatsapp", "sms")
NUMBER = re.compile(r"\+\d{7,15}", re.ASCII)
TRIES, TRY_SECONDS = 25, 0.2
CACHE = "places asked for"


def purge(older_than: str, dry_run: bool) -> None:
    """Deletes what is older. Raises SetupError for a time that is none, RetentionError when a store does not answer."""
    before = time.time() - seconds_of(older_than)
    with _opened() as engine:
        if dry_run:
            gone = retention.count(engine, before)
        else:
            gone = dict.fromkeys(retention.tables(engine), 0)
            for table, rows in retention.batches(engine, before):
                gone[table] += rows
                time.sleep(retention.PAUSE_SECONDS)
        with _cache_answers():
            gone[CACHE] = (
                cache.count_private(SourceSettings().cache, before) if dry_run else retention.purge_cache(before)
            )
        _show(gone, "would go" if dry_run else "deleted")
        if not dry_run:
            _wipe(engine, gone)


def erase(conversation: str | None, channel: str | None, person: str | None, yes: bool) -> None:
    """Deletes what is kept of one conversation, or of one person on a messaging channel, after a question.

    Raises SetupError when it is not clear whose, RetentionError when the database does not answer.
    """
    sender = sender_of(conversation, channel, person)
    with _opened() as engine:
        if not yes and not typer.confirm(f"Delete everything that is kept of {sender}?"):
            raise SetupError("Nothing was deleted.")
        gone = retention.erase(engine, sender)
        _show(gone, "deleted")
        if not any(gone.values()):
            typer.echo("Nothing was kept under this name: check that it is the right one.")
        _wipe(engine, gone)
    typer.echo("Not reached from here: backups, and what the platform or a proxy keeps. See docs/privacy.md.")


def seconds_of(text: str) -> float:
    """The seconds of "30d" or "12h". Raises SetupError for anything else."""
    match = AGE.fullmatch(text.strip())
    if not match:
        raise SetupError(f"--older-than {text} is no time: write days or hours, as 30d or 12h.")
    return float(match[1]) * SECONDS[match[2]]


def sender_of(conversation: str | None, channel: str | None, person: str | None) -> str:
    """The name in the store of a conversation (its name, or a web id that a browser holds), or of a person on a channel."""
    if conversation and not (channel or person):
        return _of_conversation(conversation.strip())
    if channel and person and not conversation:
        return _of_person(channel.strip().casefold(), person.strip())
    raise SetupError(
        "Say whose: --conversation NAME, or --channel sms --person +447700900123 (Telegram's, Messenger's or Slack's own id)."
    )


def _of_conversation(text: str) -> str:
    if not text.startswith(f"{VERSION}."):
        if not ID.fullmatch(text):
            raise SetupError("--conversation is a name without spaces, as web-..., or an id that begins with v1.")
        return text
    try:
        # of the past too: an id that opens nothing any more still says whose it was
        return ConversationIds(_secret(), 1, clock=lambda: 0.0).read(text).sender
    except (ConversationIdError, ValueError) as error:
        raise SetupError(
            "This id was not given out with the secret of this server: copy all of it, and set "
            f"{SECRET_VARIABLE} as the server has it."
        ) from error


def _of_person(channel: str, person: str) -> str:
    if channel not in CHANNELS:
        raise SetupError(f"--channel {channel} is not one of: {', '.join(CHANNELS)}.")
    if channel in BY_NUMBER:
        person = re.sub(r"^0(?=[1-9])", "+44", re.sub(r"[\s().-]", "", person.removeprefix("whatsapp:")))
        if not NUMBER.fullmatch(person):
            raise SetupError("--person is a telephone number with the code of its country, as +447700900123.")
    return f"{channel}-{Keys(_secret()).sign('person', f'{channel}:{person}')}"


def _secret() -> str:
    if not os.environ.get(SECRET_VARIABLE, "").strip() and not SECRET_FILE.exists():
        raise SetupError(f"The server's secret is not here: set {SECRET_VARIABLE} as the server has it.")
    return secret_of(SECRET_FILE)


@contextmanager
def _opened() -> Iterator[sa.engine.Engine]:
    """The database of conversations, which is not made here."""
    address = service_records.address()
    if not is_address(address) and not Path(address).exists():
        raise SetupError(f"There is no database {address}: nothing is kept there. {VARIABLE} names another one.")
    engine = open_engine(address)
    typer.echo(f"In {engine.url.render_as_string(hide_password=True)}:")
    try:
        yield engine
    except SQLAlchemyError as error:
        # the error may hold the address with its password
        raise RetentionError(
            f"The database does not answer ({type(error).__name__}): what is listed above is gone, the rest is not. Try again."
        ) from error
    finally:
        engine.dispose()


@contextmanager
def _cache_answers() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise RetentionError(
            f"The cache {SourceSettings().cache} cannot be used ({error}): the servers may be busy with it, try again."
        ) from error


def _show(gone: Mapping[str, int], word: str) -> None:
    for table, rows in gone.items():
        typer.echo(f"  {table:<20} {rows:>9,} {word}")


def _wipe(engine: sa.engine.Engine, gone: Mapping[str, int]) -> None:
    """See bot/stores/wiping.py; what does not succeed now is said, and done later by the servers or the database."""
    for _ in range(TRIES):
        if put_log_away(engine):
            break
        time.sleep(TRY_SECONDS)
    else:
        typer.echo(
            "The database is busy: its log (-wal) still holds deleted words, until a server empties it in some seconds."
        )
    touched = [table for table, rows in gone.items() if rows and table != CACHE]
    if touched and not vacuum(engine, touched):
        typer.echo("PostgreSQL was not told to free the deleted rows: its own autovacuum does so later.")
