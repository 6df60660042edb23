"""Keeps answers of the services for a while, and longer for the hour when a service is down.

A name that tells where somebody lives (a postcode, a point, a place that was typed) is `private`: it is kept as a keyed
hash, and its value is encrypted with a key made from the name. The secret lies beside the file and is readable by its
owner only; the file without the secret tells nothing, and neither is of use without the name.
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable
from hashlib import blake2b
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from bot.errors import BadAnswerError, SourceError, SourceRefusedError
from bot.sources.database import Database

log = logging.getLogger(__name__)
T = TypeVar("T")
DAY = 86_400.0
KEPT = 3
"""A row is kept this many times its time to live, to fall back on, and then deleted."""
PURGE_SECONDS = 3_600.0
MOST_ROWS = 20_000
SECRET_BYTES = 32
LOCK_SECONDS = 2.0
# what is sealed begins with the version of the seal
PRIVATE_BEFORE = "stored < ? AND CAST(substr(value, 1, 5) AS TEXT) = 'gAAAA'"


class Name(NamedTuple):
    """What an answer is kept under. `kind`: of answer, with the version of its shape; `private`: see above."""

    kind: str
    key: str
    private: bool = False


class Found(NamedTuple):
    """`age`: seconds since it was stored; `fresh`: still within its time to live."""

    value: Any
    age: float
    fresh: bool


class Cache:
    """`now`: seconds since 1970."""

    def __init__(self, database: Database, now: Callable[[], float] = time.time) -> None:
        self._database, self._now = database, now
        self._secret_read: bytes | None = None
        self._purged = float("-inf")

    async def get(self, name: Name) -> Found | None:
        """The kept value, fresh or not; None when there is none, or the file cannot be read."""
        return await self._database.read(lambda connection: self._get(connection, name))

    async def put(self, name: Name, value: Any, ttl: float) -> None:
        """Keeps a JSON value for `ttl` seconds; when the file cannot be written, it is not kept."""
        text = json.dumps(value).encode()
        await self._database.write(lambda connection: self._put(connection, name, text, ttl))

    async def or_fetch(
        self, name: Name, ttl: float, fetch: Callable[[], Awaitable[Any]], read: Callable[[Any], T]
    ) -> T:
        """The answer that `read` makes of a fresh kept value, or else of what `fetch` brings, which is then kept.

        When the service fails, an older kept value serves; when it says that there is no such thing (404), none does.
        Raises what `fetch` raises, and BadAnswerError when `read` refuses what it brought; nothing is kept then.
        """
        found = await self.get(name)
        old = None
        if found is not None:
            # a row of an older version, or a damaged one, counts as none
            with contextlib.suppress(BadAnswerError):
                old = (read(found.value),)
        if found is not None and old is not None and found.fresh:
            return old[0]
        try:
            value = await fetch()
            answer = read(value)
        except SourceError as error:
            gone = isinstance(error, SourceRefusedError) and error.status == 404
            if found is None or old is None or gone:
                raise
            log.warning("An answer of %s that is %.1f days old serves: %s", name.kind, found.age / DAY, error)
            return old[0]
        await self.put(name, value, ttl)
        return answer

    def _get(self, connection: sqlite3.Connection, name: Name) -> Found | None:
        row = connection.execute(
            "SELECT value, stored, ttl FROM answers WHERE name = ?", (self._stored_name(name),)
        ).fetchone()
        try:
            value, stored, ttl = row
            age = self._now() - stored
            parsed = json.loads(self._opened(name, value))
        except (TypeError, ValueError, RecursionError):  # no row, or not one that was written here
            return None
        return Found(parsed, max(age, 0.0), 0 <= age < ttl)

    def _put(self, connection: sqlite3.Connection, name: Name, text: bytes, ttl: float) -> None:
        now = self._now()
        row = (self._stored_name(name), self._sealed(name, text), now, ttl)
        connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?)", row)
        if now - self._purged > PURGE_SECONDS:
            self._purged = now
            connection.execute("DELETE FROM answers WHERE stored + ttl * ? < ? OR stored > ?", (KEPT, now, now + DAY))
            newest = "SELECT name FROM answers ORDER BY stored DESC LIMIT ?"
            connection.execute(f"DELETE FROM answers WHERE name NOT IN ({newest})", (MOST_ROWS,))  # noqa: S608

    def _stored_name(self, name: Name) -> str:
        return f"{name.kind}:{self._keyed(name, b'plan-name').hex() if name.private else name.key}"

    def _sealed(self, name: Name, text: bytes) -> bytes:
        return self._fernet(name).encrypt(text) if name.private else text

    def _opened(self, name: Name, value: bytes) -> bytes:
        """Raises ValueError when it was not sealed under this name with this secret."""
        if not name.private:
            return value
        from cryptography.fernet import InvalidToken

        try:
            return self._fernet(name).decrypt(value)
        except InvalidToken as error:
            raise ValueError("sealed otherwise") from error

    def _fernet(self, name: Name) -> Any:
        # not at the top: it takes 50 ms, and a process that only starts up has no use for it
        from cryptography.fernet import Fernet

        return Fernet(base64.urlsafe_b64encode(self._keyed(name, b"plan-value")))

    def _keyed(self, name: Name, purpose: bytes) -> bytes:
        if self._secret_read is None:
            self._secret_read = secret(self._database.path.with_suffix(".key"))
        text = f"{name.kind}:{name.key}".encode()
        return blake2b(text, key=self._secret_read, person=purpose, digest_size=32).digest()


def secret(path: Path) -> bytes:
    """The random secret of this machine, made at first use, mode 600. Raises OSError when it cannot be had."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(os.urandom(SECRET_BYTES))
            # a link appears whole or not at all, and the first of two processes wins
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        except OSError:  # some file systems have no links
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    found = path.read_bytes()
    if len(found) != SECRET_BYTES:
        raise OSError(f"{path} is not a secret of {SECRET_BYTES} bytes: delete it")
    if path.stat().st_mode & 0o077:
        path.chmod(0o600)
    return found


def forget_private(file: Path, before: float) -> int:
    """Deletes the private answers that were stored before a time (seconds since 1970); returns how many there were.

    Raises sqlite3.Error when the file cannot be used.
    """
    if not file.exists():
        return 0
    with contextlib.closing(sqlite3.connect(file, timeout=LOCK_SECONDS, isolation_level=None)) as connection:
        connection.execute("PRAGMA secure_delete=ON")
        return connection.execute(f"DELETE FROM answers WHERE {PRIVATE_BEFORE}", (before,)).rowcount  # noqa: S608


def count_private(file: Path, before: float) -> int:
    """How many `forget_private` would delete. Raises sqlite3.Error when the file cannot be used."""
    if not file.exists():
        return 0
    with contextlib.closing(sqlite3.connect(file, timeout=LOCK_SECONDS)) as connection:
        found = connection.execute(f"SELECT count(*) FROM answers WHERE {PRIVATE_BEFORE}", (before,))  # noqa: S608
        return int(found.fetchone()[0])
