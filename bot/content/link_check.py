"""Opens the links of the services directory and says what became of each. Asks slowly, reads no pages, judges no content."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections import Counter, defaultdict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar

import httpx

from bot.content.services import Service
from bot.errors import SetupError

USER_AGENT = "planbot-link-check/0.1 (the Plan assistant: checks the links of its services directory)"
MOST_REDIRECTS = 5
STALE_DAYS = 180
PERMANENT = frozenset({301, 308})
REDIRECTS = PERMANENT | {302, 303, 307}
ASK_WITH_GET = frozenset({403, 404, 405, 501})
"""Answers to HEAD that may be about HEAD and not about the page."""
GONE = frozenset({404, 410})
SLOW_DOWN = 429
SILENT_LINKS = 2
"""So many links of a host without an answer, and its other links are not tried."""
HOSTS_FOR_NO_NETWORK = 4
"""So many hosts that cannot be reached, and none that can: it is not the hosts."""

Sort = TypeVar("Sort", bound=BaseException)


class Kind(str, Enum):
    """What became of a link, worst first."""

    GONE = "gone"
    NO_ANSWER = "no answer"
    NOT_TRIED = "not tried"
    LOOP = "loop"
    FAILED = "failed server"
    REFUSED = "refused"
    REDIRECTED = "redirected"
    OK = "ok"


SEVERITY = {kind: place for place, kind in enumerate(Kind)}


@dataclass(frozen=True)
class Limits:
    """Seconds, and how many at once. `request`: one request with everything; `run`: no request starts later than this."""

    connect: float = 5.0
    read: float = 15.0
    request: float = 30.0
    run: float = 900.0
    pace: float = 1.0
    pace_after_429: float = 10.0
    hosts: int = 4


@dataclass(frozen=True)
class Link:
    """An address, and the ids of the services that use it."""

    address: str
    services: tuple[str, ...]


@dataclass(frozen=True)
class Hop:
    """One redirect."""

    source: str
    target: str
    permanent: bool

    def __str__(self) -> str:
        return f"{self.source} -> {self.target} ({'permanent' if self.permanent else 'temporary'})"


@dataclass(frozen=True)
class Result:
    """What became of a link. `status`: of the last answer. `note`: the reason or the advice, in words."""

    link: Link
    kind: Kind
    status: int | None = None
    hops: tuple[Hop, ...] = ()
    note: str = ""

    @property
    def new_address(self) -> str | None:
        """What to write instead: where the permanent redirects at the start lead, if a page is there."""
        found = None
        for hop in self.hops if self.kind is Kind.REDIRECTED else ():
            if not hop.permanent:
                break
            found = hop.target
        return found

    @property
    def order(self) -> tuple[int, bool, str]:
        """For sorting: worst first, what has to be changed before what has not."""
        return SEVERITY[self.kind], self.new_address is None, self.link.address

    def as_json(self) -> dict:
        return {
            "address": self.link.address,
            "kind": self.kind.value,
            "status": self.status,
            "note": self.note,
            "new_address": self.new_address,
            "redirects": [{"from": hop.source, "to": hop.target, "permanent": hop.permanent} for hop in self.hops],
            "services": list(self.link.services),
        }


def collect(services: Mapping[str, Service]) -> list[Link]:
    """Every address of the directory once, with the services that use it. What follows a # is not part of it."""
    users: dict[str, dict[str, None]] = {}
    for name, service in services.items():
        for url in (service.web, *(source.url for source in service.sources)):
            if url:
                users.setdefault(str(url).partition("#")[0], {})[name] = None
    return [Link(address, tuple(names)) for address, names in users.items()]


def stale(services: Mapping[str, Service], day: date) -> list[str]:
    """The ids of services that were last checked more than 180 days before `day`, oldest first."""
    old = [name for name, service in services.items() if (day - service.checked).days > STALE_DAYS]
    return sorted(old, key=lambda name: services[name].checked)


@dataclass(frozen=True)
class _Reply:
    status: int
    location: str | None
    sets_cookie: bool


class _NoAnswerError(Exception):
    """`unreachable`: not even a connection. `try_get`: perhaps it is HEAD that the server cannot answer."""

    def __init__(self, host: str, reason: str, unreachable: bool = False, try_get: bool = False) -> None:
        super().__init__(reason)
        self.host, self.unreachable, self.try_get = host, unreachable, try_get


class _TimeIsUpError(Exception):
    pass


class Checker:
    """Checks links: one request a second to a host, four hosts at a time. `clock` and `sleep` are given by tests."""

    def __init__(
        self,
        limits: Limits = Limits(),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self.limits, self._clock, self._sleep, self._transport = limits, clock, sleep, transport

    async def run(self, links: Iterable[Link], done: Callable[[Result], object] = lambda _: None) -> list[Result]:
        """Checks every link and calls `done` after each; returns the results, worst first.

        Raises SetupError when there is no network; a bad address never raises.
        """
        by_host: dict[str, list[Link]] = defaultdict(list)
        for link in links:
            by_host[_host(_parse(link.address))].append(link)
        # the host with the most links takes longest, so it starts first
        waiting = deque(sorted(by_host.values(), key=len, reverse=True))
        results: list[Result] = []

        async def work() -> None:
            while waiting:
                for link in waiting.popleft():
                    result = await self._check(link)
                    results.append(result)
                    done(result)

        self._begin(len(by_host))
        async with self._open() as self._client:
            workers = [asyncio.create_task(work()) for _ in range(self.limits.hosts)]
            try:
                await asyncio.gather(*workers)
            finally:
                for worker in workers:
                    worker.cancel()
                await asyncio.gather(*workers, return_exceptions=True)
        return sorted(results, key=lambda result: result.order)

    def _begin(self, hosts: int) -> None:
        self._deadline = self._clock() + self.limits.run
        self._free_at: dict[str, float] = {}
        self._turns: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._silent: Counter[str] = Counter()
        self._any_answered = False
        self._unreached: dict[str, str] = {}
        self._hosts = hosts

    def _open(self) -> httpx.AsyncClient:
        limits = self.limits
        return httpx.AsyncClient(
            headers={"User-Agent": USER_AGENT, "Accept": "text/html,*/*;q=0.8", "Accept-Language": "en-GB,en;q=0.8"},
            timeout=httpx.Timeout(limits.read, connect=limits.connect),
            # a connection for each request: an old one that the server has closed would look like no answer
            limits=httpx.Limits(max_keepalive_connections=0),
            follow_redirects=False,
            event_hooks={"response": [_keep_location]},
            transport=self._transport,
        )

    async def _check(self, link: Link) -> Result:
        hops: list[Hop] = []
        try:
            return await self._follow(link, hops)
        except _TimeIsUpError:
            return Result(link, Kind.NOT_TRIED, None, tuple(hops), "the time for the whole run was up")
        except _NoAnswerError as error:
            self._silent[error.host] += 1
            self._refuse_no_network(error)
            return Result(link, Kind.NO_ANSWER, None, tuple(hops), str(error))

    async def _follow(self, link: Link, hops: list[Hop]) -> Result:
        address, seen = link.address, {_same(link.address)}
        while True:
            reply = await self._ask(address)
            if reply.status not in REDIRECTS:
                return _judge(link, reply.status, tuple(hops))
            target = _join(address, reply.location)
            if target is None:
                note = f"redirects to {reply.location!r}, which is no web address: look by hand"
                return Result(link, Kind.REFUSED, reply.status, tuple(hops), note)
            hops.append(Hop(address, target, reply.status in PERMANENT))
            # some sites send people back once, with a cookie: that is no loop
            if _same(target) in seen and not reply.sets_cookie:
                return Result(link, Kind.LOOP, reply.status, tuple(hops), "the redirects lead round in a circle")
            if len(hops) > MOST_REDIRECTS:
                return Result(link, Kind.LOOP, reply.status, tuple(hops), f"more than {MOST_REDIRECTS} redirects")
            seen.add(_same(target))
            address = target

    async def _ask(self, address: str) -> _Reply:
        """HEAD; and GET when it was HEAD that was refused, or when the server hung up or kept silent on it."""
        try:
            reply = await self._request("HEAD", address)
        except _NoAnswerError as error:
            if not error.try_get:
                raise
            return await self._request("GET", address)
        return await self._request("GET", address) if reply.status in ASK_WITH_GET else reply

    async def _request(self, method: str, address: str) -> _Reply:
        url = _parse(address)
        host = _host(url)
        if url is None or not host:
            raise _NoAnswerError(host, "this is not a web address")
        if self._silent[host] >= SILENT_LINKS:
            raise _NoAnswerError(host, f"not tried: {SILENT_LINKS} other links of {host} had no answer")
        async with self._turn(host):
            try:
                reply = await asyncio.wait_for(self._send(method, url), self.limits.request)
            except asyncio.TimeoutError:
                raise _NoAnswerError(host, f"no full answer within {self.limits.request:g} s", try_get=True) from None
            except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
                raise self._no_answer(host, error) from error
            if reply.status == SLOW_DOWN:
                self._free_at[host] = self._clock() + self.limits.pace_after_429
        self._silent[host] = 0
        self._any_answered = True
        return reply

    async def _send(self, method: str, url: httpx.URL) -> _Reply:
        async with self._client.stream(method, url) as response:  # the body is left unread
            return _Reply(response.status_code, response.extensions.get("location"), "set-cookie" in response.headers)

    @asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """Waits until this host may be asked again; nobody else asks it meanwhile."""
        async with self._turns[host]:
            now = self._clock()
            wait = self._free_at.get(host, now) - now
            if now + wait > self._deadline:
                raise _TimeIsUpError
            if wait > 0:
                await self._sleep(wait)
            self._free_at[host] = self._clock() + self.limits.pace
            yield

    def _no_answer(self, host: str, error: Exception) -> _NoAnswerError:
        causes = list(_causes(error))
        if certificate := _first(causes, ssl.SSLCertVerificationError):
            return _NoAnswerError(host, f"its certificate is not accepted: {certificate.verify_message}")
        if _first(causes, ssl.SSLError):
            return _NoAnswerError(host, "no secure connection could be made (TLS)")
        if _first(causes, socket.gaierror):
            return _NoAnswerError(host, "no such host name (DNS)", unreachable=True)
        if isinstance(error, httpx.ConnectTimeout):
            return _NoAnswerError(host, f"no connection within {self.limits.connect:g} s", unreachable=True)
        if isinstance(error, httpx.ConnectError):
            return _NoAnswerError(host, "no connection could be made", unreachable=True)
        if isinstance(error, httpx.ProxyError):
            return _NoAnswerError(host, f"the proxy of this network refused: {error}", unreachable=True)
        if isinstance(error, httpx.TimeoutException):
            return _NoAnswerError(host, f"connected, but no answer within {self.limits.read:g} s", try_get=True)
        if isinstance(error, httpx.TransportError):
            return _NoAnswerError(host, "the server broke off the connection", try_get=True)
        return _NoAnswerError(host, f"this address cannot be asked: {error}")

    def _refuse_no_network(self, error: _NoAnswerError) -> None:
        """Raises SetupError once several hosts, or all of the few there are, cannot be reached and none can."""
        if not error.unreachable:
            return
        self._unreached[error.host] = str(error)
        enough = min(HOSTS_FOR_NO_NETWORK, self._hosts)
        if not self._any_answered and self._hosts > 1 and len(self._unreached) >= enough:
            host, reason = next(iter(self._unreached.items()))
            raise SetupError(
                f"None of the first {enough} hosts could be reached ({host}: {reason}). Is this machine online? "
                "Nothing was checked."
            )


async def _keep_location(response: httpx.Response) -> None:
    """httpx raises on a redirect that leads nowhere, even when it is not to follow it: so it gets to see none."""
    response.extensions["location"] = response.headers.pop("location", None)


def _judge(link: Link, status: int, hops: tuple[Hop, ...]) -> Result:
    """What the last answer of a link means."""
    if status in GONE:
        return Result(link, Kind.GONE, status, hops, "no such page: find the new one, or take the link out")
    if status >= 500:
        return Result(link, Kind.FAILED, status, hops, "try again another day")
    if not 200 <= status < 300:
        return Result(link, Kind.REFUSED, status, hops, "look by hand")
    if not hops:
        return Result(link, Kind.OK, status)
    moved = Result(link, Kind.REDIRECTED, status, hops)
    notes = [f"update the address to {moved.new_address}"] if moved.new_address else ["a temporary redirect: leave it"]
    if _path(hops[-1].target) == "/" != _path(link.address):
        notes.append("it now leads to a front page: look whether what was there is gone")
    return Result(link, Kind.REDIRECTED, status, hops, "; ".join(notes))


def _parse(address: str) -> httpx.URL | None:
    try:
        url = httpx.URL(address)
        good = url.scheme in ("http", "https") and url.host and (url.port is None or 0 < url.port < 65536)
        return url if good else None
    except (httpx.InvalidURL, ValueError):
        return None


def _join(address: str, location: str | None) -> str | None:
    """Where a redirect leads, in full; None when that is no web address."""
    if not location:
        return None
    try:
        target = str(httpx.URL(address).join(location))
    except (httpx.InvalidURL, ValueError):
        return None
    return target if _parse(target) else None


def _host(url: httpx.URL | None) -> str:
    """With www. or without is one host: usually it is one machine."""
    return url.host.lower().removeprefix("www.") if url else ""


def _same(address: str) -> object:
    """Equal for two spellings that are one request."""
    url = _parse(address)
    return (url.scheme, url.host, url.port, url.raw_path) if url else address


def _path(address: str) -> str:
    url = _parse(address)
    return url.raw_path.decode("ascii", "replace") if url else ""


def _causes(error: BaseException | None) -> Iterable[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _first(causes: list[BaseException], sort: type[Sort]) -> Sort | None:
    return next((cause for cause in causes if isinstance(cause, sort)), None)
