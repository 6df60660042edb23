"""Who may ask the server, how much, and for what: origins, limits, addresses that lead nowhere, the page's headers, the staff's channel."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from pathlib import Path
from urllib.parse import quote

import pytest

from bot.guard.gate import TOO_FAST
from bot.web import openapi
from tests.channels.serving import EVIL, NAMED, Asker, app_of, is_problem, served

NAMES = ("conversations", "messages", "history", "end", "feedback")
DANGER = "he has a knife and he says he will kill me"


@pytest.mark.parametrize("origin", [EVIL, "null", "", "http://localhost", f"{NAMED}.evil.test", f"{NAMED}:8443", "é"])
async def test_pages_of_other_origins_are_refused(asker: Asker, origin: str) -> None:
    for name in NAMES:
        answer = await asker.post(name, origin=origin.encode("latin-1"))  # type: ignore[arg-type]
        is_problem(answer, 403, "evil.test")
        assert not any(header.startswith("access-control") for header in answer.headers)
    assert asker.agent.heard == []


@pytest.mark.parametrize("name", NAMES)
async def test_browsers_that_ask_first(asker: Asker, name: str) -> None:
    asks = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    allowed = await asker.client.options(f"/chat/{name}", headers={**asks, "Origin": NAMED})
    assert (allowed.status_code, allowed.content) == (204, b"")
    assert allowed.headers["access-control-allow-origin"] == NAMED
    assert allowed.headers["access-control-allow-methods"] == "POST"
    assert allowed.headers["access-control-allow-headers"] == "Content-Type"
    assert int(allowed.headers["access-control-max-age"]) > 0
    assert allowed.headers["vary"] == "Origin"
    assert "access-control-allow-credentials" not in allowed.headers
    for other in (EVIL, "null"):
        refused = await asker.client.options(f"/chat/{name}", headers={**asks, "Origin": other})
        is_problem(refused, 403)
        assert "access-control-allow-origin" not in refused.headers


async def test_a_named_page_may_read_answers_and_refusals(asker: Asker) -> None:
    begun = await asker.post("conversations", origin=NAMED)
    told = {"conversation": begun.json()["conversation"], "message": "hello"}
    wrong = await asker.post("messages", b"zebra", origin=NAMED)
    for answer, status in ((begun, 201), (await asker.post("messages", told, origin=NAMED), 200), (wrong, 400)):
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == NAMED
        assert answer.headers["access-control-expose-headers"] == "Retry-After, X-Trace-Id"
        assert answer.headers["vary"] == "Origin"


async def test_the_servers_own_page_and_no_page(asker: Asker) -> None:
    own = f"http://127.0.0.1:{asker.port}"
    answer = await asker.post("conversations", origin=own)
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (201, own)
    assert "access-control-allow-origin" not in (await asker.post("conversations")).headers


async def test_a_name_that_leads_here_is_no_own_page(asker: Asker) -> None:
    is_problem(await asker.post("conversations", origin="http://evil.test", host="evil.test"), 403)


async def test_a_hundred_messages_in_a_second(asker: Asker, conversation: str) -> None:
    other = await asker.begin()
    asker.agent.waits = 0.01
    began = time.perf_counter()
    answers = await asyncio.gather(*(asker.say(conversation, f"hello number {n}") for n in range(100)))
    counted = Counter(answer.status_code for answer in answers)
    assert set(counted) == {200, 429}, counted
    assert 1 <= counted[200] == len(asker.agent.heard) <= 40
    for answer in answers:
        if answer.status_code == 429:
            refused = is_problem(answer, 429)
            assert (refused.type, refused.detail) == ("/problems/too-fast", TOO_FAST)
            assert int(answer.headers["retry-after"]) >= 1
    assert (await asker.say(other)).status_code == 200
    assert time.perf_counter() - began < 10


async def test_danger_is_heard_from_who_sends_too_much(asker: Asker, conversation: str) -> None:
    while (await asker.say(conversation)).status_code == 200:
        assert len(asker.agent.heard) < 100
    assert (await asker.say(conversation, DANGER)).status_code == 200
    assert asker.agent.heard[-1] == DANGER


async def test_an_address_has_a_limit(tmp_path: Path) -> None:
    async with served(app_of(tmp_path, address_burst=3, address_per_minute=0.01)) as asker:
        conversation = await asker.begin()
        assert (await asker.say(conversation)).status_code == 200
        assert (await asker.post("history", {"conversation": conversation})).status_code == 200
        refused = await asker.say(conversation)
        assert is_problem(refused, 429).type == "/problems/too-fast"
        assert int(refused.headers["retry-after"]) >= 1
        is_problem(await asker.post("conversations", x_forwarded_for="198.51.100.9"), 429)  # no proxy is trusted
        is_problem(await asker.post("conversations", forwarded="for=198.51.100.9"), 429)
        is_problem(await asker.post("messages", b'{"__pydantic_self__": 1}'), 429)
        assert (await asker.say(conversation, DANGER)).status_code == 200
        assert (await asker.client.get("/widget.js")).status_code == 200


async def test_new_conversations_of_an_address_have_a_limit(tmp_path: Path) -> None:
    async with served(app_of(tmp_path, conversations_burst=2, conversations_per_minute=0.01)) as asker:
        conversation = await asker.begin()
        await asker.begin()
        refused = await asker.post("conversations")
        assert is_problem(refused, 429).detail == TOO_FAST
        assert "retry-after" in refused.headers
        assert (await asker.say(conversation)).status_code == 200


async def test_behind_a_proxy_its_last_word_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_PROXIES", "1")
    async with served(app_of(tmp_path, address_burst=2, address_per_minute=0.01)) as asker:

        async def status(forwarded: str) -> int:
            return (await asker.post("conversations", x_forwarded_for=forwarded)).status_code

        assert [await status("198.51.100.1") for _ in range(3)] == [201, 201, 429]
        assert await status("198.51.100.2") == 201
        assert await status("198.51.100.2, 198.51.100.1") == 429  # what the reader wrote stands before
        assert await status("203.0.113.5, 198.51.100.2") == 201
        assert [await status(f"2001:db8::{n}") for n in range(3)] == [201, 201, 429]
        for nonsense in ("unknown", "_hidden", ",", "198.51.100.3:80", "x" * 5_000):
            assert await status(nonsense) in (201, 429)


NOWHERE = (
    "/nowhere", "/chat", "/chat/", "/chat/nowhere", "/chat/conversations/x", "/widget", "/widget/x/y.js", "/favicon.ico", "/model",
    "/webhooks/web/webhook", "/status", "/%ff", "/widget/..%2f..%2fbot/settings.py", "/widget/%2e%2e/index.html", "/page.cssx",
    "/xpage.css", "/index.html", "/" + quote("<script>alert(1)</script>"),
)  # fmt: skip


async def test_addresses_that_lead_nowhere(asker: Asker) -> None:
    for path in NOWHERE:
        is_problem(await asker.client.get(path), 404, "script", "nowhere", "settings")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
async def test_other_methods(asker: Asker, method: str) -> None:
    for name in NAMES:
        answer = await asker.client.request(method, f"/chat/{name}")
        is_problem(answer, 405)
        assert {m.strip() for m in answer.headers["allow"].split(",")} == {"POST", "OPTIONS"}


async def test_files_are_not_written(asker: Asker) -> None:
    for path in ("/", "/widget.js", "/chat/openapi.json"):
        answer = await asker.client.post(path)
        is_problem(answer, 405)
        assert {m.strip() for m in answer.headers["allow"].split(",")} == {"GET", "HEAD"}


async def test_files_can_be_asked_for_their_headers_alone(asker: Asker) -> None:
    for path in ("/", "/page.css", "/widget.js", "/chat/openapi.json"):
        whole, head = await asker.client.get(path), await asker.client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for name in ("content-type", "content-length", "etag", "content-security-policy"):
            assert head.headers.get(name) == whole.headers.get(name)
    missing = await asker.client.head("/nowhere")
    assert (missing.status_code, missing.content) == (404, b"")


async def test_the_description(asker: Asker) -> None:
    answer = await asker.client.get("/chat/openapi.json")
    assert answer.json() == openapi.describe()


async def test_the_page_is_closed(asker: Asker) -> None:
    for path, kind in (("/", "text/html"), ("/page.css", "text/css"), ("/icon.svg", "image/svg+xml")):
        answer = await asker.client.get(path)
        assert (answer.status_code, answer.headers["content-type"].split(";")[0]) == (200, kind)
        policy = dict(part.strip().partition(" ")[::2] for part in answer.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["connect-src"] == "'self'"
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        assert answer.headers["cross-origin-opener-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert answer.headers["cache-control"] == "no-cache"
        assert not {"access-control-allow-origin", "set-cookie", "server", "x-powered-by"} & set(answer.headers)


async def test_the_widget_may_be_embedded_and_kept(asker: Asker) -> None:
    entry = await asker.client.get("/widget.js", headers={"Origin": EVIL})
    assert entry.headers["cache-control"] == "no-cache"
    named = [line.split('"')[1] for line in entry.text.splitlines() if "import " in line]
    assert len(named) > 1
    for path in named:
        answer = await asker.client.get(path.removeprefix("."))
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
        assert "immutable" in answer.headers["cache-control"]
        assert answer.headers["access-control-allow-origin"] == "*"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-encoding"] == "gzip"
    again = await asker.client.get("/widget.js", headers={"If-None-Match": entry.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_staffs_channel_is_for_this_machine(asker: Asker) -> None:
    told = {"sender": "me", "message": "hello"}
    assert (await asker.client.post("/webhooks/rest/webhook", json=told)).json()[0]["text"] == "Hello."
    for header in ("X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"):
        for value in ("127.0.0.1", "198.51.100.1", ""):
            is_problem(await asker.client.post("/webhooks/rest/webhook", json=told, headers={header: value}), 403)
    assert len(asker.agent.heard) == 1


async def test_the_staffs_channel_reads_no_web_conversation_by_its_id(asker: Asker, conversation: str) -> None:
    await asker.say(conversation, "my own words")
    await asker.client.post("/webhooks/rest/webhook", json={"sender": conversation, "message": "hello"})
    said = (await asker.post("history", {"conversation": conversation})).json()["said"]
    assert [line.get("text") for line in said if line["by"] == "person"] == ["my own words"]
