"""What is done while an action server starts, so that the first call does not wait for it."""

from __future__ import annotations

import asyncio
import gc
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from actions import server, warming
from actions.statistics.store import Store
from bot.content import store as content
from bot.errors import ContentError
from tests.unit.actions.starting import happens


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    yield
    gc.unfreeze()


async def test_a_server_that_has_started_has_read_the_content_and_opened_the_figures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = Store(f"sqlite:///{tmp_path / 'figures.db'}")
    monkeypatch.setattr(warming, "store", lambda: figures)
    content.shared.cache_clear()
    app = server.make("plan_actions_warm")
    await happens(app, "before")
    assert content.shared.cache_info().currsize == 1
    await happens(app, "after")
    assert await asyncio.to_thread(were_asked, figures)
    figures.close()


def were_asked(figures: Store) -> bool:
    ends = time.monotonic() + 20
    while not figures._recent._kept and time.monotonic() < ends:
        time.sleep(0.02)
    return bool(figures._recent._kept)


async def test_figures_that_are_away_are_told_to_the_log_and_stop_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(warming, "store", lambda: Store("sqlite:////no/such/folder/figures.db"))
    with caplog.at_level(logging.WARNING, "actions.warming"):
        await asyncio.to_thread(warming._first_question)
    (record,) = caplog.records
    assert "could not be asked for" in record.getMessage()
    assert record.exc_info is None


def test_content_that_cannot_be_read_is_told_to_the_log_and_stops_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken() -> None:
        raise ContentError("labels.yml", 3, "it has no text")

    monkeypatch.setattr(warming, "shared", broken)
    warming.read_content()
    assert "labels.yml" in caplog.text
