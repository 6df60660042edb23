"""Limits come from the environment, and a wrong one says which."""

from __future__ import annotations

import pytest

from bot.errors import SetupError
from bot.settings import GuardSettings

FIELDS = {
    "longest": "PLAN_LONGEST_MESSAGE",
    "per_minute": "PLAN_MESSAGES_PER_MINUTE",
    "burst": "PLAN_MESSAGE_BURST",
    "waiting": "PLAN_MESSAGES_WAITING",
}


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in FIELDS.values():
        monkeypatch.delenv(variable, raising=False)


def test_usual_limits() -> None:
    assert GuardSettings() == GuardSettings(longest=500, per_minute=30, burst=15, waiting=3)


@pytest.mark.parametrize(("field", "variable"), FIELDS.items())
def test_each_limit_has_its_variable(monkeypatch: pytest.MonkeyPatch, field: str, variable: str) -> None:
    monkeypatch.setenv(variable, "7")
    settings = GuardSettings()
    assert getattr(settings, field) == 7
    assert [f for f in FIELDS if getattr(settings, f) == 7] == [field]


@pytest.mark.parametrize("variable", FIELDS.values())
@pytest.mark.parametrize("value", ["many", "1,000", "0", "-1", " "])
def test_a_wrong_limit_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SetupError, match=variable):
        GuardSettings()
