"""Two workers on one port, with PostgreSQL and Redis: no conversation suffers, not even when one of them is killed."""

from __future__ import annotations

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.cluster import UNLIMITED
from benchmarks.talk import Heard, crowd, rehearse
from bot.cli import probe, servers, training
from bot.cli.servers import Servers
from tests.real_servers import postgres, redis

PEOPLE = 6


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Servers]]:
    """The port, and the servers; what ends is started again, as `planbot run` does."""
    folder: Path = tmp_path_factory.mktemp("workers")
    ends = threading.Event()
    with postgres() as database, redis() as shared, pytest.MonkeyPatch.context() as patch:
        for name, value in {"TRACKER_DB": database.url, "PLAN_REDIS": shared.url, "PLAN_WORKERS": "2"}.items():
            patch.setenv(name, value)
        for name in UNLIMITED:
            patch.setenv(name, "1000000")
        many, port = servers.workers_wanted(None), servers.free_port()
        with Servers(
            training.ensure_model(), port, servers.free_port(), folder / "unused.db", folder / "log", workers=many
        ) as both:
            probe.wait_until_ready(port, both.dead)
            probe.wait_for_workers(port, many, both.dead)

            def watch() -> None:
                while not ends.wait(0.2):
                    both.mend()

            watching = threading.Thread(target=watch, daemon=True)
            watching.start()
            yield port, both
            ends.set()
            watching.join(10)


def test_both_answer_on_one_port(running: tuple[int, Servers]) -> None:
    port, _ = running
    assert len({probe.live(port)["worker"] for _ in range(60)}) == 2


def test_every_answer_belongs_to_its_conversation(running: tuple[int, Servers]) -> None:
    port, _ = running

    async def talk() -> Heard:
        expected = await rehearse(port)
        return await crowd(port, expected, PEOPLE, lambda heard: heard.conversations >= 30)

    heard = asyncio.run(talk())
    assert heard.faults == []
    assert heard.refusals == {}
    assert heard.messages >= 180


def test_a_worker_is_killed_in_the_middle(running: tuple[int, Servers]) -> None:
    port, both = running
    killed = both.processes["Rasa server"]

    async def talk() -> Heard:
        expected, heard = await rehearse(port), Heard()
        ends = time.monotonic() + 12
        talking = asyncio.create_task(crowd(port, expected, PEOPLE, lambda _: time.monotonic() > ends, heard))
        await asyncio.sleep(3)
        os.kill(killed.pid, 9)
        await talking
        return heard

    heard = asyncio.run(talk())
    assert heard.faults == []
    assert killed.poll() is not None
    probe.wait_for_workers(port, 2, lambda: None)
