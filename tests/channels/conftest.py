"""What the tests of the channels share: a served app with a played agent."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sanic import Sanic

from tests.channels.serving import Asker, app_of, served


@pytest.fixture(autouse=True)
def several_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sanic rewrites its own methods when an app starts; in this mode it can do so again for the next one."""
    monkeypatch.setattr(Sanic, "test_mode", True)


@pytest.fixture
async def asker(tmp_path: Path) -> AsyncIterator[Asker]:
    """Whoever asks a server that has no limits for addresses."""
    async with served(app_of(tmp_path)) as asking:
        yield asking


@pytest.fixture
async def conversation(asker: Asker) -> str:
    """A conversation that has just begun."""
    return await asker.begin()
