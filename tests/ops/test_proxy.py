"""deploy/nginx.conf, run: what is open and what is not, who gets a message, and what happens when a worker dies."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.channels.conversation import SORRY
from tests.ops.proxy import NAME, Proxy, proxy, wait_for

OPEN = [
    ("GET", "/"), ("GET", "/page.css"), ("GET", "/icon.svg"), ("GET", "/widget.js"), ("GET", "/widget/0123456789ab/view.js"),
    ("GET", "/chat/openapi.json"), ("POST", "/chat/messages"), ("OPTIONS", "/chat/messages"), ("GET", "/pictures/abc.png"),
    *(("POST", f"/webhooks/{name}/webhook") for name in ("telegram", "whatsapp", "sms", "messenger", "slack")),
    ("GET", "/webhooks/messenger/webhook?hub.mode=subscribe"),
]  # fmt: skip
CLOSED = [
    "/metrics", "/metrics/", "/health/live", "/health/ready", "/webhooks/rest/webhook", "/webhooks/rest/", "/webhooks/telegram/",
    "/webhooks/nobody/webhook", "/webhook", "/model", "/conversations/x/tracker", "/status", "/version", "/chats", "/index.html",
    "/chat/../metrics", "/chat/%2e%2e/metrics", "//metrics", "/pictures/../health/ready", "/.env", "/webhooks/telegram/webhook/../../rest/webhook",
]  # fmt: skip


BOTH = {'{"worker": "worker-1", ', '{"worker": "worker-2", '}


@pytest.fixture(scope="module")
def running() -> Iterator[Proxy]:
    with proxy() as made:
        yield made


@pytest.fixture(autouse=True)
def all_well(running: Proxy) -> Iterator[None]:
    yield
    for worker in running.workers:
        worker.breaks = False
        if worker._server is None:
            worker.start()
    # until nginx tries both again, by a path without a limit
    wait_for(lambda: {running.ask("GET", "/page.css")[2][:23] for _ in range(6)} == BOTH)


def test_nginx_takes_the_file(running: Proxy) -> None:
    assert running.test() == ""


@pytest.mark.parametrize(("method", "path"), OPEN)
def test_what_people_need_is_open(running: Proxy, method: str, path: str) -> None:
    status, headers, text = running.ask(method, path, b"{}" if method == "POST" else None)
    assert status == 200
    assert json.loads(text)["path"] == path
    assert headers["strict-transport-security"]


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_all_else_is_closed(running: Proxy, method: str, path: str) -> None:
    before = [len(worker.got) for worker in running.workers]
    status, _, _ = running.ask(method, path, b"{}" if method == "POST" else None, Authorization="Bearer x")
    assert status == 404
    assert [len(worker.got) for worker in running.workers] == before


def test_without_tls_people_are_sent_to_https(running: Proxy) -> None:
    status, headers, _ = running.ask("GET", "/chat/openapi.json", plain=True)
    assert (status, headers["location"]) == (301, f"https://{NAME}/chat/openapi.json")


def test_the_last_address_that_a_worker_reads_is_nginx_s(running: Proxy) -> None:
    _, _, text = running.ask("POST", "/chat/messages", b"{}", X_Forwarded_For="6.6.6.6")
    headers = json.loads(text)["headers"]
    assert headers["X-Forwarded-For"] == "6.6.6.6, 127.0.0.1"
    assert headers["Host"] == NAME


def test_both_workers_get_messages(running: Proxy) -> None:
    counted = Counter(running.served_by("POST", "/chat/messages", b"{}") for _ in range(20))
    assert min(counted["worker-1"], counted["worker-2"]) >= 5


@pytest.mark.parametrize(("path", "many"), [("/chat/messages", 1), ("/webhooks/telegram/webhook", 2)])
def test_a_browser_keeps_its_worker_and_a_platform_does_not(running: Proxy, path: str, many: int) -> None:
    connection, found = running.connection(), set()
    for _ in range(12):
        connection.request("POST", path, b"{}", {"Host": NAME})
        found.add(json.loads(connection.getresponse().read())["worker"])
    connection.close()
    assert len(found) == many


def test_a_large_body_is_refused_with_words(running: Proxy) -> None:
    assert running.ask("POST", "/chat/messages", b"x" * 60_000)[0] == 200
    status, headers, text = running.ask("POST", "/chat/messages", b"x" * 70_000)
    assert (status, headers["content-type"]) == (413, "application/problem+json")
    assert json.loads(text)["status"] == 413
    assert running.ask("POST", "/webhooks/slack/webhook", b"x" * 500_000)[0] == 200
    assert running.ask("POST", "/webhooks/slack/webhook", b"x" * 600_000)[0] == 413


def test_a_dead_worker_costs_nobody_an_answer(running: Proxy) -> None:
    running.workers[0].stop()
    assert {running.served_by("POST", "/chat/messages", b"{}") for _ in range(10)} == {"worker-2"}


def test_a_message_that_a_worker_died_with_goes_to_the_other_once(running: Proxy) -> None:
    first, second = running.workers
    first.breaks = True
    got = len(first.got), len(second.got)
    for _ in range(6):
        assert running.served_by("POST", "/chat/messages", b"{}") == "worker-2"
    assert len(first.got) - got[0] >= 1
    assert len(second.got) - got[1] == 6


def test_both_workers_breaking_end_after_two_tries_in_an_apology(running: Proxy) -> None:
    before = sum(len(worker.got) for worker in running.workers)
    for worker in running.workers:
        worker.breaks = True
    status, headers, text = running.ask("POST", "/chat/messages", b"{}")
    assert (status, json.loads(text)["detail"]) == (503, SORRY)
    assert headers["content-type"] == "application/problem+json"
    assert headers["retry-after"]
    assert sum(len(worker.got) for worker in running.workers) - before <= 2


def test_nobody_there_is_an_apology_that_a_page_of_another_origin_can_read(running: Proxy) -> None:
    for worker in running.workers:
        worker.stop()
    status, headers, text = running.ask("POST", "/chat/messages", b"{}", Origin="https://www.example.org")
    assert (status, json.loads(text)["detail"]) == (503, SORRY)
    assert headers["access-control-allow-origin"] == "*"


def test_a_flood_is_refused_and_told_what_to_do_in_danger(running: Proxy) -> None:
    def ask(_: int) -> tuple[int, str | None, str]:
        connection = running.connection()
        for _ in range(250):
            connection.request("GET", "/chat/openapi.json", headers={"Host": NAME})
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status != 200:
                break
        connection.close()
        return answer.status, answer.getheader("Content-Type"), text

    # several at once: one alone waits for each answer, and may stay below the limit
    with ThreadPoolExecutor(8) as people:
        refused = [answer for answer in people.map(ask, range(8)) if answer[0] != 200]
    assert refused
    for status, kind, text in refused:
        assert (status, kind) == (429, "application/problem+json")
        assert "call 999" in json.loads(text)["detail"]


def test_the_log_has_neither_addresses_nor_queries(running: Proxy) -> None:
    running.ask(
        "GET",
        "/webhooks/messenger/webhook?hub.verify_token=zzmarkerzz",
        User_Agent="zzmarkerzz",
        X_Forwarded_For="6.6.6.6",
    )
    wait_for(lambda: "/webhooks/messenger/webhook" in running.log.read_text())
    lines = running.log.read_text().splitlines()
    assert all(json.loads(line)["path"].startswith("/") for line in lines)
    # the port of a worker is no address of a person
    told = (
        "\n".join(lines)
        .replace(f"127.0.0.1:{running.workers[0].port}", "")
        .replace(f"127.0.0.1:{running.workers[1].port}", "")
    )
    for never in ("127.0.0.1", "6.6.6.6", "zzmarkerzz"):
        assert never not in told
    errors = running.folder / "errors"
    assert not errors.exists() or "client:" not in errors.read_text()
