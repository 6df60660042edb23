"""A real action server as a process of its own, which a test may kill and start again on the same port."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from types import TracebackType

from bot.cli.servers import free_port
from bot.paths import ROOT

START_SECONDS = 60


class ActionServer:
    """`env`: more variables; `more`: arguments behind the port; `log`: where it writes to."""

    def __init__(self, log: Path, *more: str, port: int | None = None, env: dict[str, str] | None = None) -> None:
        self.port, self.log, self._more, self._env = port or free_port(), log, more, env or {}
        self.url = f"http://127.0.0.1:{self.port}/webhook"
        self.process: subprocess.Popen | None = None

    def start(self, *, wait: bool = True) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "actions.server", str(self.port), *self._more],
                cwd=ROOT, env={**os.environ, **self._env}, stdout=output, stderr=output,
            )  # fmt: skip
        ends = time.monotonic() + START_SECONDS
        while wait and not self.is_live():
            assert self.process.poll() is None and time.monotonic() < ends, self.log.read_text()
            time.sleep(0.05)

    def is_live(self) -> bool:
        try:
            return bool(self.worker())
        except OSError:
            return False

    def worker(self) -> str:
        """Which process answers on the port."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health/live", timeout=5) as answer:  # noqa: S310
            return str(json.load(answer)["worker"])

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(10)

    def __enter__(self) -> ActionServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kill()
