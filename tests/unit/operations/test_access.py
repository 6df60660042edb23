"""Who may read metrics, and which secrets are good enough."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from sanic.compat import Header

from bot.errors import SetupError
from bot.operations import access

TOKEN = "a token of the tests"


def asked(ip: str = "127.0.0.1", **headers: str) -> Any:
    return SimpleNamespace(ip=ip, headers=Header({name.replace("_", "-"): value for name, value in headers.items()}))


@pytest.fixture(params=[None, TOKEN])
def token(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str | None:
    monkeypatch.setenv(access.METRICS_TOKEN, request.param or "")
    return request.param


def test_this_machine_may(token: str | None) -> None:
    assert access.may_read_metrics(asked())


@pytest.mark.parametrize("name", access.FORWARDED)
def test_a_proxy_on_this_machine_may_not(token: str | None, name: str) -> None:
    assert not access.may_read_metrics(asked(**{name.replace("-", "_"): "203.0.113.1"}))


@pytest.mark.parametrize(
    "told", ["", "Bearer", "Bearer ", "Bearer nonsense", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", "Bearer é\udcff"]
)
def test_others_may_not_without_the_token(token: str | None, told: str) -> None:
    assert not access.may_read_metrics(asked("203.0.113.1", Authorization=told))


@pytest.mark.parametrize("told", [f"Bearer {TOKEN}", f"bearer  {TOKEN} "])
def test_the_token_opens(monkeypatch: pytest.MonkeyPatch, told: str) -> None:
    monkeypatch.setenv(access.METRICS_TOKEN, TOKEN)
    assert access.may_read_metrics(asked("203.0.113.1", Authorization=told))
    assert access.may_read_metrics(asked(Authorization=told, X_Forwarded_For="203.0.113.1"))
    monkeypatch.delenv(access.METRICS_TOKEN)
    assert not access.may_read_metrics(asked("203.0.113.1", Authorization=told))


@pytest.mark.parametrize("value", ["short", "x" * 15, "é" * 20])
def test_a_secret_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PLAN_ACTION_SECRET", value)
    with pytest.raises(SetupError, match="PLAN_ACTION_SECRET") as found:
        access.secret_of("PLAN_ACTION_SECRET")
    assert value not in str(found.value)


def test_none_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAN_ACTION_SECRET", "  ")
    assert access.secret_of("PLAN_ACTION_SECRET") is None
