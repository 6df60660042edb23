"""What tests share: the trained assistant with its real action server, started once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from bot.cli import agent, servers, training
from bot.paths import ROOT
from tests.assistant import Assistant

ACTION_SERVER_SECONDS = 60


@pytest.fixture(scope="session")
def action_url() -> Iterator[str]:
    """The address of a running action server with the real actions."""
    port = servers.free_port()
    env = {**os.environ, **servers.environment(port, servers.database_path())}
    process = subprocess.Popen([sys.executable, "-m", "actions.server", str(port)], cwd=ROOT, env=env)
    try:
        _wait_for(f"http://127.0.0.1:{port}/health")
        yield f"http://127.0.0.1:{port}/webhook"
    finally:
        process.terminate()
        process.wait()


@pytest.fixture(scope="session")
def assistant(action_url: str) -> Iterator[Assistant]:
    """The trained model of the files as they are; trained now if there is none."""
    running = Assistant(agent.load(training.ensure_model(), action_url))
    yield running
    running.close()


def _wait_for(url: str) -> None:
    started = time.monotonic()
    while time.monotonic() - started < ACTION_SERVER_SECONDS:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"the action server did not answer at {url}")
