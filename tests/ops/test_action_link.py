"""The way to the action servers: real ones that are killed and started again, and servers of all kinds of bad behaviour."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from aiohttp import web
from prometheus_client import REGISTRY

from actions import server as action_server
from bot.action_calls import LARGEST_CALL
from bot.cli.servers import free_port
from bot.errors import ActionServerError, SetupError
from bot.operations import metrics, trace
from bot.server import action_link
from bot.server.action_link import ActionLink
from tests.ops.action_server import ActionServer

SECRET, OTHER = "a secret of the tests", "another secret of the tests"
TYPED = "he is hitting me at 12 Zebra Road"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SAID = {"events": [], "responses": [{"text": "Said."}]}


def call(
    action: str = "action_show_support", text: str = TYPED, events: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    """A call as Rasa makes it."""
    said = {"text": text, "intent": {"name": "find_support", "confidence": 1.0}, "entities": []}
    tracker = {"sender_id": "tested", "slots": {}, "latest_message": said, "events": events or [], "paused": False}
    return {"next_action": action, "sender_id": "tested", "tracker": tracker, "version": "3.6.21"}


@asynccontextmanager
async def linked(*urls: str, secret: str | None = None) -> AsyncIterator[ActionLink]:
    link = ActionLink(list(urls), secret)
    try:
        yield link
    finally:
        await link.close()


@asynccontextmanager
async def playing(*handlers: Handler) -> AsyncIterator[list[str]]:
    """The addresses of servers that answer so."""
    runners, urls = [], []
    for handler in handlers:
        app = web.Application(client_max_size=10**8)
        app.router.add_post("/webhook", handler)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        urls.append(f"http://127.0.0.1:{runner.addresses[0][1]}/webhook")
    try:
        yield urls
    finally:
        for runner in runners:
            await runner.cleanup()


async def says(_: web.Request) -> web.Response:
    return web.json_response(SAID)


async def ask(link: ActionLink, **more: Any) -> dict[str, Any]:
    return await link.request(json=call(**more), method="post", timeout=300, compress=False)


@pytest.fixture(autouse=True)
def no_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Actions have the label "other", whatever a server of another test has learnt."""
    monkeypatch.setattr(metrics.actions, "_known", frozenset())


def calls(outcome: str) -> float:
    return REGISTRY.get_sample_value("plan_action_calls_total", {"action": "other", "outcome": outcome}) or 0.0


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ActionServer]:
    log = tmp_path_factory.mktemp("actions") / "log"
    with ActionServer(log, env={"PLAN_ACTION_SECRET": SECRET, "PLAN_LOG": "json"}) as running:
        yield running


async def test_an_action_answers_and_logs_the_trace_and_nothing_that_was_typed(real: ActionServer) -> None:
    begun = trace.begin()
    async with linked(real.url, secret=SECRET) as link:
        assert await link.is_ready(5)
        told = await ask(link)
    assert told["responses"][0]["answer"]["services"]
    lines = [json.loads(line) for line in await logged(real, begun.id)]
    assert [(line["event"], line["action"], line["status"]) for line in lines] == [
        ("action", "action_show_support", "answered")
    ]
    assert "Zebra" not in real.log.read_text()


async def logged(real: ActionServer, part: str) -> list[str]:
    """The lines of its log with this in them, as soon as there are any."""
    for _ in range(200):
        if found := [line for line in real.log.read_text().splitlines() if part in line]:
            return found
        await asyncio.sleep(0.05)
    return []


@pytest.mark.parametrize("secret", [None, OTHER])
async def test_without_the_secret_nothing_is_answered(real: ActionServer, secret: str | None) -> None:
    async with linked(real.url, secret=secret) as link:
        assert not await link.is_ready(5)
        with pytest.raises(ActionServerError, match="PLAN_ACTION_SECRET"):
            await ask(link)


async def test_the_servers_own_routes(real: ActionServer) -> None:
    base = real.url.removesuffix("/webhook")
    async with httpx.AsyncClient(base_url=base, trust_env=False, timeout=20) as client:
        assert (await client.get("/health/live")).json()["status"] == "live"
        assert (await client.get("/health/ready")).status_code == 403
        told = (await client.get("/metrics")).text
        assert "plan_action_seconds" in told and "plan_answers_total" not in told
        assert (await client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.1"})).status_code == 403
        for path in ("/actions", "/", "/health"):
            assert (await client.get(path)).status_code == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"zebra", 400), (b"[]", 400), (b"{}", 400), (b"\xff", 400), (b"[" * 5_000, 400),
        (json.dumps({**call(), "tracker": None}).encode(), 400), (json.dumps({**call(), "next_action": ["zebra"]}).encode(), 400),
        (json.dumps(call(events=["zebra"])).encode(), 400),  # type: ignore[list-item]
        (json.dumps(call("zebra")).encode(), 404), (b"x" * (LARGEST_CALL + 1), 413), (b"x" * (LARGEST_CALL + 100_000), 413),
    ],
)  # fmt: skip
async def test_what_is_no_call_is_refused_and_not_repeated(real: ActionServer, body: bytes, status: int) -> None:
    async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
        answer = await client.post(real.url, content=body, headers={"Authorization": f"Bearer {SECRET}"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert "zebra" not in answer.text and "Zebra" not in answer.text


async def test_a_fault_of_the_server_is_not_explained_to_the_caller(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from sanic import Sanic

    monkeypatch.setattr(Sanic, "test_mode", True)
    monkeypatch.setattr(action_server, "run", _fails)
    app = action_server.make(f"broken{time.monotonic_ns()}")
    async with _served(app) as url:
        async with httpx.AsyncClient(trust_env=False, timeout=20) as client:
            answer = await client.post(url, json=call())
        assert answer.status_code == 500 and "Zebra" not in answer.text and "hitting" not in answer.text
        async with linked(url) as link:
            with pytest.raises(ActionServerError, match="status 500"):
                await ask(link)


async def _fails(*_: Any) -> dict[str, Any]:
    raise RuntimeError(TYPED)


@asynccontextmanager
async def _served(app: Any) -> AsyncIterator[str]:
    listening = action_server.listen("127.0.0.1", 0)
    server = await app.create_server(sock=listening, return_asyncio_server=True, access_log=False)
    await server.startup()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/webhook"
    finally:
        server.close()
        await server.wait_closed()


async def test_a_restart_of_the_only_server_is_bridged(tmp_path: Path) -> None:
    """Killed with -9 in the middle; as soon as it is there again, the same call is answered."""
    with ActionServer(tmp_path / "log") as only:
        async with linked(only.url) as link:
            assert (await ask(link))["responses"]
            only.kill()
            retries = REGISTRY.get_sample_value("plan_action_retries_total") or 0.0
            # longer than its usual 3 s, since the machine of a test may be slow to start it
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(action_link, "AGAIN_SECONDS", 60.0)
                patch.setattr(action_link, "TOTAL_SECONDS", 60.0)
                asking = asyncio.create_task(ask(link))
                await asyncio.to_thread(only.start)
                assert (await asking)["responses"]
            assert (REGISTRY.get_sample_value("plan_action_retries_total") or 0.0) > retries


async def test_of_two_servers_the_one_that_lives_answers(real: ActionServer) -> None:
    async with linked(f"http://127.0.0.1:{free_port()}/webhook", real.url, secret=SECRET) as link:
        for _ in range(4):
            assert (await ask(link))["responses"]
        assert await link.is_ready(5)


async def test_two_share_a_port(tmp_path: Path) -> None:
    with (
        ActionServer(tmp_path / "a", "--shared") as first,
        ActionServer(tmp_path / "b", "--shared", port=first.port) as second,
    ):
        seen: set[str] = set()
        for _ in range(1_200):
            # a new connection each time: the system chooses the server by it
            seen.add(await asyncio.to_thread(second.worker))
            if len(seen) == 2:
                break
            await asyncio.sleep(0.05)
        assert len(seen) == 2
        first.kill()
        async with linked(first.url) as link:
            assert (await ask(link))["responses"]


async def test_calls_go_round() -> None:
    counts = [0, 0, 0]

    def counting(n: int) -> Handler:
        async def handler(_: web.Request) -> web.Response:
            counts[n] += 1
            return web.json_response(SAID)

        return handler

    async with playing(*(counting(n) for n in range(3))) as urls, linked(*urls) as link:
        for _ in range(9):
            assert await ask(link) == SAID
    assert counts == [3, 3, 3]


async def test_a_server_that_is_gone_is_left_alone_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = [0]

    async def goes(request: web.Request) -> web.Response:
        asked[0] += 1
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    monkeypatch.setattr(action_link, "ALONE_SECONDS", 60.0)
    async with playing(goes, says) as urls, linked(*urls) as link:
        for _ in range(6):
            assert await ask(link) == SAID
        assert asked == [1]


@pytest.mark.parametrize("status", [502, 503, 504])
async def test_a_proxy_without_a_server_behind_it_is_asked_again(status: int) -> None:
    asked = [0]

    async def recovers(_: web.Request) -> web.Response:
        asked[0] += 1
        return web.json_response(SAID) if asked[0] > 2 else web.Response(status=status)

    async with playing(recovers) as urls, linked(*urls) as link:
        assert await ask(link) == SAID


async def test_nobody_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(action_link, "AGAIN_SECONDS", 0.2)
    before = calls("unreachable")
    async with linked(f"http://127.0.0.1:{free_port()}/webhook") as link:
        assert not await link.is_ready(2)
        with pytest.raises(ActionServerError, match="ACTION_URL"):
            await ask(link)
    assert calls("unreachable") == before + 1


async def answers_500(_: web.Request) -> web.Response:
    return web.json_response({"error": TYPED, "request_body": call()}, status=500)


async def answers_400(_: web.Request) -> web.Response:
    return web.json_response({"error": TYPED, "action_name": "x"}, status=400)


async def answers_words(_: web.Request) -> web.Response:
    return web.Response(text=TYPED)


async def answers_list(_: web.Request) -> web.Response:
    return web.json_response([TYPED])


async def answers_nothing(_: web.Request) -> web.Response:
    return web.Response()


async def redirects(_: web.Request) -> web.Response:
    return web.Response(status=307, headers={"Location": "http://127.0.0.1:9/webhook"})


async def answers_much(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse()
    await response.prepare(request)
    for _ in range(1_000):
        await response.write(b"x" * 10_000)
    return response


@pytest.mark.parametrize(
    "handler", [answers_500, answers_400, answers_words, answers_list, answers_nothing, redirects, answers_much]
)
async def test_an_answer_that_cannot_be_used_is_not_asked_for_again(handler: Handler) -> None:
    asked = [0]

    async def counting(request: web.Request) -> web.StreamResponse:
        asked[0] += 1
        return await handler(request)

    before = calls("failed")
    async with playing(counting) as urls, linked(*urls) as link:
        with pytest.raises(ActionServerError) as found:
            await ask(link)
    assert asked == [1] and calls("failed") == before + 1
    error: BaseException | None = found.value
    while error is not None:
        assert "hitting" not in repr(error) and "Zebra" not in repr(error)
        error = error.__cause__ or error.__context__


async def test_one_that_hangs_has_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hangs(_: web.Request) -> web.Response:
        await asyncio.Event().wait()
        return web.Response()

    monkeypatch.setattr(action_link, "TOTAL_SECONDS", 0.2)
    before = calls("timed_out")
    async with playing(hangs) as urls, linked(*urls) as link:
        with pytest.raises(ActionServerError, match="did not answer"):
            await ask(link)
        assert not await link.is_ready(0.2)
    assert calls("timed_out") == before + 1


async def test_connections_stay_open() -> None:
    peers = set()

    async def noting(request: web.Request) -> web.Response:
        assert request.transport is not None
        peers.add(request.transport.get_extra_info("peername"))
        return web.json_response(SAID)

    async with playing(noting) as urls, linked(*urls) as link:
        for _ in range(5):
            await ask(link)
    assert len(peers) == 1


def turns(many: int, size: int) -> list[dict[str, Any]]:
    return [e for n in range(many) for e in ({"event": "user", "text": f"q{n}"}, {"event": "bot", "text": "x" * size})]


async def test_a_long_conversation_is_cut_at_a_turn() -> None:
    heard: list[dict[str, Any]] = []

    async def listens(request: web.Request) -> web.Response:
        body = await request.read()
        assert len(body) <= LARGEST_CALL
        heard.append(json.loads(body))
        return web.json_response(SAID)

    async with playing(listens) as urls, linked(*urls) as link:
        await ask(link, events=turns(100, 10_000))
        await ask(link, events=turns(1, LARGEST_CALL))
        with pytest.raises(ActionServerError, match="bytes"):
            await ask(link, text="x" * LARGEST_CALL)
    events = heard[0]["tracker"]["events"]
    assert events[0]["event"] == "user" and events[-2]["text"] == "q99" and 5 < len(events) < 200
    assert heard[1]["tracker"]["events"] == []
    assert heard[1]["tracker"]["latest_message"]["text"] == TYPED


async def test_the_trace_goes_along() -> None:
    heard: list[str | None] = []

    async def listens(request: web.Request) -> web.Response:
        heard.append(request.headers.get("traceparent"))
        return web.json_response(SAID)

    begun = trace.begin()
    async with playing(listens) as urls, linked(*urls) as link:
        await ask(link)
    assert trace.read(heard[0]) == begun


@pytest.mark.parametrize(
    ("told", "urls"),
    [
        ("http://a:1/webhook", ["http://a:1/webhook"]),
        (
            " http://a:1/webhook,https://b/webhook  http://c:3/own ",
            ["http://a:1/webhook", "https://b/webhook", "http://c:3/own"],
        ),
        ("http://a:1", ["http://a:1/webhook"]),
        ("http://a:1/", ["http://a:1/webhook"]),
    ],
)
def test_settings(monkeypatch: pytest.MonkeyPatch, told: str, urls: list[str]) -> None:
    monkeypatch.setenv("ACTION_URL", told)
    monkeypatch.delenv("PLAN_ACTION_SECRET", raising=False)
    link = ActionLink.of_settings()
    assert link and [str(server.url) for server in link._servers] == urls


@pytest.mark.parametrize(
    "told", ["zebra", "ftp://zebra/webhook", "http://", "http://zebra:x@[/webhook", "http://zebra/webhook?a=1"]
)
def test_wrong_settings(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv("ACTION_URL", told)
    with pytest.raises(SetupError, match="ACTION_URL") as found:
        ActionLink.of_settings()
    assert "zebra" not in str(found.value)


def test_no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACTION_URL", raising=False)
    assert ActionLink.of_settings() is None


@pytest.mark.parametrize("interface", ["0.0.0.0", "192.0.2.1", "::", "actions"])  # noqa: S104
def test_a_door_to_others_needs_a_secret(monkeypatch: pytest.MonkeyPatch, interface: str) -> None:
    monkeypatch.delenv("PLAN_ACTION_SECRET", raising=False)
    with pytest.raises(SetupError, match="PLAN_ACTION_SECRET"):
        action_server.refuse_open_door(interface)
    monkeypatch.setenv("PLAN_ACTION_SECRET", SECRET)
    action_server.refuse_open_door(interface)


@pytest.mark.parametrize("interface", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_this_machine_needs_none(monkeypatch: pytest.MonkeyPatch, interface: str) -> None:
    monkeypatch.delenv("PLAN_ACTION_SECRET", raising=False)
    action_server.refuse_open_door(interface)


def test_a_port_that_is_taken_says_so() -> None:
    with action_server.listen("127.0.0.1", 0) as taken, pytest.raises(SetupError, match="port"):
        action_server.listen("127.0.0.1", taken.getsockname()[1])
