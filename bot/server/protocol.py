"""HTTP/1.1 read strictly and in bounded time, where Sanic 21.12 reads it as it comes.

Sanic takes the first of two lengths, spins for ever on a negative one, counts a request's time anew with every byte, and stops
counting for whoever asks for a WebSocket. Here a request whose end is in doubt is refused and its connection closed, so that no
proxy and this server can see two different requests in the same bytes; and the time of a request runs from its first byte.
"""

from __future__ import annotations

import re
import resource
from time import monotonic
from typing import Any

from sanic import Sanic
from sanic.exceptions import InvalidUsage, PayloadTooLarge, RequestTimeout, SanicException
from sanic.http import Http, Stage
from sanic.server import HttpProtocol

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
TARGET = re.compile(r"/[\x21-\x7e]*|\*")
LENGTH = re.compile(r"[0-9]{1,12}", re.ASCII)
BODILESS = frozenset({"GET", "HEAD", "OPTIONS"})
LARGEST_LEFT_OVER = 1_000
"""Bytes of a body that nobody reads, and that some clients send all the same."""
MOST_HEADERS = 100
MOST_CONNECTIONS = 2_000
FILES_FOR_OTHERS = 4
"""One in so many files that the process may open is left to databases, models and logs."""


class StrictHttp(Http):
    """Sanic's reader of requests, which also looks at what the head says."""

    def init_for_request(self) -> None:
        super().init_for_request()
        self.protocol.began = monotonic()

    async def http1_request_header(self) -> None:
        try:
            await super().http1_request_header()
            if not _is_sound(self.request):
                raise InvalidUsage("Bad Request")
        except SanicException:
            # the address too: who answers it would read it again
            self.request_body = self.url = None
            raise
        except Exception as error:  # what its parsers raise for lengths and addresses that are none
            self.request_body = self.url = None
            raise InvalidUsage("Bad Request") from error
        # a proxy may have read another end of it, or something behind it: what follows is not read as a request
        self.keep_alive = self.keep_alive and self.request_body != "chunked"
        self.upgrade_websocket = False
        larger: dict[str, int] = getattr(self.request.app.ctx, "larger", {})
        self.request_max_size = larger.get(self.request.path, self.request_max_size)
        bodiless = self.request.method in BODILESS
        most = LARGEST_LEFT_OVER if bodiless else self.request_max_size
        if (self.request_bytes_left or 0) > most or (self.request_body == "chunked" and bodiless):
            self.request_body = None
            self.keep_alive = False
            raise PayloadTooLarge("Request body exceeds the size limit")


class StrictProtocol(HttpProtocol):
    """A connection: at most so long for a whole request, and at most so many connections at once."""

    __slots__ = ("began",)

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self._http: StrictHttp | None = None
        self.began = monotonic()

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            self._make_room()

    def _setup_connection(self) -> None:
        self._http = StrictHttp(self)
        self._time = monotonic()
        self.check_timeouts()

    def data_received(self, data: bytes) -> None:
        if self._http is None or not self._is_arriving(self._http):
            self.began = monotonic()
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._http is not None and self._is_arriving(self._http):
            # else Sanic logs it as a fault of ours, and waits for the rest of the body for ever
            self._http.exception = RequestTimeout("The client left")
            self._http.request_body = None
        super().connection_lost(exc)

    def check_timeouts(self) -> None:
        """Sanic's own, and the time since the first byte of a request that is not whole yet."""
        http = self._http
        # "is not None": a reader that has no whole request yet counts as false
        arriving = http is not None and self._is_arriving(http)
        if self._task and http is not None and arriving and monotonic() - self.began > self.request_timeout:
            http.exception = RequestTimeout("Request Timeout")
            http.request_body = None
            self._task.cancel()
            return
        super().check_timeouts()

    @staticmethod
    def _is_arriving(http: Http) -> bool:
        """Whether a request has begun and is not whole; one that was refused may still be read to its end."""
        return http.stage is Stage.REQUEST or bool(getattr(http, "request_body", None))

    def _make_room(self) -> None:
        """Closes a connection that waits for its next request, else this one."""
        others = (c for c in self.connections if c is not self and c._http is not None and c._http.stage is Stage.IDLE)
        next(others, self).abort()


class StrictSanic(Sanic):
    """Serves by StrictProtocol, however it is started."""

    def run(self, *args: Any, **more: Any) -> None:
        more.setdefault("protocol", StrictProtocol)
        super().run(*args, **more)

    async def create_server(self, *args: Any, **more: Any) -> Any:
        more.setdefault("protocol", StrictProtocol)
        return await super().create_server(*args, **more)


def most_connections() -> int:
    """How many connections a server holds; fewer where the process may open few files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, files - files // FILES_FOR_OTHERS)


def _is_sound(request: Any) -> bool:
    """Whether a request's head means the same to everybody who reads it."""
    headers = request.headers
    lengths, codings = headers.getall("content-length", []), headers.getall("transfer-encoding", [])
    if len(headers) > MOST_HEADERS or len(headers.getall("host", [])) > 1 or len(lengths) + len(codings) > 1:
        return False
    if lengths and not LENGTH.fullmatch(lengths[0]):
        return False
    if codings and (codings[0] != "chunked" or request.version != "1.1"):
        return False
    target = request.raw_url.decode("utf-8", "replace")
    return (
        bool(TOKEN.fullmatch(request.method) and TARGET.fullmatch(target))
        and all(TOKEN.fullmatch(name) for name in headers)
        and all(VALUE.fullmatch(value) for value in headers.values())
    )
