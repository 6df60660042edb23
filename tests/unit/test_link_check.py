"""The link check, against a small server on this machine; how slowly it asks, against a clock that the test moves."""

from __future__ import annotations

import asyncio
import datetime
import ssl
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.link_check import USER_AGENT, Checker, Hop, Kind, Limits, Link, Result, collect, stale
from bot.content.services import Service
from bot.errors import SetupError

QUICK = Limits(connect=2, read=0.2, request=1, pace=0)
USUAL = Limits()
HUGE = 200_000_000
ANSWERS = {
    "/ok": "200",
    "/gone": "410",
    "/missing": "404",
    "/moved": "301 /ok",
    "/moved-308": "308 /ok",
    "/elsewhere": "302 /ok",
    "/chain": "301 /chain2",
    "/chain2": "308 /chain3",
    "/chain3": "302 /ok",
    "/moved-and-gone": "301 /missing",
    "/to-front": "301 /",
    "/": "200",
    "/loop": "302 /loop2",
    "/loop2": "302 /loop",
    "/self": "301 /self#top",
    "/nowhere": "301",
    "/mail": "302 mailto:help@example.org",
    "/garbled": "302 http://[::bad",
    "/busy": "429",
    "/login": "401",
    "/broken": "500",
    "/teapot": "418",
    **{f"/long{n}": f"302 /long{n + 1}" for n in range(10)},
    "/long10": "200",
}
HEAD_ONLY = {"/no-head": 403, "/no-head-405": 405, "/no-head-501": 501, "/no-head-404": 404}


class Site:
    """A web server on 127.0.0.1 that remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.agents: set[str] = set()
        self.sent = 0
        self.port = 0

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            first = await reader.readexactly(1)
            if first == b"\x16":  # the start of TLS, which this port does not speak
                writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            head = (first + await reader.readuntil(b"\r\n\r\n")).decode()
            method, path, _ = head.split("\r\n")[0].split(" ")
            self.asked.append(f"{method} {path}")
            self.agents |= {
                line.partition(": ")[2] for line in head.split("\r\n") if line.lower().startswith("user-agent")
            }
            await self._answer(method, path, "cookie: seen=1" in head.lower(), writer)
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _answer(self, method: str, path: str, cookie: bool, writer: asyncio.StreamWriter) -> None:
        if path == "/hang" or (path == "/hang-head" and method == "HEAD"):
            await asyncio.sleep(3)
        elif path == "/drip":
            while True:
                writer.write(b"HTTP/1.1 200 OK\r\n" if not self.sent else b"X: y\r\n")
                self.sent += 1
                await writer.drain()
                await asyncio.sleep(0.05)
        elif path == "/reset" or (path == "/reset-head" and method == "HEAD"):
            writer.transport.abort()
        elif path == "/nonsense":
            writer.write(b"hello\r\n\r\n")
        elif path == "/huge" and method == "GET":
            writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {HUGE}\r\n\r\n".encode())
            while self.sent < HUGE:
                writer.write(b"x" * 100_000)
                await writer.drain()
                self.sent += 100_000
        elif path == "/cookie" and not cookie:
            writer.write(b"HTTP/1.1 302 Found\r\nSet-Cookie: seen=1\r\nLocation: /cookie\r\nContent-Length: 0\r\n\r\n")
        else:
            status, _, location = ANSWERS.get(path, "200").partition(" ")
            if method == "HEAD" and path in HEAD_ONLY:
                status = str(HEAD_ONLY[path])
            if method == "HEAD" and path == "/huge":
                status = "405"
            where = f"Location: {location}\r\n" if location else ""
            writer.write(f"HTTP/1.1 {status} Some\r\n{where}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    running = Site()
    server = await asyncio.start_server(running.answer, "127.0.0.1", 0)
    running.port = server.sockets[0].getsockname()[1]
    yield running
    server.close()


async def _check(url: str, limits: Limits = QUICK) -> Result:
    return (await Checker(limits).run([Link(url, ("a",))]))[0]


@pytest.mark.parametrize(
    ("path", "kind", "status", "asked"),
    [
        ("/ok", Kind.OK, 200, "HEAD"),
        ("/missing", Kind.GONE, 404, "HEAD GET"),
        ("/gone", Kind.GONE, 410, "HEAD"),
        ("/no-head", Kind.OK, 200, "HEAD GET"),
        ("/no-head-404", Kind.OK, 200, "HEAD GET"),
        ("/no-head-405", Kind.OK, 200, "HEAD GET"),
        ("/no-head-501", Kind.OK, 200, "HEAD GET"),
        ("/busy", Kind.REFUSED, 429, "HEAD"),
        ("/login", Kind.REFUSED, 401, "HEAD"),
        ("/teapot", Kind.REFUSED, 418, "HEAD"),
        ("/broken", Kind.FAILED, 500, "HEAD"),
        ("/hang", Kind.NO_ANSWER, None, "HEAD GET"),
        ("/hang-head", Kind.OK, 200, "HEAD GET"),
        ("/reset", Kind.NO_ANSWER, None, "HEAD GET"),
        ("/reset-head", Kind.OK, 200, "HEAD GET"),
        ("/nonsense", Kind.NO_ANSWER, None, "HEAD GET"),
    ],
)
async def test_one_answer(site: Site, path: str, kind: Kind, status: int | None, asked: str) -> None:
    result = await _check(site.url(path))
    assert (result.kind, result.status, result.hops) == (kind, status, ())
    assert site.asked == [f"{method} {path}" for method in asked.split()]


@pytest.mark.parametrize(
    ("path", "hops", "update_to"),
    [
        ("/moved", [("/moved", "/ok", True)], "/ok"),
        ("/moved-308", [("/moved-308", "/ok", True)], "/ok"),
        ("/elsewhere", [("/elsewhere", "/ok", False)], None),
        ("/chain", [("/chain", "/chain2", True), ("/chain2", "/chain3", True), ("/chain3", "/ok", False)], "/chain3"),
        ("/cookie", [("/cookie", "/cookie", False)], None),
        ("/long5", [(f"/long{n}", f"/long{n + 1}", False) for n in range(5, 10)], None),
    ],
)
async def test_redirects(site: Site, path: str, hops: list[tuple[str, str, bool]], update_to: str | None) -> None:
    result = await _check(site.url(path))
    assert (result.kind, result.status) == (Kind.REDIRECTED, 200)
    assert result.hops == tuple(Hop(site.url(a), site.url(b), permanent) for a, b, permanent in hops)
    assert result.new_address == (site.url(update_to) if update_to else None)
    assert ("update the address" in result.note) == bool(update_to)


@pytest.mark.parametrize(
    ("path", "kind", "hops", "requests", "note"),
    [
        ("/loop", Kind.LOOP, 2, 2, "in a circle"),
        ("/self", Kind.LOOP, 1, 1, "in a circle"),
        ("/long4", Kind.LOOP, 6, 6, "more than 5 redirects"),
        ("/moved-and-gone", Kind.GONE, 1, 3, "no such page"),
        ("/to-front", Kind.REDIRECTED, 1, 2, "front page"),
        ("/nowhere", Kind.REFUSED, 0, 1, "look by hand"),
        ("/mail", Kind.REFUSED, 0, 1, "mailto:help@example.org"),
        ("/garbled", Kind.REFUSED, 0, 1, "no web address"),
    ],
)
async def test_redirects_that_lead_astray(
    site: Site, path: str, kind: Kind, hops: int, requests: int, note: str
) -> None:
    result = await _check(site.url(path))
    assert (result.kind, len(result.hops), len(site.asked)) == (kind, hops, requests)
    assert note in result.note
    assert result.new_address is None or kind is Kind.REDIRECTED


async def test_huge_body_is_left_unread(site: Site) -> None:
    assert (await _check(site.url("/huge"))).kind is Kind.OK
    await asyncio.sleep(0.05)
    assert site.sent < HUGE / 10


async def test_endless_headers_end(site: Site) -> None:
    result = await _check(site.url("/drip"), Limits(read=0.2, request=0.3, pace=0))
    assert (result.kind, result.note) == (Kind.NO_ANSWER, "no full answer within 0.3 s")


async def test_says_who_asks(site: Site) -> None:
    await _check(site.url("/ok"))
    assert site.agents == {USER_AGENT}
    assert "planbot" in USER_AGENT


async def test_nothing_listens(site: Site) -> None:
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    result = await _check(f"http://127.0.0.1:{port}/")
    assert (result.kind, result.note) == (Kind.NO_ANSWER, "no connection could be made")


@pytest.mark.parametrize(
    "url", [f"https://{'a' * 70}.uk/", f"https://{'a.' * 200}uk/", "https://a..uk/", "http://0.0.0.0:1/"]
)
async def test_address_that_only_the_network_refuses(url: str) -> None:
    assert (await _check(url)).kind is Kind.NO_ANSWER


async def test_no_tls_spoken_there(site: Site) -> None:
    result = await _check(site.url("/").replace("http:", "https:"))
    assert (result.kind, result.note) == (Kind.NO_ANSWER, "no secure connection could be made (TLS)")


async def test_certificate_that_nobody_vouches_for(site: Site, tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_self_signed(tmp_path / "test.pem"))
    server = await asyncio.start_server(site.answer, "127.0.0.1", 0, ssl=context)
    result = await _check(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    server.close()
    assert result.kind is Kind.NO_ANSWER
    assert "certificate is not accepted: self" in result.note
    assert site.asked == []


def _self_signed(file: Path) -> Path:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(secret + certificate.public_bytes(encoding))
    return file


# --- a network that the test makes up, with a clock that it moves


class Web:
    """Answers by a function; remembers when which host was asked, and how many hosts at once."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response] = lambda _: httpx.Response(200)) -> None:
        self.now, self.slept = 100.0, 0.0
        self.asked: dict[str, list[float]] = defaultdict(list)
        self.busy: set[str] = set()
        self.most = 0
        self._answer = answer

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)

    async def reply(self, request: httpx.Request) -> httpx.Response:
        host = request.url.host
        self.asked[host].append(self.now)
        assert host not in self.busy
        self.busy.add(host)
        self.most = max(self.most, len(self.busy))
        for _ in range(5):
            await asyncio.sleep(0)
        self.busy.remove(host)
        return self._answer(request)

    def run(self, urls: list[str], limits: Limits = USUAL, done: Callable[[Result], object] = print) -> list[Result]:
        checker = Checker(limits, lambda: self.now, self.sleep, httpx.MockTransport(self.reply))
        return asyncio.run(checker.run([Link(url, ("a",)) for url in urls], done))


def test_a_second_between_requests_to_a_host() -> None:
    web = Web()
    web.run([f"https://a.uk/{n}" for n in range(4)])
    assert web.asked == {"a.uk": [100, 101, 102, 103]}


def test_a_second_between_head_and_get_and_redirects() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/1":
            return httpx.Response(301, headers={"Location": "/2"})
        return httpx.Response(405 if request.method == "HEAD" else 200)

    web = Web(answer)
    assert web.run(["https://a.uk/1"])[0].kind is Kind.REDIRECTED
    assert web.asked == {"a.uk": [100, 101, 102]}


def test_host_reached_by_redirect_has_its_second_too() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200 if request.url.host == "z.uk" else 302, headers={"Location": "https://z.uk/"})

    web = Web(answer)
    web.run([f"https://{host}.uk/" for host in "abcdefgh"] + ["https://z.uk/1", "https://www.z.uk/2"])
    times = sorted(web.asked["z.uk"] + web.asked["www.z.uk"])
    assert len(times) == 11
    assert all(later - earlier >= 1 for earlier, later in zip(times, times[1:], strict=False))


def test_four_hosts_at_a_time() -> None:
    web = Web()
    results = web.run([f"https://{host}.uk/{n}" for host in "abcdefghij" for n in range(3)])
    assert len(results) == 30
    assert web.most == 4
    for times in web.asked.values():
        assert all(later - earlier >= 1 for earlier, later in zip(times, times[1:], strict=False))


def test_longer_pause_after_too_many_requests() -> None:
    web = Web(lambda _: httpx.Response(429))
    web.run(["https://a.uk/1", "https://a.uk/2"])
    assert web.asked == {"a.uk": [100, 110]}


def test_run_ends_when_its_time_is_up() -> None:
    web = Web()
    results = web.run([f"https://a.uk/{n}" for n in range(5)], Limits(run=2))
    assert [result.kind for result in results] == [Kind.NOT_TRIED] * 2 + [Kind.OK] * 3
    assert web.now == 102


def test_every_link_is_reported_once_and_worst_comes_first() -> None:
    status = {"/1": 200, "/2": 500, "/3": 404, "/4": 403}
    done: list[Result] = []
    results = Web(lambda request: httpx.Response(status[request.url.path])).run(
        [f"https://a.uk/{n}" for n in range(1, 5)], done=done.append
    )
    assert [result.kind for result in results] == [Kind.GONE, Kind.FAILED, Kind.REFUSED, Kind.OK]
    assert sorted(result.link.address for result in done) == [f"https://a.uk/{n}" for n in range(1, 5)]


def _dead(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectTimeout("no", request=request)


def test_silent_host_is_left_alone() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200) if request.url.host == "b.uk" else _dead(request)

    web = Web(answer)
    results = web.run([f"https://a.uk/{n}" for n in range(6)] + ["https://b.uk/"])
    assert [result.kind for result in results] == [Kind.NO_ANSWER] * 6 + [Kind.OK]
    assert len(web.asked["a.uk"]) == 2
    assert sum(result.note == "not tried: 2 other links of a.uk had no answer" for result in results) == 4


def test_host_that_answers_now_and_then_is_not_given_up() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200) if int(request.url.path[1:]) % 2 else _dead(request)

    results = Web(answer).run([f"https://a.uk/{n}" for n in range(6)])
    assert [result.kind for result in results] == [Kind.NO_ANSWER] * 3 + [Kind.OK] * 3


@pytest.mark.parametrize(("hosts", "asked"), [(300, 4), (2, 2)])
def test_no_network_is_one_line(hosts: int, asked: int) -> None:
    web = Web(_dead)
    with pytest.raises(
        SetupError, match=f"^None of the first {asked} hosts could be reached .* Is this machine online"
    ):
        web.run([f"https://h{n}.uk/{page}" for n in range(hosts) for page in range(5)])
    assert sum(len(times) for times in web.asked.values()) <= 20


def test_one_dead_host_is_no_dead_network() -> None:
    assert Web(_dead).run(["https://a.uk/"])[0].note == "no connection within 5 s"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mailto:a@b.uk",
        "http://",
        "https://[::1",
        "http://a.uk:99999/",
        "http://a.uk:0/",
        "//a.uk",
        "https:///x",
        "ftp://a.uk/",
    ],
)
def test_bad_address(url: str) -> None:
    web = Web()
    result = web.run([url])[0]
    assert (result.kind, result.note) == (Kind.NO_ANSWER, "this is not a web address")
    assert not web.asked


@given(st.text() | st.text().map("https://".__add__), st.text(st.characters(max_codepoint=255), max_size=30))
def test_never_raises(url: str, location: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers=[(b"Location", location.encode("latin-1"))])

    assert len(Web(answer).run([url], done=lambda _: None)) == 1


# --- what is collected from the directory


def _service(**fields: object) -> Service:
    source = {"title": "Somebody", "url": "https://source.uk/page", "as_at": "March 2026"}
    return Service.parse_obj(
        {
            "name": "A service",
            "what": "What it is for.",
            "needs": ["fraud"],
            "audiences": ["everyone"],
            "area": "london",
            "display": "info-only",
            "confirmed": "no-number",
            "sources": [source],
            "checked": "2026-11-22",
            **fields,
        }
    )


def test_each_address_once_with_its_services() -> None:
    own = {"title": "Itself", "url": "https://a.uk/about#phone", "as_at": "March 2026"}
    services = {
        "a": _service(web="https://a.uk/about", sources=[own, own]),
        "b": _service(web="https://b.uk"),
        "c": _service(),
    }
    assert collect(services) == [
        Link("https://a.uk/about", ("a",)),
        Link("https://b.uk", ("b",)),
        Link("https://source.uk/page", ("b", "c")),
    ]


def test_stale_after_180_days() -> None:
    services = {
        "new": _service(checked="2026-05-26"),
        "old": _service(checked="2026-05-25"),
        "older": _service(checked="2020-01-01"),
    }
    assert stale(services, datetime.date(2026, 11, 22)) == ["older", "old"]
