"""No request is larger, longer or stranger than it needs to be, on any address of the server."""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sanic import Sanic

from bot.channels.pictures import PicturesChannel
from bot.channels.rest import LARGEST_BODY as LARGEST_REST
from bot.channels.rest import RestChannel
from bot.channels.web import WebChannel
from bot.errors import FactsMissingError
from bot.server import protocol
from bot.server.app import LARGEST_HEADERS, LARGEST_REQUEST, make
from bot.tracker_store import ConversationStore
from bot.web.requests import LARGEST_BODY as LARGEST_WEB
from tests.channels.platforms.messenger import MessengerPlatform
from tests.channels.platforms.platform import Platform
from tests.channels.platforms.slack import SlackPlatform
from tests.channels.platforms.telegram import TelegramPlatform
from tests.channels.platforms.twilio import SmsPlatform, WhatsappPlatform
from tests.channels.serving import DOMAIN, PlayedAgent, app_of, ids_of, is_problem, served, settings
from tests.channels.talking import served_channel

WAIT_SECONDS = 10.0
QUICK_SECONDS = 0.3
PLATFORMS = (TelegramPlatform, WhatsappPlatform, SmsPlatform, MessengerPlatform, SlackPlatform)
KINDS = ("application/json", "multipart/form-data; boundary=x", "text/plain", "")
BEGIN = b"POST /chat/conversations HTTP/1.1\r\nHost: 127.0.0.1\r\n"
PAGE = b"GET /page.css HTTP/1.1\r\nHost: 127.0.0.1\r\n"


@pytest.fixture(autouse=True)
def several_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in tests/channels."""
    monkeypatch.setattr(Sanic, "test_mode", True)


def no_chart(token: str) -> Any:
    raise FactsMissingError("none in this test")


def whole_app(folder: Path, patch: pytest.MonkeyPatch) -> tuple[Sanic, list[Platform]]:
    """The server with every channel on, and the platforms that can sign for it."""
    platforms: list[Platform] = [kind() for kind in PLATFORMS]
    messaging = [served_channel(platform, patch) for platform in platforms]
    channels = [WebChannel(settings(), ids=ids_of()), RestChannel(), PicturesChannel(no_chart), *messaging]
    app = make(f"limited{time.monotonic_ns()}", channels)
    app.ctx.agent = PlayedAgent(ConversationStore(domain=DOMAIN, db=str(folder / "conversations.db")))
    return app, platforms


class Line:
    """A bare connection to the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> None:
        """Raises ConnectionError when the server has closed it."""
        if self.writer.transport.is_closing():
            raise ConnectionResetError
        self.writer.write(data)
        await self.writer.drain()

    async def status(self) -> int | None:
        """The status of the next answer, which is read whole; None when the connection was closed instead."""
        try:
            head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), WAIT_SECONDS)
            length = re.search(rb"content-length: (\d+)", head)
            await asyncio.wait_for(self.reader.readexactly(int(length[1]) if length else 0), WAIT_SECONDS)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        return int(head[9:12])

    async def is_closed(self) -> bool:
        """Whether the server closes it, within WAIT_SECONDS, and sends nothing more."""
        try:
            return await asyncio.wait_for(self.reader.read(1), WAIT_SECONDS) == b""
        except ConnectionError:
            return True


@asynccontextmanager
async def line_to(port: int) -> AsyncIterator[Line]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield Line(reader, writer)
    finally:
        writer.close()


def chunked(*lines: bytes) -> bytes:
    return BEGIN + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(lines)


DOUBTFUL = {
    "two lengths": BEGIN + b"Content-Length: 2\r\nContent-Length: 30\r\n\r\n{}",
    "the same length twice": BEGIN + b"Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
    "a length and chunks": BEGIN + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks in other letters": BEGIN + b"Transfer-Encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "another coding": BEGIN + b"Transfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}",
    "two codings in one": BEGIN + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "two codings": BEGIN + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "chunks in HTTP/1.0": b"POST /chat/end HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    "a negative length": BEGIN + b"Content-Length: -5\r\n\r\n{}",
    "a signed length": BEGIN + b"Content-Length: +2\r\n\r\n{}",
    "a length with a score": BEGIN + b"Content-Length: 1_0\r\n\r\n{}        ",
    "a length in other digits": BEGIN + "Content-Length: \u0662\r\n\r\n{}".encode(),
    "an empty length": BEGIN + b"Content-Length: \r\n\r\n{}",
    "a length of words": BEGIN + b"Content-Length: two\r\n\r\n{}",
    "a very long length": BEGIN + b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n{}",
    "a space before the colon": BEGIN + b"Content-Length : 2\r\n\r\n{}",
    "a folded header": BEGIN + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\n{}",
    "a line feed in a header": BEGIN + b"X: a\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}",
    "a zero byte in a header": BEGIN + b"X: a\x00b\r\nContent-Length: 2\r\n\r\n{}",
    "a header without a colon": BEGIN + b"Xabc\r\nContent-Length: 2\r\n\r\n{}",
    "a header without a name": BEGIN + b": abc\r\nContent-Length: 2\r\n\r\n{}",
    "two hosts": PAGE + b"Host: example.org\r\n\r\n",
    "no version": b"GET /\r\n\r\n",
    "HTTP/2 without a word": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "HTTP/1.2": b"GET / HTTP/1.2\r\nHost: a\r\n\r\n",
    "TLS": bytes.fromhex("16030100ce010000ca0303") + b"\x00" * 50 + b"\r\n\r\n",
    "an address of another server": b"GET http://example.org/page.css HTTP/1.1\r\nHost: a\r\n\r\n",
    "half an address": b"GET http://[::1 HTTP/1.1\r\nHost: a\r\n\r\n",
    "an address without a slash": b"GET page.css HTTP/1.1\r\nHost: a\r\n\r\n",
    "a tunnel": b"CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n",
    "a zero byte in the address": b"GET /\x00 HTTP/1.1\r\nHost: a\r\n\r\n",
    "letters in the address": "GET /é HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
    "bytes in the address": b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n",
    "a method that is none": b"FOO\x01 / HTTP/1.1\r\nHost: a\r\n\r\n",
    "many headers": PAGE + b"a:\r\n" * (protocol.MOST_HEADERS + 1) + b"\r\n",
    "a chunk of less than nothing": chunked(b"-2\r\n{}\r\n0\r\n\r\n"),
    "a chunk without a size": chunked(b"zz\r\n{}\r\n0\r\n\r\n"),
    "a size that does not end": chunked(b"0" * 100),
}  # fmt: skip


async def test_what_can_be_read_in_two_ways_is_refused_and_the_connection_closed(tmp_path: Path) -> None:
    async with served(app_of(tmp_path)) as asker:
        for what, request in DOUBTFUL.items():
            async with line_to(asker.port) as line:
                # whatever stands behind it must not be taken for a request
                await line.send(request + PAGE + b"\r\n")
                assert await line.status() == 400, what
                assert await line.is_closed(), what
        assert asker.agent.heard == []
        assert (await asker.client.get("/page.css")).status_code == 200


TOO_LARGE = {
    "an address": b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    "a header": PAGE + b"X: " + b"a" * 9_000 + b"\r\n\r\n",
    "headers that do not end": PAGE + b"a:\r\n" * 5_000,
    "a body where none is needed": PAGE + b"Content-Length: 1001\r\n\r\na",
    "chunks where none are needed": PAGE + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a body": BEGIN + b"Content-Length: 200000\r\n\r\n{}",
    "a chunk": chunked(b"FFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n"),
    "chunks together": chunked(*[b"2710\r\n" + b"a" * 10_000 + b"\r\n"] * 12),
}


async def test_what_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    async with served(app_of(tmp_path)) as asker:
        for what, request in TOO_LARGE.items():
            async with line_to(asker.port) as line:
                await line.send(request)
                assert await line.status() == 413, what
                assert await line.is_closed(), what


async def test_whole_requests_are_read_as_before(tmp_path: Path) -> None:
    async with served(app_of(tmp_path)) as asker:
        for request, statuses in (
            (BEGIN + b"Content-Length: 2\r\n\r\n{}" + PAGE + b"\r\n", [201, 200]),
            (PAGE + b"Content-Length: 0\r\n\r\n" + PAGE + b"\r\n", [200, 200]),
            (PAGE + b'X-Forwarded-For: \xff\xfe,,\r\nCookie: =;a="\\\xff;\r\nX: ' + b"a" * 5_000 + b"\r\n\r\n", [200]),
            (BEGIN + b"Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}", [417]),
            (b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", [405]),
            (b"GET /%ed%a0%80%00 HTTP/1.1\r\nHost: a\r\n\r\n", [404]),
        ):
            async with line_to(asker.port) as line:
                await line.send(request)
                assert [await line.status() for _ in statuses] == statuses, request


async def test_after_chunks_the_connection_is_closed(tmp_path: Path) -> None:
    """A trailer, or what is behind the last chunk, is never taken for a request."""
    async with served(app_of(tmp_path)) as asker:
        for end in (b"0\r\n\r\n", b"0\r\nX: y\r\n\r\n", b"0\r\n" + PAGE + b"\r\n"):
            async with line_to(asker.port) as line:
                await line.send(chunked(b"2\r\n{}\r\n", end, PAGE, b"\r\n"))
                assert await line.status() == 201
                assert await line.is_closed()


@pytest.mark.parametrize(
    "begun",
    [
        PAGE,
        BEGIN + b"Content-Length: 100\r\n\r\n{",
        BEGIN + b"Upgrade: websocket\r\nConnection: keep-alive\r\nContent-Length: 100\r\n\r\n{",
        chunked(b"40\r\n{"),
    ],
    ids=["head", "body", "body of somebody who wants a WebSocket", "chunks"],
)
async def test_a_request_that_drips_in_has_an_end(tmp_path: Path, begun: bytes) -> None:
    app = app_of(tmp_path)
    app.config.REQUEST_TIMEOUT = app.config.KEEP_ALIVE_TIMEOUT = QUICK_SECONDS
    async with served(app) as asker, line_to(asker.port) as line:
        await line.send(begun)
        told = asyncio.create_task(line.status())
        dripped = 0
        while not told.done() and dripped < 40:
            await asyncio.sleep(QUICK_SECONDS / 3)
            with pytest.MonkeyPatch.context():
                try:
                    await line.send(b"a")
                except ConnectionError:
                    break
            dripped += 1
        assert dripped < 40, "every byte gave it more time"
        assert await told in (408, None)


async def test_a_connection_that_says_nothing_has_an_end(tmp_path: Path) -> None:
    app = app_of(tmp_path)
    app.config.KEEP_ALIVE_TIMEOUT = QUICK_SECONDS
    async with served(app) as asker, line_to(asker.port) as line:
        assert await line.is_closed()


async def test_connections_have_a_limit_and_new_ones_take_the_place_of_idle_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "MOST_CONNECTIONS", 5)
    async with served(app_of(tmp_path)) as asker:
        idle = [await asyncio.open_connection("127.0.0.1", asker.port) for _ in range(8)]
        async with line_to(asker.port) as line:
            await line.send(PAGE + b"\r\n")
            assert await line.status() == 200
        left = [reader for reader, _ in idle if not reader.at_eof()]
        assert len(left) <= 5
        for _, writer in idle:
            writer.close()


def test_files_are_left_for_the_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(protocol.resource, "getrlimit", lambda _: (400, 4_000))
    assert protocol.most_connections() == 300
    unlimited = protocol.resource.RLIM_INFINITY
    monkeypatch.setattr(protocol.resource, "getrlimit", lambda _: (unlimited, unlimited))
    assert protocol.most_connections() == protocol.MOST_CONNECTIONS


async def test_every_address_refuses_what_is_too_large_or_no_request(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also those that are added later: the server's own list of addresses is asked."""
    app, _ = whole_app(tmp_path, monkeypatch)
    deep = b"[" * 50_000
    strange = (
        b"", b"\xff" * 100, deep, b'{"a":' * 5_000, b"null", b"[]", b'"' + b"\\ud800" * 100 + b'"', b"1e999", gzip.compress(b"{}"),
        b"--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"../../a\"\r\n\r\nb\r\n--x--", b"a=b&" * 10_000,
    )  # fmt: skip
    async with served(app) as asker:
        asked = 0
        for route in app.router.routes:
            path = "/" + re.sub(r"<[^>]*>", "x", route.path)
            for method in sorted(route.methods - {"OPTIONS", "HEAD"}):
                async with line_to(asker.port) as line:
                    length = max([LARGEST_REQUEST, *app.ctx.larger.values()]) + 1
                    await line.send(f"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode())
                    assert await line.status() == 413, (method, path)
                for body, kind in zip(strange, itertools.cycle(KINDS)):
                    answer = await asker.client.request(method, path, content=body, headers={"Content-Type": kind})
                    # this server has no model, and says so when its health is asked
                    fine = answer.status_code < 500 or (path.startswith("/health") and answer.status_code == 503)
                    assert fine, (method, path, body[:20], kind)
                    asked += 1
        assert asked > 150
        assert asker.agent.heard == []


async def test_only_the_address_that_needs_more_gets_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, _ = whole_app(tmp_path, monkeypatch)
    larger = MessengerPlatform.channel.largest_body + LARGEST_HEADERS
    assert (app.config.REQUEST_MAX_SIZE, app.ctx.larger) == (
        LARGEST_REQUEST,
        {MessengerPlatform.channel.webhook(): larger},
    )
    async with served(app) as asker:
        for path, length, status in (
            ("/webhooks/messenger/webhook", larger + 1, 413),
            ("/webhooks/messenger/webhook", larger, None),
            ("/webhooks/slack/webhook", LARGEST_REQUEST + 1, 413),
            ("/chat/messages", LARGEST_REQUEST + 1, 413),
        ):
            async with line_to(asker.port) as line:
                await line.send(f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\n".encode())
                if status:
                    assert await line.status() == status, path
                else:
                    # it waits for the body
                    with pytest.raises(asyncio.TimeoutError):
                        await asyncio.wait_for(line.reader.read(1), QUICK_SECONDS)


async def test_each_channel_has_a_limit_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app, platforms = whole_app(tmp_path, monkeypatch)
    async with served(app) as asker:
        for platform in platforms:
            largest = platform.channel.largest_body
            # genuine, so that nothing but its size is wrong with it
            form = platform.name in ("sms", "whatsapp")
            body = b"Body=" + b"a" * largest if form else json.dumps({"a": "a" * largest}).encode()
            webhook = platform.signed(body, {})
            headers = {name: value.encode() for name, value in webhook.headers.items()}
            answer = await asker.client.post(platform.path, content=webhook.body, headers=headers)
            is_problem(answer, 413)
        is_problem(await asker.post("messages", b" " * (LARGEST_WEB + 1)), 413)
        told = json.dumps({"sender": "a", "message": "b" * LARGEST_REST}).encode()
        assert (await asker.client.post("/webhooks/rest/webhook", content=told)).status_code == 400
        is_problem(await asker.client.get(f"/pictures/{'a' * 601}.png"), 400)
        assert asker.agent.heard == []


async def test_packed_bodies_are_not_unpacked(tmp_path: Path) -> None:
    async with served(app_of(tmp_path)) as asker:
        packed = gzip.compress(b'{"a": "' + b"a" * 50_000_000 + b'"}')
        assert len(packed) < LARGEST_WEB
        for coding in ("gzip", "deflate", "br", "gzip, gzip"):
            is_problem(await asker.post("messages", packed, content_encoding=coding), 400)


async def test_an_answer_that_nobody_reads_is_given_up(tmp_path: Path) -> None:
    """Many requests at once, and not a byte taken: the server stays free for others."""
    app = app_of(tmp_path)
    app.config.RESPONSE_TIMEOUT = app.config.KEEP_ALIVE_TIMEOUT = QUICK_SECONDS
    async with served(app) as asker, line_to(asker.port) as line:
        line.writer.write((PAGE + b"\r\n") * 20_000)
        for _ in range(10):
            async with line_to(asker.port) as other:
                await other.send(PAGE + b"\r\n")
                assert await other.status() == 200
            await asyncio.sleep(QUICK_SECONDS / 3)
