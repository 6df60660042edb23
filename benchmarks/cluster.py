"""The assistant as a city runs it, on this machine: PostgreSQL, Redis, action servers, workers, and nginx in front of them.

All are real servers, started here on free ports and stopped at the end. What ends is started again, as a supervisor would.
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
import time
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path

import psutil

from bot.cli import probe, servers, training
from bot.cli.servers import HOST
from bot.paths import ROOT
from tests.real_servers import Server, free_port, postgres, redis

UNLIMITED = (
    "PLAN_ADDRESS_PER_MINUTE", "PLAN_ADDRESS_BURST", "PLAN_ADDRESS_CONVERSATIONS_PER_MINUTE",
    "PLAN_ADDRESS_CONVERSATIONS_BURST", "PLAN_MESSAGES_PER_MINUTE", "PLAN_MESSAGE_BURST",
)  # fmt: skip
WATCH_SECONDS = 0.2
NGINX = """
worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx-error.log crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  upstream workers {{ hash $connection; {upstreams} keepalive 64; }}
  server {{
    listen {host}:{port} backlog=2048;
    location / {{
      proxy_pass http://workers; proxy_http_version 1.1; proxy_set_header Connection "";
      # a message that comes twice is answered once, by its id: asking the next worker is safe
      proxy_next_upstream error timeout non_idempotent; proxy_connect_timeout 2s; proxy_read_timeout 60s;
    }}
  }}
}}
"""


class Cluster(AbstractContextManager["Cluster"]):
    """`workers`, `actions`: how many of each; `environment`: more of it; `log`: a file for all, or none.

    `port`: where people talk to it. `postgres`, `redis`: the servers beneath, to be stopped and started.
    """

    def __init__(
        self, workers: int, actions: int = 1, environment: dict[str, str] | None = None, log: Path | None = None
    ) -> None:
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="plan-cluster-"))
        self.log = log or self.folder / "log"
        self.processes: dict[str, subprocess.Popen] = {}
        self.restarts: list[tuple[float, str]] = []
        self._more, self._stack, self._ends = environment or {}, ExitStack(), threading.Event()
        self.worker_ports = [free_port() for _ in range(workers)]
        self._action_ports = [free_port() for _ in range(actions)]
        self._lock = threading.Lock()

    def __enter__(self) -> Cluster:
        try:
            return self._begin()
        except BaseException:
            self.__exit__()
            raise

    def _begin(self) -> Cluster:
        self.postgres: Server = self._stack.enter_context(postgres())
        self.redis: Server = self._stack.enter_context(redis())
        model = training.ensure_model()
        self.environment = {
            **servers.environment(self._action_ports, Path("unused")), **dict.fromkeys(UNLIMITED, "1000000"),
            "TRACKER_DB": self.postgres.url, "PLAN_STATISTICS_DB": self.postgres.url, "PLAN_REDIS": self.redis.url,
            "PLAN_PROXIES": "0", **self._more,
        }  # fmt: skip
        self._commands = {f"action {n}": servers.action_command(p) for n, p in enumerate(self._action_ports)}
        self._commands |= {f"worker {n}": servers.worker_command(model, p) for n, p in enumerate(self.worker_ports)}
        for name in self._commands:
            self.start(name)
        for port in self.worker_ports:
            probe.wait_until_ready(port, lambda: None)
        self._start_nginx(self.worker_ports)
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def start(self, name: str) -> None:
        """Starts a process that is not running."""
        try:
            output = self.log.open("ab")
        except OSError:
            output = open(os.devnull, "ab")  # noqa: PTH123, SIM115
        with output:
            self.processes[name] = subprocess.Popen(
                self._commands[name], cwd=ROOT, env=self.environment, stdout=output, stderr=output
            )

    def _start_nginx(self, ports: list[int]) -> None:
        upstreams = " ".join(f"server {HOST}:{port} max_fails=1 fail_timeout=2s;" for port in ports)
        text = NGINX.format(folder=self.folder, upstreams=upstreams, host=HOST, port=self.port)
        (self.folder / "nginx.conf").write_text(text)
        self._nginx = subprocess.Popen(["nginx", "-c", self.folder / "nginx.conf", "-p", self.folder])
        self._stack.callback(self._stop_nginx)
        time.sleep(0.5)

    def _stop_nginx(self) -> None:
        self._nginx.terminate()
        self._nginx.wait(10)

    def use(self, workers: int) -> None:
        """Lets the proxy ask only the first so many workers, for a comparison in the same run."""
        self._stop_nginx()
        self._start_nginx(self.worker_ports[:workers])

    def kill(self, name: str) -> None:
        """kill -9."""
        self.processes[name].send_signal(signal.SIGKILL)

    def _watch(self) -> None:
        """What a supervisor does."""
        while not self._ends.wait(WATCH_SECONDS):
            for name, process in list(self.processes.items()):
                if process.poll() is not None and not self._ends.is_set():
                    self.restarts.append((time.monotonic(), name))
                    self.start(name)

    def processor_seconds(self) -> dict[str, float]:
        """What each has used so far."""
        used = {name: _used(psutil.Process(p.pid)) for name, p in self.processes.items()}
        for name, process in (
            ("postgres", self.postgres.process),
            ("redis", self.redis.process),
            ("nginx", self._nginx),
        ):
            if process:
                parent = psutil.Process(process.pid)
                used[name] = sum(_used(one) for one in (parent, *parent.children(recursive=True)))
        return used

    def memory_mb(self) -> dict[str, float]:
        """Resident memory of each process of ours."""
        return {name: psutil.Process(p.pid).memory_info().rss / 2**20 for name, p in self.processes.items()}

    def __exit__(self, *_: object) -> None:
        self._ends.set()
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
        self._stack.close()


def _used(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.NoSuchProcess:
        return 0.0
    return times.user + times.system + times.children_user + times.children_system
