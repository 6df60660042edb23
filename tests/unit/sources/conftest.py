"""What the tests of the sources share: a server that misbehaves on demand, and clients that ask it without long waits."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.paths import ROOT
from bot.settings import SourceSettings
from bot.sources.clients import Sources, open_sources
from bot.sources.http import Waits
from tests.misbehaving import Misbehaving

EXAMPLES = ROOT.parent / "shared" / "data" / "api-examples"
QUICK = Waits(first=0.01, longest=0.05, jitter=0.01, longest_told=2.0)
DEADLINE = 1.0


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Misbehaving]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    with Misbehaving() as running:
        yield running


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the cache of this test is."""
    return tmp_path / "kept" / "cache.db"


@pytest.fixture
async def sources(server: Misbehaving, path: Path) -> AsyncIterator[Sources]:
    opened = open_sources(SourceSettings(server.postcodes_url, server.police_url, path), QUICK)
    yield opened
    await opened.close()


def kept(path: Path) -> int:
    """How many answers are in the cache."""
    if not path.exists():
        return 0
    with sqlite3.connect(path) as connection:
        return connection.execute("SELECT count(*) FROM answers").fetchone()[0]
