"""What all played platforms have: an API on this machine, moods, and what people saw on their phones."""

from __future__ import annotations

import asyncio
import itertools
import re
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiohttp import web

from bot.channels.messaging import MessagingChannel

PUBLIC = "https://chat.example.org"
NUMBERED = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)
SLOW_SECONDS = 0.4


@dataclass(frozen=True)
class Webhook:
    """A request that the platform makes: everything of it but the server's address."""

    body: bytes
    headers: dict[str, str]
    query: str = ""


@dataclass(frozen=True)
class Seen:
    """A message on somebody's phone. `text`: without the platform's marks; `buttons`: payloads by title."""

    text: str
    buttons: Mapping[str, str] = field(default_factory=dict)
    picture: str | None = None
    alt: str = ""
    raw: Mapping[str, Any] = field(default_factory=dict)


class RefusedError(Exception):
    """The platform does not take a call; status and body as it would answer."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        self.status, self.body = status, body
        super().__init__(str(body))


class Platform(ABC):
    """One platform. `mood`: "well", "slow", "busy" (429), "down" (500), "broken" (connection cut), "html"; `moody_calls`: how
    many calls the mood lasts for, None for ever. `calls`: what was asked, in order; `seen`: what each person was shown;
    `called`, `called_at`: set at each call, and when (see time.perf_counter) that was.
    """

    channel: ClassVar[type[MessagingChannel]]
    variables: ClassVar[dict[str, str]]
    url_variable: ClassVar[str]
    person: ClassVar[str]
    another: ClassVar[str]

    def __init__(self) -> None:
        self.mood, self.moody_calls = "well", None
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.seen: dict[str, list[Seen]] = defaultdict(list)
        self.numbers = itertools.count(1)
        self.called, self.called_at = asyncio.Event(), 0.0
        self._runner: web.AppRunner | None = None
        self.url = ""

    @property
    def name(self) -> str:
        return self.channel.name()

    def known_as(self, person: str) -> str:
        """What the channel takes for the person's own name."""
        return person

    @property
    def path(self) -> str:
        return self.channel.webhook()

    def environment(self) -> dict[str, str]:
        """What an operator would set, with this machine in the platform's place."""
        return {**self.variables, "PLAN_PUBLIC_URL": PUBLIC, self.url_variable: self.url}

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._asked)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        assert self._runner
        await self._runner.cleanup()

    @abstractmethod
    def text(self, person: str, text: str, **more: Any) -> Webhook:
        """Somebody types."""

    @abstractmethod
    def press(self, person: str, payload: str) -> Webhook:
        """Somebody presses a button, as far as the platform has any."""

    @abstractmethod
    def signed(self, body: bytes, headers: dict[str, str], **other: Any) -> Webhook:
        """The body with the platform's signature; `other`: a wrong secret, an old time."""

    @abstractmethod
    def unsigned(self, webhook: Webhook) -> Webhook:
        """The same without a signature."""

    @abstractmethod
    def forged(self, webhook: Webhook) -> list[Webhook]:
        """The same with signatures that are wrong in several ways, and with another body under the right signature."""

    @abstractmethod
    async def take(self, request: web.Request) -> web.Response:
        """What the API does with a call. Raises RefusedError."""

    @abstractmethod
    def busy(self) -> web.Response:
        """How the platform says "too many requests", with a wait of a second or less where it tells one."""

    async def _asked(self, request: web.Request) -> web.StreamResponse:
        mood = self.mood
        if self.moody_calls is not None and mood != "well":
            self.moody_calls -= 1
            if self.moody_calls <= 0:
                self.mood, self.moody_calls = "well", None
        if mood == "slow":
            await asyncio.sleep(SLOW_SECONDS)
        if mood == "busy":
            return self.busy()
        if mood == "down":
            return web.Response(status=500, text="upstream failure")
        if mood == "html":
            return web.Response(status=502, text="<html>Bad gateway</html>", content_type="text/html")
        if mood == "broken":
            assert request.transport
            request.transport.abort()
            return web.Response()
        self.called_at = time.perf_counter()
        self.called.set()
        try:
            return await self.take(request)
        except RefusedError as refusal:
            return web.json_response(refusal.body, status=refusal.status)


def numbered(text: str) -> dict[str, str]:
    """The choices that a text lists with numbers: number by title."""
    return {title: number for number, title in NUMBERED.findall(text)}
