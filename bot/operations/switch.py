"""What operators may say with `planbot off` and `planbot notice`: plain words and times, checked before anybody sees them."""

from __future__ import annotations

import getpass
import re
import time
import unicodedata
from datetime import datetime, timedelta

from bot.clock import LONDON, spell
from bot.errors import SetupError
from bot.operations.state import Notice, Off

LONGEST_MESSAGE, SHORTEST_MESSAGE = 400, 10
LONGEST_NAME = 60
LONGEST_DAYS = 60
"""A notice that is shown for longer says nothing any more."""
NO_PLAIN_TEXT = re.compile(r"[<>{}\[\]`]|&\w+;")
MOMENT = re.compile(r"(?:(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}))?|(\d{1,2}:\d{2}))")
HOW_TO_WRITE = 'write it as "2026-12-01 18:00", or as 18:00 for the next time it is that late'


def message_of(text: str) -> str:
    """The message as people will see it. Raises SetupError for one that is too long, too short, or no plain text."""
    message = " ".join(text.split())
    hidden = [c for c in message if unicodedata.category(c) in ("Cc", "Cf", "Co", "Cs", "Cn")]
    if hidden or NO_PLAIN_TEXT.search(message):
        raise SetupError("The message must be plain words: no HTML, brackets or hidden characters. Write it again.")
    if not SHORTEST_MESSAGE <= len(message) <= LONGEST_MESSAGE:
        raise SetupError(
            f"The message has {len(message)} characters; it must have {SHORTEST_MESSAGE} to {LONGEST_MESSAGE}. Write it again."
        )
    return message


def moment_of(text: str, option: str, now: float | None = None) -> float:
    """A time in London as seconds since 1970. Raises SetupError for what is none, and for one that is over."""
    now = time.time() if now is None else now
    found = MOMENT.fullmatch(text.strip())
    here = datetime.fromtimestamp(now, LONDON)
    try:
        if found is None:
            raise ValueError(text)
        day, hour, next_hour = found.groups()
        if next_hour:
            hours, minutes = map(int, next_hour.split(":"))
            at = here.replace(hour=hours, minute=minutes, second=0, microsecond=0)
            at = at if at > here else at + timedelta(days=1)
        else:
            at = datetime.fromisoformat(f"{day}T{hour or '00:00'}").replace(tzinfo=LONDON)
    except ValueError as error:
        raise SetupError(f"{option} {text} is no time: {HOW_TO_WRITE}.") from error
    if at.timestamp() <= now:
        raise SetupError(f"{option} {text} is over already: {HOW_TO_WRITE}.")
    return at.timestamp()


def operator(name: str | None) -> str:
    """Who decides: as told, or the login name. Raises SetupError for a name that cannot be recorded."""
    try:
        told = " ".join((name or getpass.getuser()).split())
    except (KeyError, OSError) as error:
        raise SetupError("Nobody is logged in by name here: say who you are with --by NAME.") from error
    if not told or len(told) > LONGEST_NAME or not told.isprintable():
        raise SetupError(f"--by takes a name of at most {LONGEST_NAME} characters.")
    return told


def off_of(message: str | None, until: str | None) -> Off:
    """What `planbot off` asks for. Raises SetupError."""
    return Off(message_of(message) if message else "", moment_of(until, "--until") if until else None)


def notice_of(message: str, since: str | None, until: str) -> Notice:
    """What `planbot notice` asks for. Raises SetupError."""
    now = time.time()
    starts, ends = moment_of(since, "--from", now) if since else now, moment_of(until, "--until", now)
    if not starts < ends <= starts + LONGEST_DAYS * 86_400:
        raise SetupError(f"A notice ends after it starts, and within {LONGEST_DAYS} days: correct --from or --until.")
    return Notice(message_of(message), starts, ends)


def spelt(at: float) -> str:
    """A moment as people in London write it: 1 December 2026 at 18:00."""
    moment = datetime.fromtimestamp(at, LONDON)
    return f"{spell(moment)} at {moment:%H:%M}"
