"""Starts and stops the two processes: the action server, and Rasa with its channels. Both on this machine only."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

from bot.errors import SetupError
from bot.paths import BUILD, ROOT

HOST = "127.0.0.1"
STOP_SECONDS = 8


def refuse_busy(port: int) -> None:
    """Raises SetupError when something already listens on the port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError) as error:
            raise SetupError(
                f"Port {port} is in use or not allowed: stop what runs there, or choose another (make run PORT=5015)."
            ) from error


def free_port() -> int:
    """A TCP port that nobody uses just now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def environment(action_port: int, database: Path) -> dict[str, str]:
    """What the servers need to know; what the operator has set stays."""
    usual = {
        "ACTION_URL": f"http://{HOST}:{action_port}/webhook",
        "TRACKER_DB": str(database),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        # one message at a time is the rule: more threads only wait for each other
        "OMP_NUM_THREADS": "1",
        "SANIC_WORKERS": "1",
    }
    return {**usual, **{k: v for k, v in os.environ.items() if k not in ("PYTHONWARNINGS",)}}


def database_path() -> Path:
    """Where conversations are kept when the operator names no other place."""
    BUILD.mkdir(exist_ok=True)
    return BUILD / "conversations.db"


class Servers(AbstractContextManager["Servers"]):
    """Both processes; leaving the context stops them."""

    def __init__(self, model: Path, port: int, action_port: int, database: Path, log: Path | None = None) -> None:
        self.model, self.port, self.action_port, self.database, self.log = model, port, action_port, database, log
        self.processes: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> Servers:
        env = environment(self.action_port, self.database)
        output = self.log.open("ab") if self.log else None
        commands = {
            "action server": [sys.executable, "-m", "actions.server", str(self.action_port)],
            "Rasa server": [
                sys.executable, "-m", "bot.server", "--interface", HOST, "--port", str(self.port), "--model", str(self.model),
            ],
        }  # fmt: skip
        for name, command in commands.items():
            self.processes[name] = subprocess.Popen(command, cwd=ROOT, env=env, stdout=output, stderr=output)  # noqa: S603
        return self

    def dead(self) -> str | None:
        """The name of a process that has ended, or None while both run."""
        return next((name for name, process in self.processes.items() if process.poll() is not None), None)

    def __exit__(self, *_: object) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                process.terminate()
        for process in self.processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
