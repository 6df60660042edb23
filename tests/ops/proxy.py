"""Debian's nginx with deploy/nginx.conf, in front of two servers that stand in for the workers."""

from __future__ import annotations

import datetime
import json
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.paths import ROOT
from tests.real_servers import HOST, free_port

CONFIGURATION = ROOT / "deploy" / "nginx.conf"
NAME = "chat.example.org"
SECONDS = 40.0


class Worker:
    """Answers every request with its own name and what it got. `breaks`: it takes a request in, and hangs up without an answer."""

    def __init__(self, name: str) -> None:
        self.name, self.port, self.breaks = name, free_port(), False
        self.got: list[tuple[str, str]] = []
        self._server: ThreadingHTTPServer | None = None

    def start(self) -> None:
        worker = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                worker.got.append((self.command, self.path))
                if worker.breaks:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                told = {"worker": worker.name, "path": self.path, "bytes": len(body), "headers": dict(self.headers)}
                sent = json.dumps(told).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_POST = do_OPTIONS = do_HEAD = answer  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def process_request(self, request: Any, address: Any) -> None:
                worker._connections.append(request)
                super().process_request(request, address)

            def handle_error(self, *_: Any) -> None:
                pass

        self._connections: list[socket.socket] = []
        self._server = Server((HOST, self.port), Handler)
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self) -> None:
        """As a process that ends: its port is closed, and so are its connections."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                connection.close()
            self._server = None


class Proxy:
    """A running nginx. `workers`: the two that it knows."""

    def __init__(self, folder: Path) -> None:
        self.program = shutil.which("nginx") or pytest.skip("nginx is not here: apt-get install nginx-light")
        self.folder, self.tls_port, self.plain_port = folder, free_port(), free_port()
        self.workers = [Worker("worker-1"), Worker("worker-2")]
        self.log = folder / "log"
        self._process: subprocess.Popen | None = None
        certificate(folder)
        self.configuration = folder / "nginx.conf"
        self.configuration.write_text(self._here(CONFIGURATION.read_text()))

    def _here(self, text: str) -> str:
        """The file as it is, with this machine's ports and folders."""
        places = {
            "/tmp/": f"{self.folder}/", "/etc/nginx/tls/": f"{self.folder}/", "/dev/stdout": str(self.log),
            "/dev/stderr": str(self.folder / "errors"), "listen 80;": f"listen {HOST}:{self.plain_port};",
            "listen 443 ssl": f"listen {HOST}:{self.tls_port} ssl",
            **{f"server {worker.name}:5005": f"server {HOST}:{worker.port}" for worker in self.workers},
        }  # fmt: skip
        for place, here in places.items():
            assert place in text, place
            text = text.replace(place, here)
        return text

    def test(self) -> str:
        """What `nginx -t` says; empty when the file is good. Warnings of its own version's are no fault of the file."""
        done = subprocess.run([self.program, "-t", "-q", "-c", self.configuration], capture_output=True, text=True)
        return "" if done.returncode == 0 else done.stderr or "refused"

    def start(self) -> None:
        for worker in self.workers:
            worker.start()
        command = [self.program, "-c", str(self.configuration), "-g", "daemon off;"]
        with (self.folder / "said").open("ab") as said:
            self._process = subprocess.Popen(command, stdout=said, stderr=said)
        ends = time.monotonic() + SECONDS
        while True:
            try:
                socket.create_connection((HOST, self.tls_port), 1).close()
                return
            except OSError:
                if self._process.poll() is not None or time.monotonic() > ends:
                    raise RuntimeError((self.folder / "said").read_text()[-2000:]) from None
                time.sleep(0.05)

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(SECONDS)
        for worker in self.workers:
            worker.stop()

    def ask(
        self, method: str, path: str, body: bytes | None = None, *, plain: bool = False, **headers: str
    ) -> tuple[int, dict[str, str], str]:
        """Status, headers and body of one request on a connection of its own."""
        if plain:
            connection: HTTPConnection = HTTPConnection(HOST, self.plain_port, timeout=SECONDS)
        else:
            connection = self.connection()
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        try:
            connection.request(method, path, body, {"Host": NAME, **told})
            answer = connection.getresponse()
            return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read().decode()
        finally:
            connection.close()

    def connection(self) -> HTTPSConnection:
        """One that stays open."""
        trusted = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        return _Named(HOST, self.tls_port, timeout=SECONDS, context=trusted)

    def served_by(self, method: str = "GET", path: str = "/", body: bytes | None = None) -> str:
        """The name of the worker that answered."""
        status, _, text = self.ask(method, path, body)
        assert status == 200, text
        return json.loads(text)["worker"]


class _Named(HTTPSConnection):
    """To this machine, asking for the certificate of another name."""

    def connect(self) -> None:
        HTTPConnection.connect(self)
        self.sock = self._context.wrap_socket(self.sock, server_hostname=NAME)  # type: ignore[attr-defined]


def certificate(folder: Path) -> None:
    """One for chat.example.org, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.timezone.utc)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=2)).not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "fullchain.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "privkey.pem").write_bytes(private)


@contextmanager
def proxy() -> Iterator[Proxy]:
    """A running nginx; skips the test where there is none."""
    folder = Path(tempfile.mkdtemp(prefix="plan-nginx-"))
    # nginx's own processes may be another user
    folder.chmod(0o755)
    try:
        made = Proxy(folder)
        try:
            made.start()
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_for(happens: Callable[[], bool]) -> None:
    ends = time.monotonic() + SECONDS
    while not happens():
        assert time.monotonic() < ends
        time.sleep(0.05)
