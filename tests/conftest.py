"""What tests share: the trained assistant with its real actions, started once, and no way to the outside."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import clock
from bot.cli import training
from tests.assistant import Assistant
from tests.misbehaving import Misbehaving

LAST = "test_numbers_shown.py"
NOBODY = "http://127.0.0.1:9"
HERE = Path(__file__).parent
TOGETHER = {"conversations": "assistant", "nlu": "assistant", "browser": "browser"}
"""Folders whose tests share a trained assistant or a started one."""


@pytest.fixture(scope="session", autouse=True)
def no_outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Public services are a dead address and the cache is a new file, unless a test says otherwise."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(clock.VARIABLE, raising=False)
        patch.setenv("POSTCODES_URL", NOBODY)
        patch.setenv("POLICE_URL", NOBODY)
        patch.setenv("PLAN_CACHE", str(tmp_path_factory.mktemp("cache") / "cache.db"))
        patch.setenv("PLAN_STATISTICS_DB", f"sqlite:///{tmp_path_factory.mktemp('figures') / 'figures.db'}")
        yield


@pytest.fixture(autouse=True)
def real_day(no_outside: None) -> None:
    """Every test begins on the real day; one that rehearses another must end that itself."""
    left = os.environ.get(clock.VARIABLE)
    assert left is None, (
        f"{clock.VARIABLE}={left} was left set by something that outlives its test: set it with monkeypatch"
    )


@pytest.fixture(scope="session")
def assistant(no_outside: None) -> Iterator[Assistant]:
    """The trained model of the files as they are; trained now if there is none."""
    running = Assistant(training.ensure_model())
    yield running
    running.close()


@pytest.fixture(scope="module")
def one_server() -> Iterator[Misbehaving]:
    """Public services that are played on this machine; `server` gives them well-behaved."""
    with Misbehaving() as running:
        yield running


@pytest.fixture
def server(one_server: Misbehaving, monkeypatch: pytest.MonkeyPatch) -> Misbehaving:
    """The played services, ready for a test: it may set `mode` to a way of misbehaving."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    one_server.mode, one_server.police_mode = "well", None
    one_server.asked.clear()
    return one_server


# before xdist, which reads the groups in a hook of the same name
@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What reads the transcript of the whole run comes last; what shares something that takes long to start stays together.

    With `-n` and `--dist loadgroup` each group runs in one process: all conversations, all of the browser, else one file.
    """
    items.sort(key=lambda item: item.path.name == LAST)
    for item in items:
        part = item.path.relative_to(HERE).parts[0]
        item.add_marker(pytest.mark.xdist_group(TOGETHER.get(part, item.path.relative_to(HERE).as_posix())))
