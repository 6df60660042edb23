"""Gets JSON from a public service: patient with a busy one, strict with a strange one, and never past the deadline."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import stamina

from bot.errors import BadAnswerError, SourceRefusedError, SourceUnavailableError, TooLargeError
from bot.sources.limiter import Limiter

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0
RETRIES = 3
REDIRECTS = 2
LAST_PORT = 65_535
LONGEST_BODY = 2_000_000
"""Bytes, unless the call allows more. The largest answer that is got here, a list of places, is a twentieth of it."""
BUSY = frozenset({429, 502, 503, 504})
HEADERS = {
    "Accept": "application/json",
    # a small compressed answer may unfold to gigabytes before anybody can count them
    "Accept-Encoding": "identity",
    "User-Agent": "planbot/0.1 (Police and Crime Plan assistant)",
}


@dataclass(frozen=True)
class Waits:
    """Seconds. Before retry n: `first` doubled n-1 times, at most `longest`, with up to `jitter` more by chance.

    `longest_told`: the most that a Retry-After may ask for; over that, no retry.
    """

    first: float = 0.3
    longest: float = 3.0
    jitter: float = 0.3
    longest_told: float = 10.0


@dataclass(frozen=True)
class _Question:
    """What is asked. `form`: None for a GET. `longest`: bytes of an answer. `parts`: a bare 503 means "ask for less"."""

    url: str
    params: dict[str, str] | None = None
    form: dict[str, str] | None = None
    longest: int = LONGEST_BODY
    read_seconds: float | None = None
    parts: bool = False


class _BusyError(SourceUnavailableError):
    """Worth another try, after `told` seconds if the service said so."""

    def __init__(self, message: str, told: float | None = None) -> None:
        self.told = told
        super().__init__(message)


class Fetcher:
    """One client for all services, with its connections kept open; `transport` is for tests."""

    def __init__(
        self, limiter: Limiter, waits: Waits | None = None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._limiter, self._waits, self._transport = limiter, waits or Waits(), transport
        self._client: httpx.AsyncClient | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        # it logs every address that is asked, and an address may hold somebody's postcode
        for name in ("httpx", "httpcore"):
            logging.getLogger(name).setLevel(logging.WARNING)

    async def get(self, url: str, *, deadline: float, params: dict[str, str] | None = None, expect: type = dict) -> Any:
        """The JSON value at the address, of the type `expect`, within `deadline` seconds, retries included.

        Raises SourceUnavailableError, SourceRefusedError (400 to 499, except 429; with the body if it is JSON), and
        BadAnswerError (not JSON, too long, of another type, or sent on to another host).
        """
        return await self._ask(_Question(url, params), deadline, expect)

    async def post(
        self,
        url: str,
        *,
        form: dict[str, str],
        deadline: float,
        expect: type = dict,
        longest: int = LONGEST_BODY,
        read_seconds: float = READ_SECONDS,
        parts: bool = False,
    ) -> Any:
        """As `get`, with a form, for a question that changes nothing there: it is asked again like any other.

        `longest`: bytes that the answer may have; `read_seconds`: the longest silence while it comes. `parts`: the
        caller can ask for less at once; then a 503 without a Retry-After raises TooLargeError and is not retried.
        """
        return await self._ask(_Question(url, None, form, longest, read_seconds, parts), deadline, expect)

    async def _ask(self, question: _Question, deadline: float, expect: type) -> Any:
        ends, url = time.monotonic() + deadline, question.url
        try:
            value = await asyncio.wait_for(self._ask_patiently(question, ends), deadline)
        except asyncio.TimeoutError as error:
            raise SourceUnavailableError(
                f"{_host(url)} gave no answer within {max(deadline, 0):.1f} s: try again in a minute."
            ) from error
        if not isinstance(value, expect):
            raise BadAnswerError(f"{_host(url)} sent JSON of another type than {expect.__name__}: report it.")
        return value

    async def close(self) -> None:
        """Closes the connections; a later `get` opens new ones."""
        client, self._client = self._client, None
        if client is not None and self._loop is asyncio.get_running_loop():
            await client.aclose()

    async def _ask_patiently(self, question: _Question, ends: float) -> Any:
        tries = stamina.retry_context(
            on=self._when_again(ends),
            attempts=1 + RETRIES,
            timeout=None,
            wait_initial=self._waits.first,
            wait_max=self._waits.longest,
            wait_jitter=self._waits.jitter,
        )
        async for attempt in tries:
            with attempt:
                return await self._ask_once(question, ends)
        raise AssertionError("the last attempt returns or raises")

    def _when_again(self, ends: float) -> Callable[[Exception], bool | float]:
        def when(error: Exception) -> bool | float:
            if not isinstance(error, _BusyError):
                return False
            wait = max(self._waits.first, error.told or 0.0)
            # there is no point in waiting for a time when nobody waits any more
            if wait >= ends - time.monotonic():
                return False
            return True if error.told is None else wait

        return when

    async def _ask_once(self, question: _Question, ends: float) -> Any:
        url, params, host = question.url, question.params, _host(question.url)
        try:
            for _ in range(REDIRECTS + 1):
                await self._limiter.take(ends - time.monotonic())
                async with self._send(question, url, params) as response:
                    if not response.is_redirect:
                        return await self._read(response, host, question)
                    url, params = _moved(response), None
        except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError) as error:
            raise _BusyError(f"{host} cannot be reached ({type(error).__name__}): try again in a minute.") from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError) as error:
            raise SourceUnavailableError(
                f"{host} cannot be asked ({type(error).__name__}): check its address."
            ) from error
        raise BadAnswerError(f"{host} sends us from one address to the next: check its address.")

    def _send(
        self, question: _Question, url: str, params: dict[str, str] | None
    ) -> AbstractAsyncContextManager[httpx.Response]:
        client = self._open_client()
        # what comes of it otherwise depends on the event loop, and may be a group of errors
        if (httpx.URL(url).port or 0) > LAST_PORT:
            raise SourceUnavailableError(
                f"{_host(url)} cannot be asked at a port that there is not: check its address."
            )
        if question.form is None:
            return client.stream("GET", url, params=params)
        timeout = httpx.Timeout(question.read_seconds, connect=CONNECT_SECONDS)
        return client.stream("POST", url, data=question.form, timeout=timeout)

    def _open_client(self) -> httpx.AsyncClient:
        loop = asyncio.get_running_loop()
        # connections belong to the event loop that opened them
        if self._client is None or self._loop is not loop:
            self._loop = loop
            self._client = httpx.AsyncClient(
                headers=HEADERS,
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                limits=httpx.Limits(max_connections=20),
                transport=self._transport,
            )
        return self._client

    async def _read(self, response: httpx.Response, host: str, question: _Question) -> Any:
        status = response.status_code
        if status in BUSY:
            told = retry_after(response.headers.get("Retry-After"), datetime.now(timezone.utc))
            if told is not None and told > self._waits.longest_told:
                raise SourceUnavailableError(
                    f"{host} is busy and asks to wait longer than anybody would: try again later."
                )
            if question.parts and status == 503 and told is None:
                raise TooLargeError(f"{host} cannot answer for so much at once ({status}): ask for parts of it.")
            raise _BusyError(f"{host} is busy ({status}): try again in a minute.", told)
        if status >= 500:
            raise SourceUnavailableError(f"{host} has a fault of its own ({status}): try again later.")
        if status >= 400:
            raise SourceRefusedError(f"{host} refused the question ({status}).", status, await _body_if_json(response))
        if status != 200:
            raise BadAnswerError(f"{host} answered with an unexpected status ({status}): report it.")
        return parse(await _body(response, question.longest), response.headers.get("Content-Type", ""), host)


def parse(body: bytes, content_type: str, host: str) -> Any:
    """The JSON value of a body. Raises BadAnswerError when it is anything else, or not UTF-8."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in ("application/json", "text/json") and not media_type.endswith("+json"):
        raise BadAnswerError(f"{host} sent something that is not JSON: report it if it stays so.")
    try:
        return json.loads(body.decode("utf-8-sig"), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        # the error is not passed on: it carries the whole text
        raise BadAnswerError(f"{host} sent broken JSON ({type(error).__name__}): try again in a minute.") from None


def retry_after(header: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks to wait, from a number or an HTTP date; None when it says nothing."""
    text = (header or "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
        aware = when if when.tzinfo else when.replace(tzinfo=timezone.utc)
        return max(0.0, (aware - now).total_seconds())
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


async def _body(response: httpx.Response, longest: int = LONGEST_BODY) -> bytes:
    """The whole body. Raises BadAnswerError as soon as it is known to be too long, or compressed unasked."""
    host = _host(str(response.request.url))
    told = response.headers.get("Content-Length", "")
    if told.isascii() and told.isdigit() and int(told[:12]) > longest:
        raise BadAnswerError(f"{host} would send {told[:12]} bytes, which is too long: report it.")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
        raise BadAnswerError(f"{host} sent a compressed answer that was not asked for: report it.")
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) > longest:
            raise BadAnswerError(f"{host} sent more than {longest} bytes: report it.")
    return bytes(body)


async def _body_if_json(response: httpx.Response) -> Any:
    """The JSON of a refusal, or None. A refusal is final: it is not asked for again because its body broke off."""
    try:
        return parse(await _body(response), response.headers.get("Content-Type", ""), "")
    except (BadAnswerError, httpx.HTTPError, httpx.StreamError):
        return None


def _moved(response: httpx.Response) -> str:
    """Where a redirect leads. Raises BadAnswerError when that is another host, or no longer encrypted."""
    here, host = response.request.url, _host(str(response.request.url))
    try:
        there = here.join(response.headers.get("Location", ""))
        safe = there.host == here.host and (
            (there.scheme, there.port) == (here.scheme, here.port)
            or (here.scheme, there.scheme, there.port) == ("http", "https", None)
        )
    except (httpx.InvalidURL, ValueError):
        safe = False
    if not safe or there.userinfo:
        raise BadAnswerError(f"{host} sends us to another host: check its address.")
    return str(there)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _host(url: str) -> str:
    """The host of an address. Messages name nothing else of it, because the path may hold a postcode."""
    try:
        return httpx.URL(url).host or "The service"
    except (httpx.InvalidURL, ValueError):
        return "The service"
