"""The way to the action servers: connections that stay open, limits on time and size, and another try where one failed.

Actions only read, so asking again does no harm. A server that cannot be reached is left alone for a moment, and another one of
ACTION_URL is asked; with one server alone, a restart of it is waited for, if it is short.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
from rasa.utils.endpoints import EndpointConfig
from yarl import URL

from bot.action_calls import LARGEST_ANSWER, LARGEST_CALL, from_a_turn
from bot.errors import ActionServerError, SetupError
from bot.operations import access, metrics, trace, turn
from bot.operations.status import Status
from bot.operations.turn import step

log = logging.getLogger(__name__)
VARIABLE, SECRET = "ACTION_URL", "PLAN_ACTION_SECRET"
WEBHOOK, READY = "/webhook", "/health/ready"
TOTAL_SECONDS = 10.0
"""An action has 8 s (actions/base.py)."""
CONNECT_SECONDS = 1.0
AGAIN_SECONDS = 3.0
"""So long after the first try a call is made again."""
ALONE_SECONDS = 2.0
"""So long a server that could not be reached is asked last."""
FIRST_PAUSE, LONGEST_PAUSE = 0.05, 0.4
MOST_CONNECTIONS = 100
KEPT_SECONDS = 30.0
CHUNK = 65_536
GONE = frozenset({502, 503, 504})
"""A proxy, or a server that is stopping, says so before anything was done."""


@dataclass
class _Server:
    url: URL
    left_alone_until: float = 0.0


class _Unreachable(Exception):  # noqa: N818 - why another try is made
    """There was no answer, and another try may give one."""


class ActionLink(EndpointConfig):
    """In place of Rasa's endpoint. `urls`: of /webhook on each action server; `secret`: what they ask for, if they do."""

    def __init__(self, urls: list[str], secret: str | None = None) -> None:
        super().__init__(urls[0])
        self._servers = [_Server(URL(url)) for url in urls]
        self._secret = secret
        self._next = 0
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def of_settings(cls) -> ActionLink | None:
        """By ACTION_URL and PLAN_ACTION_SECRET; None without the first. Raises SetupError for wrong ones."""
        told = os.environ.get(VARIABLE, "").replace(",", " ").split()
        return cls([_webhook(url) for url in told], access.secret_of(SECRET)) if told else None

    async def request(
        self, method: str = "post", subpath: str | None = None, content_type: str | None = None, compress: bool = False,
        **kwargs: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """What Rasa calls for an action. Raises ActionServerError; it never holds anything of the call."""
        call = kwargs["json"]
        action = metrics.actions.of(call.get("next_action"))
        outcome = "failed"
        try:
            with step("action"):
                found = await asyncio.wait_for(self._ask(_encoded(call)), TOTAL_SECONDS)
            outcome = "answered"
            return found
        except asyncio.TimeoutError:
            outcome = "timed_out"
            raise ActionServerError(f"The action server did not answer within {TOTAL_SECONDS:.0f} s.") from None
        except _Unreachable as error:
            outcome = "unreachable"
            raise ActionServerError(
                f"No action server can be reached ({error}): start one, or correct {VARIABLE}."
            ) from None
        finally:
            if outcome != "answered":
                turn.failed(Status.ACTION_FAILED)
            metrics.ACTION_CALLS.labels(action, outcome).inc()

    async def is_ready(self, seconds: float) -> bool:
        """Whether one of the servers answers, and takes our secret, within so many seconds."""

        async def ask(server: _Server) -> bool:
            async with self._open().get(server.url.with_path(READY), headers=self._headers()) as response:
                return response.status == 200

        asked = [asyncio.ensure_future(ask(server)) for server in self._servers]
        try:
            for one in asyncio.as_completed(asked, timeout=seconds):
                try:
                    if await one:
                        return True
                except (aiohttp.ClientError, OSError):
                    continue
        except asyncio.TimeoutError:
            return False
        finally:
            for task in asked:
                task.cancel()
            await asyncio.gather(*asked, return_exceptions=True)
        return False

    async def close(self) -> None:
        """Closes the connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(self, body: bytes) -> dict[str, Any]:
        ends, pause = time.monotonic() + AGAIN_SECONDS, FIRST_PAUSE
        while True:
            for server in self._in_turn():
                try:
                    return await self._once(server, body)
                except _Unreachable as error:
                    why = error
                    server.left_alone_until = time.monotonic() + ALONE_SECONDS
                if time.monotonic() > ends:
                    raise why
                metrics.ACTION_RETRIES.inc()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    def _in_turn(self) -> list[_Server]:
        """All servers, those that are well first, beginning with another one each time."""
        self._next = (self._next + 1) % len(self._servers)
        now = time.monotonic()
        turned = [*self._servers[self._next :], *self._servers[: self._next]]
        return sorted(turned, key=lambda server: server.left_alone_until > now)

    async def _once(self, server: _Server, body: bytes) -> dict[str, Any]:
        try:
            async with self._open().post(
                server.url, data=body, headers=self._headers(), allow_redirects=False
            ) as response:
                if response.status in GONE:
                    raise _Unreachable(f"status {response.status}")
                answer = await _limited(response)
        except (aiohttp.ClientError, OSError) as error:
            raise _Unreachable(type(error).__name__) from None
        server.left_alone_until = 0.0
        if response.status == 403:
            raise ActionServerError(f"The action server refused the secret: give both servers the same {SECRET}.")
        if response.status != 200:
            # its body may repeat the conversation
            raise ActionServerError(f"The action server answered with status {response.status}: its own log says why.")
        try:
            found = json.loads(answer)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise ActionServerError("The action server answered with something else than a JSON object.")
        return found

    def _headers(self) -> dict[str, str]:
        headers = {"Content-Type": "application/json", **trace.parent_header()}
        return {**headers, "Authorization": f"Bearer {self._secret}"} if self._secret else headers

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar(), trust_env=False,
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT_SECONDS, sock_read=TOTAL_SECONDS),
                connector=aiohttp.TCPConnector(limit=MOST_CONNECTIONS, keepalive_timeout=KEPT_SECONDS),
            )  # fmt: skip
        return self._session


def _webhook(told: str) -> str:
    try:
        url = URL(told)
        right = url.scheme in ("http", "https") and bool(url.host) and not url.query_string
    except ValueError:
        right = False
    if not right:
        # it may hold a password, so it is not repeated
        raise SetupError(
            f"{VARIABLE} is no address: write http://127.0.0.1:5055/webhook, or several with spaces between."
        )
    return str(url if url.path not in ("", "/") else url.with_path(WEBHOOK))


def _encoded(call: dict[str, Any]) -> bytes:
    """The call as JSON, with as many of the last turns as are not too long. Raises ActionServerError when one alone is."""
    while len(body := json.dumps(call).encode()) > LARGEST_CALL:
        events = call["tracker"]["events"]
        if not events:
            raise ActionServerError(f"A call has more than {LARGEST_CALL:,} bytes without what was said before.")
        fewer = from_a_turn(events[max(len(events) // 2, 1) :])
        call = {**call, "tracker": {**call["tracker"], "events": fewer}}
    return body


async def _limited(response: aiohttp.ClientResponse) -> bytes:
    """The body of an answer. Raises ActionServerError for one that is too long."""
    body = bytearray()
    async for chunk in response.content.iter_chunked(CHUNK):
        body += chunk
        if len(body) > LARGEST_ANSWER:
            response.close()
            raise ActionServerError(f"The action server's answer has more than {LARGEST_ANSWER:,} bytes.")
    return bytes(body)
