"""Calls to a platform's API: patient with a busy one, never for long, and silent about secrets and about people."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any
from urllib.request import getproxies

import aiohttp
import stamina

from bot.errors import DeliveryError
from bot.sources.http import HEADERS, retry_after

TRIES = 4
CONNECT_SECONDS, READ_SECONDS = 3.0, 8.0
DEADLINE = 20.0
"""Seconds for all tries of one call; after that the answer goes into the outbox."""
LONGEST_TOLD = 10.0
BUSY = frozenset({408, 425, 429})
LONGEST_BODY = 200_000
"""Bytes of an answer that are read: those of platforms have a few thousand, and nothing hangs on a longer one."""
LONGEST_FAULT = 100
CHUNK = 65_536
MOST_CONNECTIONS = 50
NUMBER = re.compile(r"\d{7,}")
"""May be somebody's telephone number; codes of platforms are shorter."""


@dataclass(frozen=True)
class Request:
    """One call, ready to be made. `json` or `form` is the body."""

    url: str
    json: dict[str, Any] | None = None
    form: dict[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    auth: tuple[str, str] | None = None


@dataclass(frozen=True)
class Fault:
    """Why the platform did not take a call. `again`: it may, after `wait` seconds if it said so."""

    what: str
    again: bool
    wait: float | None = None


Judge = Callable[[int, dict[str, Any]], "Fault | None"]
"""A platform's own view of an answer: its status and its body."""


@dataclass(frozen=True)
class Waits:
    """Seconds before another try: `first`, doubled each time, at most `longest`, with up to `jitter` more by chance."""

    first: float = 0.3
    longest: float = 4.0
    jitter: float = 0.2


class Caller:
    """One for each channel, with its connections kept open."""

    def __init__(self, platform: str, judge: Judge | None = None, waits: Waits | None = None) -> None:
        self._platform, self._judge, self._waits = platform, judge, waits or Waits()
        self._client: aiohttp.ClientSession | None = None

    async def call(self, request: Request) -> dict[str, Any]:
        """The body of the platform's answer. Raises DeliveryError; `lasting` when trying again would not help."""
        ends, failed = time.monotonic() + DEADLINE, None
        try:
            return await self._once(request, ends)
        except DeliveryError as error:
            # nearly every call succeeds at once: only now is it worth to set up what tries again
            failed = error
        tries = stamina.retry_context(
            on=lambda error: self._when_again(error, ends), attempts=TRIES, timeout=None,
            wait_initial=self._waits.first, wait_max=self._waits.longest, wait_jitter=self._waits.jitter,
        )  # fmt: skip
        async for attempt in tries:
            with attempt:
                if failed:
                    first, failed = failed, None
                    raise first
                return await self._once(request, ends)
        raise AssertionError("the last attempt returns or raises")

    async def close(self) -> None:
        """Closes the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    def _when_again(self, error: Exception, ends: float) -> bool | float:
        if not isinstance(error, DeliveryError) or error.lasting:
            return False
        wait = max(self._waits.first, error.wait or 0.0)
        if wait > LONGEST_TOLD or wait >= ends - time.monotonic():
            return False
        return True if error.wait is None else wait

    async def _once(self, request: Request, ends: float) -> dict[str, Any]:
        # what went wrong is told apart from the error: that may name the address, and the address a secret
        try:
            status, told, body = await asyncio.wait_for(self._post(request), max(ends - time.monotonic(), 0.1))
        except (aiohttp.InvalidURL, ValueError, TypeError) as error:
            raise DeliveryError(
                f"{self._platform} cannot be told this ({type(error).__name__}).", lasting=True
            ) from None
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError, RuntimeError) as error:
            raise DeliveryError(f"{self._platform} cannot be reached ({type(error).__name__}).") from None
        if fault := self._fault(status, told, body):
            what = NUMBER.sub("(number)", fault.what)[:LONGEST_FAULT]
            raise DeliveryError(f"{self._platform}: {what}", lasting=not fault.again, wait=fault.wait)
        return body

    async def _post(self, request: Request) -> tuple[int, float | None, dict[str, Any]]:
        """Status, seconds that it asks to wait, and body of the answer."""
        said = None if request.json is None else json.dumps(request.json, allow_nan=False).encode()
        kind = {} if said is None else {"Content-Type": "application/json; charset=utf-8"}
        asked = self._open().post(
            request.url, data=request.form if said is None else said, headers={**kind, **request.headers},
            auth=aiohttp.BasicAuth(*request.auth) if request.auth else None, allow_redirects=False,
        )  # fmt: skip
        async with asked as response:
            body = bytearray()
            async for chunk in response.content.iter_chunked(CHUNK):
                body += chunk
                if len(body) > LONGEST_BODY:
                    break
            told = retry_after(response.headers.get("Retry-After"), datetime.now(timezone.utc))
            return response.status, told, _object(bytes(body))

    def _fault(self, status: int, told: float | None, body: dict[str, Any]) -> Fault | None:
        try:
            own = self._judge(status, body) if self._judge else None
        except (TypeError, ValueError, OverflowError, AttributeError, KeyError):
            # an answer as strange as that is judged by its status
            own = None
        if own:
            return Fault(own.what, own.again, own.wait if own.wait is not None else told)
        if status < 300:
            return None
        return Fault(f"status {status}", status >= 500 or status in BUSY, told)

    def _open(self) -> aiohttp.ClientSession:
        """By aiohttp, because every message makes a call, and httpx, which asks the public services, takes longer for one."""
        if self._client is None:
            self._client = aiohttp.ClientSession(
                headers=HEADERS, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(), trust_env=bool(getproxies()),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS),
                connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS),
            )  # fmt: skip
        return self._client


def _object(body: bytes) -> dict[str, Any]:
    """The object that a body is; an empty one for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
