"""A real RabbitMQ for tests: Debian's, as the current user, with its own ports, folders and port mapper."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.real_servers import HOST, Server, free_port

# the one in /usr/sbin would change to the user rabbitmq
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
START_SECONDS, STOP_SECONDS = 90.0, 60.0


class Rabbit(Server):
    """Durable queues and persistent messages survive `stop`, `kill` and `start`."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        mapper = shutil.which("epmd")
        if not PROGRAM.exists() or not mapper:
            pytest.skip("RabbitMQ is not here: apt-get install rabbitmq-server")
        self.url = f"amqp://guest:guest@{HOST}:{self.port}/%2F"
        self._mapper, self._mapper_port, self._nodes_port = mapper, free_port(), free_port()
        self._mapping: subprocess.Popen | None = None

    def command(self) -> list[str]:
        folders = {name: self.folder / name for name in ("home", "mnesia", "log")}
        for folder in folders.values():
            folder.mkdir(exist_ok=True)
        told = {
            "HOME": folders["home"], "RABBITMQ_MNESIA_BASE": folders["mnesia"], "RABBITMQ_LOG_BASE": folders["log"],
            "RABBITMQ_LOGS": "-", "RABBITMQ_NODENAME": f"plan{self.port}@localhost", "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": self.port, "RABBITMQ_DIST_PORT": self._nodes_port, "ERL_EPMD_PORT": self._mapper_port,
            "ERL_EPMD_ADDRESS": HOST, "RABBITMQ_ENABLED_PLUGINS_FILE": self.folder / "no-plugins",
            "RABBITMQ_CONFIG_FILE": self.folder / "no-config", "RABBITMQ_CONF_ENV_FILE": "/dev/null",
        }  # fmt: skip
        return ["env", *(f"{name}={value}" for name, value in told.items()), str(PROGRAM)]

    def answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), 1) as connection:
                # something that is not AMQP is answered with the version that is
                connection.sendall(b"AMQP\x00\x00\x00\x00")
                connection.settimeout(5)
                return connection.recv(8).startswith(b"AMQP")
        except OSError:
            return False

    def start(self) -> None:
        """Returns when it answers; on a busy machine that takes longer than the other servers do."""
        if self._mapping is None:
            # started here: the one that Erlang starts by itself would stay behind
            mapper = [self._mapper, "-port", str(self._mapper_port), "-address", HOST]
            self._mapping = subprocess.Popen(mapper, start_new_session=True)
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(), stdout=log, stderr=log, cwd=self.folder, start_new_session=True
            )
        ends = time.monotonic() + START_SECONDS
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > ends:
                raise RuntimeError((self.folder / "log.txt").read_text(errors="replace")[-2000:])
            time.sleep(0.2)

    def stop(self, sign: int = signal.SIGTERM) -> None:
        """As an operator stops it."""
        if self.process is not None:
            os.killpg(self.process.pid, sign)
            self.process.wait(STOP_SECONDS)
            self.process = None

    def kill(self) -> None:
        """As a crash ends it: all of its processes at once."""
        self.stop(signal.SIGKILL)

    def close(self) -> None:
        """Ends the port mapper too."""
        if self._mapping is not None:
            self._mapping.kill()
            self._mapping.wait(STOP_SECONDS)
            self._mapping = None


@contextmanager
def rabbit() -> Iterator[Rabbit]:
    """A real RabbitMQ, for as long as the context lasts; skips the test where the program is not installed."""
    folder = Path(tempfile.mkdtemp(prefix="plan-rabbit-"))
    try:
        server = Rabbit(folder)
        try:
            server.start()
            yield server
        finally:
            server.kill()
            server.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
