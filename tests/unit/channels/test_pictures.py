"""What the pictures channel answers, asked over HTTP from a real server, registered as Rasa registers it."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from hashlib import blake2b
from typing import Any

import httpx
import pytest
from rasa.core.channels.channel import register
from sanic import Sanic

from actions.statistics.chart import Chart
from bot.channels import pictures
from bot.channels.pictures import LONGEST_TOKEN, PicturesChannel
from bot.errors import FactsMissingError, StoreError

CHART = Chart("bar", "Burglaries", "Bars.", ("Camden", "Hackney"), (2.0, 1.0), "offences", "A source, 1 May 2026")
PNG = b"\x89PNG\r\n\x1a\n a picture"


def chart_of(token: str) -> Chart:
    """Stands in for the figures; the tokens say what should happen."""
    known: dict[str, Exception] = {
        "none": FactsMissingError("SECRET"), "bad": ValueError("SECRET"), "down": StoreError("SECRET"), "bug": KeyError("SECRET"),
    }  # fmt: skip
    if token in known:
        raise known[token]
    return CHART


@pytest.fixture(autouse=True)
def several_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sanic rewrites its own methods when an app starts; in this mode it can do so again for the next one."""
    monkeypatch.setattr(Sanic, "test_mode", True)


@asynccontextmanager
async def served(channel: PicturesChannel) -> AsyncIterator[httpx.AsyncClient]:
    app = Sanic(f"pictures{uuid.uuid4().hex}", configure_logging=False)
    register([channel], app, route="/webhooks/")
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    await server.startup()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10, trust_env=False) as client:
            yield client
    finally:
        await server.before_stop()
        server.close()
        await server.wait_closed()


Get = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
async def get() -> AsyncIterator[Get]:
    async with served(PicturesChannel(chart_of, picture=lambda _: PNG)) as client:

        async def ask(path: str, method: str = "GET", **headers: str) -> httpx.Response:
            return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})

        yield ask


async def test_picture(get: Get) -> None:
    answer = await get("/pictures/abc_-9.png")
    assert answer.status_code == 200
    assert answer.content == PNG
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "public, max-age=3600"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["etag"] == f'"{blake2b(PNG, digest_size=16).hexdigest()}"'
    assert answer.headers["content-disposition"] == 'inline; filename="chart.png"'
    assert "set-cookie" not in answer.headers
    assert "abc_-9" not in str(answer.headers)


async def test_head_says_the_same_without_the_picture(get: Get) -> None:
    whole, head = await get("/pictures/abc.png"), await get("/pictures/abc.png", "HEAD")
    assert head.status_code == 200
    assert head.content == b""
    for name in ("content-type", "content-length", "etag", "cache-control"):
        assert head.headers[name] == whole.headers[name]


@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', "*", '"x" ,W/{}'])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_known_picture_is_not_sent_again(get: Get, form: str, method: str) -> None:
    tag = (await get("/pictures/abc.png")).headers["etag"]
    answer = await get("/pictures/abc.png", method, if_none_match=form.format(tag))
    assert answer.status_code == 304
    assert answer.content == b""
    assert answer.headers["etag"] == tag
    assert answer.headers["cache-control"] == "public, max-age=3600"


@pytest.mark.parametrize("other", ['"other"', "", "nonsense", '"'])
async def test_another_picture_is_sent(get: Get, other: str) -> None:
    assert (await get("/pictures/abc.png", if_none_match=other)).status_code == 200


def is_problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "SECRET" not in answer.text
    body = answer.json()
    assert body["status"] == status
    assert body["title"] and body["detail"]
    return body


@pytest.mark.parametrize(("token", "status"), [("none", 404), ("bad", 400), ("down", 503), ("bug", 500)])
async def test_refusals_are_problems_that_tell_no_secrets(get: Get, token: str, status: int) -> None:
    answer = await get(f"/pictures/{token}.png")
    is_problem(answer, status)
    assert ("retry-after" in answer.headers) is (status == 503)


@pytest.mark.parametrize(
    "name",
    [
        "a b.png", "a.b.png", "a%2Fb.png", "a%00.png", "a%0A.png", "é.png", "٣.png", "<b>.png", "a=.png", ".png", "", "abc", "abc.jpg",
        "abc.PNG", "abc.png%0A", "x" * (LONGEST_TOKEN + 1) + ".png", "..%2f..%2fetc.png",
    ],
)  # fmt: skip
async def test_names_of_no_picture_reach_nothing(name: str) -> None:
    def fail(_: str) -> Chart:
        raise AssertionError("asked")

    async with served(PicturesChannel(fail)) as client:
        answer = await client.get(f"/pictures/{name}")
    is_problem(answer, 400)


async def test_longest_token(get: Get) -> None:
    assert (await get(f"/pictures/{'x' * LONGEST_TOKEN}.png")).status_code == 200


@pytest.mark.parametrize("path", ["/webhooks/pictures/abc.png", "/pictures", "/pictures/a/b.png"])
async def test_nothing_else_is_served(get: Get, path: str) -> None:
    assert (await get(path)).status_code == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
async def test_no_other_method(get: Get, method: str) -> None:
    assert (await get("/pictures/abc.png", method)).status_code == 405


async def test_wrong_value_of_a_chart_is_our_error_not_theirs() -> None:
    def fail(_: Chart) -> bytes:
        raise ValueError("not a finite number")

    async with served(PicturesChannel(chart_of, picture=fail)) as client:
        is_problem(await client.get("/pictures/abc.png"), 500)


class Slow:
    """A painter that waits until it may go on, and notes its threads."""

    def __init__(self) -> None:
        self.go, self.began = threading.Event(), threading.Event()
        self.threads: list[str] = []
        self.at_once = self.most_at_once = 0

    def __call__(self, _: Chart) -> bytes:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.threads.append(threading.current_thread().name)
        self.began.set()
        assert self.go.wait(10)
        time.sleep(0.03)  # long enough for another to begin meanwhile, if it could
        self.at_once -= 1
        return PNG


async def test_too_many_are_asked_to_come_again() -> None:
    slow = Slow()
    async with served(PicturesChannel(chart_of, picture=slow, most_waiting=2)) as client:
        waiting = [asyncio.create_task(client.get(f"/pictures/{i}.png")) for i in range(2)]
        assert await asyncio.to_thread(slow.began.wait, 5)
        await asyncio.sleep(0.1)  # the second has arrived too
        refused = await asyncio.wait_for(client.get("/pictures/c.png"), 2)
        is_problem(refused, 503)
        assert int(refused.headers["retry-after"]) >= 1
        is_problem(await client.get("/pictures/a.b.png"), 400)  # the server's own thread is free
        slow.go.set()
        assert [answer.status_code for answer in await asyncio.gather(*waiting)] == [200, 200]
        assert (await client.get("/pictures/c.png")).status_code == 200


async def test_one_at_a_time_in_a_thread_of_its_own() -> None:
    slow = Slow()
    slow.go.set()
    async with served(PicturesChannel(chart_of, picture=slow)) as client:
        answers = await asyncio.gather(*(client.get(f"/pictures/{i}.png") for i in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert slow.most_at_once == 1
    assert len(set(slow.threads)) == 1
    assert slow.threads[0].startswith("pictures")


async def test_slow_picture_is_given_up_and_its_place_stays_taken_until_it_is_done() -> None:
    slow = Slow()
    async with served(PicturesChannel(chart_of, picture=slow, timeout=0.6, most_waiting=1)) as client:
        first = await client.get("/pictures/a.png")
        assert "retry-after" in first.headers
        is_problem(first, 503)
        assert len(slow.threads) == 1
        began = time.perf_counter()
        is_problem(await client.get("/pictures/b.png"), 503)
        assert time.perf_counter() - began < 0.4  # refused at once: it did not wait its turn behind the first
        slow.go.set()
        for _ in range(100):
            answer = await client.get("/pictures/c.png")
            if answer.status_code == 200:
                break
            await asyncio.sleep(0.02)
        assert answer.content == PNG


async def test_person_who_leaves_does_not_stop_the_work() -> None:
    slow = Slow()
    channel = PicturesChannel(chart_of, picture=slow, most_waiting=1)
    async with served(channel) as client:
        with pytest.raises(httpx.ReadTimeout):
            await client.get("/pictures/a.png", timeout=0.2)
        slow.go.set()
        for _ in range(100):
            if (await client.get("/pictures/b.png")).status_code == 200:
                break
            await asyncio.sleep(0.02)
        assert len(slow.threads) >= 2


async def test_real_painter(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ANN001
    from bot.pictures import cache

    monkeypatch.setattr(cache, "_shared", lambda: cache.PictureCache(tmp_path))
    async with served(PicturesChannel(chart_of, timeout=30)) as client:
        first, again = await client.get("/pictures/abc.png"), await client.get("/pictures/abc.png")
    assert first.content.startswith(b"\x89PNG")
    assert b"Bars." in first.content
    assert first.content == again.content
    assert len(list(tmp_path.iterdir())) == 1


def test_as_rasa_makes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    channel = PicturesChannel.from_credentials(None)
    assert isinstance(channel, PicturesChannel)
    assert channel.name() == "pictures"
    assert channel.url_prefix() == "/pictures"
    from actions.statistics import pictured

    monkeypatch.setattr(pictured, "chart_of", lambda token: (token, CHART))
    assert pictures._chart_of_figures("abc") == ("abc", CHART)
