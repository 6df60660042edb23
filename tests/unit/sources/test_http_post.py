"""Posting a form: as patient and as strict as getting, with longer answers where they are allowed."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.errors import BadAnswerError, SourceRefusedError, SourceUnavailableError, TooLargeError
from bot.sources.database import Database
from bot.sources.http import LONGEST_BODY, Fetcher
from bot.sources.limiter import Limiter
from tests.misbehaving import Misbehaving
from tests.unit.sources.conftest import DEADLINE, QUICK

FORM = {"poly": "51.5,-0.1:51.51,-0.1:51.51,-0.09", "date": "2026-09"}


@pytest.fixture
async def fetcher(tmp_path: Path) -> AsyncIterator[Fetcher]:
    database = Database(tmp_path / "cache.db")
    opened = Fetcher(Limiter(database, per_second=1000), QUICK)
    yield opened
    await opened.close()
    database.close()


@pytest.fixture(autouse=True)
def _day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_TODAY", "2026-11-22")


async def ask(fetcher: Fetcher, server: Misbehaving, *, deadline: float = DEADLINE, **options: Any) -> object:
    url = f"{server.police_url}/crimes-street/all-crime"
    return await fetcher.post(url, form=FORM, deadline=deadline, expect=list, **options)


async def test_the_form_is_sent_in_the_body(fetcher: Fetcher, server: Misbehaving) -> None:
    assert await ask(fetcher, server) == []
    assert server.asked == ["/api/crimes-street/all-crime"]
    assert server.posted == ["poly=51.5%2C-0.1%3A51.51%2C-0.1%3A51.51%2C-0.09&date=2026-09"]


@pytest.mark.parametrize("mode", ["busy", "down", "reset"])
async def test_a_busy_service_is_asked_four_times(fetcher: Fetcher, server: Misbehaving, mode: str) -> None:
    server.mode = mode
    with pytest.raises(SourceUnavailableError) as failed:
        await ask(fetcher, server, deadline=5)
    assert not isinstance(failed.value, TooLargeError)
    assert len(server.asked) == len(server.posted) == 4


async def test_a_bare_503_asks_for_parts_at_once(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode = "down"
    with pytest.raises(TooLargeError, match="parts"):
        await ask(fetcher, server, parts=True)
    assert len(server.asked) == 1


async def test_a_503_that_says_when_to_come_back_is_busy(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode, server.retry_after = "down_once", "1"
    started = time.monotonic()
    assert await ask(fetcher, server, deadline=5, parts=True) == []
    assert time.monotonic() - started >= 1


async def test_retry_after_is_honoured(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode, server.retry_after = "busy_once", "1"
    started = time.monotonic()
    assert await ask(fetcher, server, deadline=5, parts=True) == []
    assert time.monotonic() - started >= 1


async def test_the_deadline_ends_a_slow_answer(fetcher: Fetcher, server: Misbehaving) -> None:
    for mode in ("slow_headers", "slow_body"):
        server.mode = mode
        started = time.monotonic()
        with pytest.raises(SourceUnavailableError, match="within 0.4 s"):
            await ask(fetcher, server, deadline=0.4, read_seconds=60)
        assert 0.3 < time.monotonic() - started < 2


async def test_a_silence_that_is_too_long_is_tried_again(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode = "slow_headers"
    with pytest.raises(SourceUnavailableError, match="cannot be reached"):
        await ask(fetcher, server, deadline=10, read_seconds=0.1)
    assert len(server.asked) == 4


async def test_refusals_are_final(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode = "bad_request"
    with pytest.raises(SourceRefusedError) as refused:
        await ask(fetcher, server, parts=True)
    assert (refused.value.status, len(server.asked)) == (400, 1)


@pytest.mark.parametrize("told", [True, False])
async def test_a_long_answer_only_where_it_is_allowed(tmp_path: Path, told: bool) -> None:
    body = b'["' + b"x" * LONGEST_BODY + b'"]'
    headers = {"Content-Type": "application/json", **({"Content-Length": str(len(body))} if told else {})}

    def reply(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers=headers, stream=httpx.ByteStream(body))

    fetcher = Fetcher(Limiter(Database(tmp_path / "c.db"), 1000), QUICK, httpx.MockTransport(reply))
    url = "https://example.org/a"
    assert len((await fetcher.post(url, form=FORM, deadline=5, expect=list, longest=len(body)))[0]) == LONGEST_BODY
    for longest in (LONGEST_BODY, len(body) - 1):
        with pytest.raises(BadAnswerError):
            await fetcher.post(url, form=FORM, deadline=5, expect=list, longest=longest)
    with pytest.raises(BadAnswerError):
        await fetcher.get(url, deadline=5, expect=list)


async def test_a_redirect_on_the_same_host_keeps_the_form(tmp_path: Path) -> None:
    def reply(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/a":
            return httpx.Response(308, headers={"Location": "/b"})
        return httpx.Response(200, json={"method": request.method, "form": request.content.decode()})

    fetcher = Fetcher(Limiter(Database(tmp_path / "c.db"), 1000), QUICK, httpx.MockTransport(reply))
    answer = await fetcher.post("https://example.org/a", form={"date": "2026-09"}, deadline=DEADLINE)
    assert answer == {"method": "POST", "form": "date=2026-09"}


async def test_a_form_is_never_sent_to_another_host(fetcher: Fetcher, server: Misbehaving) -> None:
    server.mode = "away"
    with pytest.raises(BadAnswerError, match="another host"):
        await ask(fetcher, server)
    assert len(server.posted) == 1
