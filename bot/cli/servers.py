"""Starts, watches and stops the processes: action servers, and Rasa with its channels. All on this machine only.

With several workers each is a process of its own on the same port, among which the system shares out the connections. A process
that ends is started again; one that cannot stay up is an error.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

from bot.errors import SetupError
from bot.operations import multiprocess
from bot.paths import BUILD, ROOT
from bot.stores import redis_link

HOST = "127.0.0.1"
STOP_SECONDS = 12
MOST_STARTS, STARTS_SECONDS = 4, 120.0
"""A process that ends so often in so many seconds will not stay up."""
MOST_WORKERS = 64


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


def environment(action_ports: Sequence[int], database: Path) -> dict[str, str]:
    """What the servers need to know; what the operator has set stays."""
    usual = {
        "ACTION_URL": " ".join(f"http://{HOST}:{port}/webhook" for port in action_ports),
        # nobody else on this machine asks the action servers
        "PLAN_ACTION_SECRET": secrets.token_urlsafe(32),
        "TRACKER_DB": str(database),
        "RASA_TELEMETRY_ENABLED": "false",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        # one message at a time is the rule: more threads only wait for each other
        "OMP_NUM_THREADS": "1",
        "SANIC_WORKERS": "1",
    }
    told = {**usual, **{k: v for k, v in os.environ.items() if k != "PYTHONWARNINGS"}}
    if told.pop("PYTHONDONTWRITEBYTECODE", ""):
        # whoever wants none beside the sources still waits half as long when it is kept elsewhere
        told.setdefault("PYTHONPYCACHEPREFIX", str(BUILD / "bytecode"))
    return told


def workers_wanted(asked: int | None) -> int:
    """How many workers to start: as asked, or PLAN_WORKERS, or one. Raises SetupError for what cannot be."""
    text = os.environ.get("PLAN_WORKERS", "").strip() if asked is None else str(asked)
    if not text:
        return 1
    if not text.isdecimal() or not 1 <= int(text) <= MOST_WORKERS:
        raise SetupError(f"{text} is not a number of workers: choose 1 to {MOST_WORKERS}.")
    if int(text) > 1 and not os.environ.get(redis_link.VARIABLE, "").strip():
        raise SetupError(
            f"Several workers need {redis_link.VARIABLE}=redis://..., so that they do not answer one person at the same time."
        )
    return int(text)


def worker_command(model: Path, port: int, *, shared: bool = False) -> list[str]:
    """What starts a worker; `shared`: others listen on the same port."""
    return [
        sys.executable, "-m", "bot.server", "--interface", HOST, "--port", str(port), "--model", str(model),
        *(["--shared"] if shared else []),
    ]  # fmt: skip


def action_command(port: int) -> list[str]:
    """What starts an action server."""
    return [sys.executable, "-m", "actions.server", str(port)]


def database_path() -> Path:
    """Where conversations are kept when the operator names no other place."""
    BUILD.mkdir(exist_ok=True)
    return BUILD / "conversations.db"


class Servers(AbstractContextManager["Servers"]):
    """All processes; leaving the context stops them. `workers`: of Rasa, with as many action servers, two at most."""

    def __init__(
        self, model: Path, port: int, action_port: int, database: Path, log: Path | None = None, *, workers: int = 1
    ) -> None:
        action_ports = [action_port, *(free_port() for _ in range(min(workers, 2) - 1))]
        self.database, self.log, self.workers = database, log, workers
        self.action_ports = action_ports
        self.processes: dict[str, subprocess.Popen] = {}
        self._commands = {_name("action server", n): action_command(p) for n, p in enumerate(action_ports)}
        for n in range(workers):
            self._commands[_name("Rasa server", n)] = worker_command(model, port, shared=workers > 1)
        self._environment: dict[str, str] = {}
        self._metrics: Path | None = None
        self._starts: dict[str, list[float]] = {}

    def __enter__(self) -> Servers:
        self._environment = environment(self.action_ports, self.database)
        if self.workers > 1 and not multiprocess.folder():
            # whichever worker is asked for the metrics tells those of all
            self._metrics = multiprocess.new_folder()
            self._environment[multiprocess.VARIABLE] = str(self._metrics)
        for name in self._commands:
            self._start(name)
        return self

    def _start(self, name: str) -> None:
        output = self.log.open("ab") if self.log else None
        self.processes[name] = subprocess.Popen(  # noqa: S603
            self._commands[name], cwd=ROOT, env=self._environment, stdout=output, stderr=output
        )
        if output:
            output.close()
        self._starts.setdefault(name, []).append(time.monotonic())

    def dead(self) -> str | None:
        """The name of a process that has ended, or None while all run."""
        return next((name for name, process in self.processes.items() if process.poll() is not None), None)

    def mend(self) -> str | None:
        """Starts again one that has ended, and gives its name. Raises SetupError for one that does not stay up."""
        name = self.dead()
        if name:
            recent = [at for at in self._starts[name] if time.monotonic() - at < STARTS_SECONDS]
            if len(recent) >= MOST_STARTS:
                raise SetupError(f"The {name} does not stay up: the lines above say why. Start again with `make run`.")
            self._start(name)
        return name

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
        if self._metrics:
            shutil.rmtree(self._metrics, ignore_errors=True)


def _name(kind: str, number: int) -> str:
    return f"{kind} {number + 1}" if number else kind
