"""The fetcher: patient with a busy service, strict with a strange one, never past its deadline."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from bot.errors import BadAnswerError, SourceError, SourceRefusedError, SourceUnavailableError
from bot.sources import http
from bot.sources.database import Database
from bot.sources.http import Fetcher, Waits, parse, retry_after
from bot.sources.limiter import Limiter
from tests.misbehaving import Misbehaving
from tests.unit.sources.conftest import DEADLINE, QUICK

NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


@pytest.fixture
async def fetcher(tmp_path: Path) -> AsyncIterator[Fetcher]:
    database = Database(tmp_path / "cache.db")
    opened = Fetcher(Limiter(database, per_second=1000), QUICK)
    yield opened
    await opened.close()
    database.close()


async def ask(fetcher: Fetcher, server: Misbehaving, deadline: float = DEADLINE, expect: type = dict) -> object:
    return await fetcher.get(f"{server.url}/outcodes/SE15", deadline=deadline, expect=expect)


async def test_a_good_answer(fetcher: Fetcher, server: Misbehaving) -> None:
    answer = await ask(fetcher, server)
    assert answer["result"]["outcode"] == "SE15"
    assert server.asked == ["/outcodes/SE15"]


@pytest.mark.parametrize("mode", ["busy", "down", "reset"])
async def test_a_busy_service_is_asked_four_times(fetcher: Fetcher, server: Misbehaving, mode: str) -> None:
    server.mode = mode
    with pytest.raises(SourceUnavailableError, match="try again"):
        await ask(fetcher, server, deadline=5)
    assert len(server.asked) == 4


async def test_a_dead_port(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode = "dead"
    with pytest.raises(SourceUnavailableError, match="cannot be reached"):
        await ask(fetcher, server)
    server.mode = "well"
    assert await ask(fetcher, server)


@pytest.mark.parametrize("mode", ["busy_once", "down_once"])
async def test_a_second_try_helps(fetcher: Fetcher, server: Misbehaving, mode: str) -> None:
    server.mode = mode
    assert await ask(fetcher, server)
    assert len(server.asked) == 2


async def test_retry_after_is_honoured(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode, server.retry_after = "busy_once", "1"
    started = time.monotonic()
    assert await ask(fetcher, server, deadline=5)
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    "told",
    ["3600", "9" * 400, format_datetime(datetime.now(timezone.utc) + timedelta(days=1))],
    ids=["an hour", "no end", "a day"],
)
async def test_too_long_a_wait_is_refused_at_once(fetcher: Fetcher, server: Misbehaving, told: str) -> None:
    server.mode, server.retry_after = "busy", told
    with pytest.raises(SourceUnavailableError, match="longer than anybody"):
        await ask(fetcher, server, deadline=60)
    assert len(server.asked) == 1


async def test_a_wait_past_the_deadline_is_not_begun(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode, server.retry_after = "busy", "2"
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError, match="busy"):
        await ask(fetcher, server, deadline=1.5)
    assert time.monotonic() - started < 1
    assert len(server.asked) == 1


@pytest.mark.parametrize("mode", ["slow_headers", "slow_body"])
async def test_the_deadline_ends_a_slow_answer(fetcher: Fetcher, server: Misbehaving, mode: str) -> None:
    server.mode = mode
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError, match="within 0.5 s"):
        await ask(fetcher, server, deadline=0.5)
    assert 0.4 < time.monotonic() - started < 3


async def test_the_deadline_ends_retries(server: Misbehaving, tmp_path: Path) -> None:
    fetcher = Fetcher(Limiter(Database(tmp_path / "cache.db"), 1000), Waits(first=0.4, longest=9))
    server.mode = "down"
    started = time.monotonic()
    with pytest.raises(SourceUnavailableError):
        await ask(fetcher, server, deadline=0.6)
    assert time.monotonic() - started < 3
    assert len(server.asked) < 4


async def test_no_time_at_all(fetcher: Fetcher, server: Misbehaving) -> None:
    for deadline in (0, -1):
        with pytest.raises(SourceUnavailableError):
            await ask(fetcher, server, deadline=deadline)
    assert not server.asked


async def test_a_read_that_takes_too_long_is_tried_again(
    fetcher: Fetcher, server: Misbehaving, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "READ_SECONDS", 0.1)
    server.mode = "slow_headers"
    with pytest.raises(SourceUnavailableError, match="cannot be reached"):
        await ask(fetcher, server, deadline=10)
    assert len(server.asked) == 4


async def test_refusals_are_final_and_carry_the_body(fetcher: Fetcher, server: Misbehaving) -> None:
    with pytest.raises(SourceRefusedError) as refused:
        await fetcher.get(f"{server.url}/postcodes/SE159ZX", deadline=DEADLINE)
    assert (refused.value.status, refused.value.body) == (404, {"status": 404, "error": "Postcode not found"})
    server.mode = "bad_request"
    with pytest.raises(SourceRefusedError) as refused:
        await ask(fetcher, server)
    assert refused.value.status == 400
    server.mode = "gone"
    with pytest.raises(SourceRefusedError) as refused:
        await ask(fetcher, server)
    assert (refused.value.status, refused.value.body) == (404, None)
    assert len(server.asked) == 3
    assert "SE15" not in str(refused.value)


async def test_a_fault_is_not_asked_again(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode = "fault"
    with pytest.raises(SourceUnavailableError, match="fault"):
        await ask(fetcher, server)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("mode", "says"),
    [
        ("garbage", "broken JSON"),
        ("wrong_encoding", "broken JSON"),
        ("half", "broken JSON"),
        ("html", "not JSON"),
        ("wrong_type", "another type"),
        ("huge", "too long"),
        ("huge_stream", "more than"),
        ("away", "another host"),
        ("round", "from one address to the next"),
    ],
)
async def test_strange_answers_are_refused(fetcher: Fetcher, server: Misbehaving, mode: str, says: str) -> None:
    server.mode = mode
    with pytest.raises(BadAnswerError, match=says):
        await ask(fetcher, server, deadline=5)
    assert len(server.asked) == (3 if mode == "round" else 1)


@pytest.mark.parametrize("new_loop", [asyncio.SelectorEventLoop, uvloop.new_event_loop])
@pytest.mark.parametrize("url", ["http://127.0.0.1:99999/", "ftp://127.0.0.1/", "nonsense", "http://"])
def test_an_address_that_is_none(tmp_path: Path, new_loop: Callable[[], asyncio.AbstractEventLoop], url: str) -> None:
    loop, fetcher = new_loop(), Fetcher(Limiter(Database(tmp_path / "c.db"), 1000), QUICK)
    with pytest.raises(SourceError):
        loop.run_until_complete(fetcher.get(url, deadline=DEADLINE))
    loop.run_until_complete(fetcher.close())
    loop.close()


async def replies(reply: httpx.Response, tmp_path: Path) -> object:
    """What the fetcher makes of a response."""
    transport = httpx.MockTransport(lambda _: reply)
    return await Fetcher(Limiter(Database(tmp_path / "c.db"), 1000), QUICK, transport).get(
        "https://example.org/a", deadline=DEADLINE
    )


@pytest.mark.parametrize(
    "location",
    ["http://example.org/a", "https://example.org:8443/a", "https://other.org/a", "//other.org/a", "javascript:1",
     "https://me@example.org/a", "https://example.org:x/", "\x80\xff:://"],
)  # fmt: skip
async def test_redirects_that_are_not_followed(tmp_path: Path, location: str) -> None:
    with pytest.raises(SourceError):
        await replies(httpx.Response(301, headers={"Location": location.encode("latin-1")}), tmp_path)


async def test_a_redirect_on_the_same_host_is_followed(tmp_path: Path) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/a":
            return httpx.Response(308, headers={"Location": "/b"})
        return httpx.Response(200, json={"path": request.url.path})

    fetcher = Fetcher(Limiter(Database(tmp_path / "c.db"), 1000), QUICK, httpx.MockTransport(reply))
    assert await fetcher.get("https://example.org/a", deadline=DEADLINE) == {"path": "/b"}


async def test_a_compressed_answer_is_refused(tmp_path: Path) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    with pytest.raises(BadAnswerError, match="compressed"):
        await replies(httpx.Response(200, headers=headers, stream=httpx.ByteStream(b"\x1f\x8b")), tmp_path)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, None), ("", None), ("soon", None), ("-3", None), ("²", None), ("1.5", None), ("7", 7.0), (" 0 ", 0.0),
        ("Sun, 22 Nov 2026 12:00:05 GMT", 5.0), ("Sun, 22 Nov 2026 11:00:00 GMT", 0.0), ("Sun, 99 Nov 2026", None),
        ("Sun, 22 Nov 2026 12:00:05 -0000", 5.0),
    ],
)  # fmt: skip
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, NOW) == seconds


@given(st.text())
def test_any_retry_after_is_seconds_or_nothing(header: str) -> None:
    seconds = retry_after(header, NOW)
    assert seconds is None or seconds >= 0


@given(st.binary() | st.sampled_from([b"[" * 100_000, b"NaN", b"Infinity", b"9" * 5000, b"\xef\xbb\xbf1", b"[", b""]))
def test_any_body_is_json_or_a_typed_error(body: bytes) -> None:
    try:
        parse(body, "application/json; charset=utf-8", "example.org")
    except BadAnswerError as error:
        assert error.__cause__ is None


@pytest.mark.parametrize("kind", ["", "text/html", "text/plain", "application/jsonp", "application/octet-stream", ";"])
def test_only_json_is_read(kind: str) -> None:
    with pytest.raises(BadAnswerError, match="not JSON"):
        parse(b"{}", kind, "example.org")


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON;charset=UTF-8", "application/problem+json"])
def test_json_under_its_names(kind: str) -> None:
    assert parse(b'{"a": 1}', kind, "example.org") == {"a": 1}
