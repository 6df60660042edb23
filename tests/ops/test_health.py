"""/health/ready with the trained model, a real action server and real stores: each of them is missed when it is gone."""

from __future__ import annotations

import asyncio
import sqlite3
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client import REGISTRY
from sanic import Sanic

from bot.server import checks
from bot.server.action_link import ActionLink
from bot.server.app import make
from bot.stores import redis_link
from bot.tracker_store import ConversationStore
from tests.assistant import Assistant
from tests.channels.serving import DOMAIN, served
from tests.ops.action_server import ActionServer
from tests.real_servers import postgres, redis

SECRET = "a secret of the tests"
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def several_apps(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(Sanic, "test_mode", True)
    monkeypatch.delenv(redis_link.VARIABLE, raising=False)
    redis_link.forget_link()
    yield
    redis_link.forget_link()


@pytest.fixture(scope="module")
def actions(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ActionServer]:
    with ActionServer(tmp_path_factory.mktemp("actions") / "log", env={"PLAN_ACTION_SECRET": SECRET}) as running:
        yield running


class Server:
    """A served app with the assistant's model, a store of its own and the way to an action server."""

    def __init__(self, assistant: Assistant, actions: ActionServer, db: str) -> None:
        self.assistant, self.store = assistant, ConversationStore(domain=DOMAIN, db=db)
        self.link = ActionLink([actions.url], SECRET)
        self.app = make(f"health{uuid.uuid4().hex}", [])
        agent = assistant.agent
        self.app.ctx.agent = SimpleNamespace(
            processor=agent.processor,
            nlg=agent.nlg,
            domain=agent.domain,
            tracker_store=self.store,
            action_endpoint=self.link,
        )
        self.look_anew()
        self._serving = served(self.app)
        self._client: httpx.AsyncClient = assistant.run(self._serving.__aenter__()).client

    def look_anew(self) -> None:
        """As when the server has just started; each look is a new one."""
        self.app.ctx.health = checks.of_app(self.app)
        self.app.ctx.health._kept = 0.0

    def ready(self) -> tuple[int, dict[str, str], httpx.Response]:
        """The status, the checks, and the whole answer."""
        answer = self.assistant.run(self._client.get("/health/ready"))
        return answer.status_code, answer.json()["checks"], answer

    def until(self, name: str, expected: str) -> tuple[int, dict[str, str], httpx.Response]:
        """As soon as a check says so; the last look when it never does."""
        ends = time.monotonic() + PATIENCE
        while (found := self.ready())[1].get(name) != expected and time.monotonic() < ends:
            self.assistant.run(asyncio.sleep(0.1))
        return found

    def close(self) -> None:
        self.assistant.run(self._serving.__aexit__(None, None, None))
        self.assistant.run(self.link.close())
        self.store.engine.dispose()


@pytest.fixture
def server(assistant: Assistant, actions: ActionServer, tmp_path: Path) -> Iterator[Server]:
    running = Server(assistant, actions, str(tmp_path / "conversations.db"))
    yield running
    running.close()


def test_all_is_well_and_nothing_is_told_or_left(server: Server, actions: ActionServer, tmp_path: Path) -> None:
    before = counted()
    status, found, answer = server.until("actions", "passes")
    assert (status, found) == (200, dict.fromkeys(("model", "actions", "store", "probe"), "passes"))
    assert answer.headers["cache-control"] == "no-store"
    assert not any(told in answer.text for told in (str(actions.port), str(tmp_path), SECRET, "127.0.0.1", "plan-"))
    with server.store.engine.connect() as connection:
        assert (
            connection.execute(sa.select([sa.func.count()]).select_from(server.store.SQLEvent.__table__)).scalar() == 0
        )
    assert server.assistant.tracker(checks.PROBE_SENDER) is None
    assert counted() == before


def counted() -> dict[Any, float]:
    """All counts of answers and steps."""
    names = ("plan_answers", "plan_step_seconds", "plan_action_calls")
    return {
        (s.name, tuple(s.labels.items())): s.value
        for family in REGISTRY.collect() if family.name in names for s in family.samples
    }  # fmt: skip


def test_without_an_agent_nothing_passes(server: Server) -> None:
    agent, server.app.ctx.agent = server.app.ctx.agent, None
    status, found, _ = server.ready()
    server.app.ctx.agent = agent
    assert status == 503 and set(found.values()) == {"fails"}


def test_the_action_server_is_missed_and_found_again(server: Server, actions: ActionServer) -> None:
    actions.kill()
    try:
        status, found, answer = server.until("actions", "fails")
        assert (status, answer.json()["status"]) == (503, "not_ready")
        assert found == {"model": "passes", "actions": "fails", "store": "passes", "probe": "passes"}
    finally:
        actions.start()
    assert server.until("actions", "passes")[0] == 200


def test_an_action_server_that_wants_another_secret_is_no_use(server: Server) -> None:
    server.link._secret = "another secret of the tests"
    assert server.until("actions", "fails")[1]["actions"] == "fails"


def test_a_database_that_cannot_be_written_is_missed(server: Server, tmp_path: Path) -> None:
    assert server.until("store", "passes")[1]["store"] == "passes"
    other = sqlite3.connect(tmp_path / "conversations.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        assert server.until("store", "fails")[0] == 503
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert server.until("store", "passes")[1]["store"] == "passes"


def test_postgresql_is_missed_and_found_again(assistant: Assistant, actions: ActionServer) -> None:
    with postgres() as database:
        server = Server(assistant, actions, database.url)
        try:
            assert server.until("store", "passes")[1]["store"] == "passes"
            database.stop()
            assert server.until("store", "fails")[0] == 503
            database.start()
            assert server.until("store", "passes")[1]["store"] == "passes"
        finally:
            server.close()


def test_redis_is_looked_at_only_where_it_is_used(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "redis" not in server.ready()[1]
    with redis() as shared:
        monkeypatch.setenv(redis_link.VARIABLE, shared.url)
        server.look_anew()
        assert server.until("redis", "passes")[1]["redis"] == "passes"
        shared.stop()
        assert server.until("redis", "fails")[0] == 503
        shared.start()
        assert server.until("redis", "passes")[1]["redis"] == "passes"
        link = redis_link.link()
        assert link
        server.assistant.run(link.close())


def test_a_model_that_does_not_answer_is_missed(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "PROBE", "flibberty quonk zed")
    assert server.until("probe", "fails")[0] == 503


def test_live_says_which_worker(server: Server) -> None:
    first, second = (server.assistant.run(server._client.get("/health/live")) for _ in range(2))
    assert first.status_code == 200 and first.json() == second.json()
    assert first.json()["status"] == "live" and first.json()["worker"]
