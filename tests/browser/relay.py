"""A wire between the browser and the assistant that can be pulled out: the server behind it goes on unharmed."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit

BYTES = 65_536
LEFT_OUT = 20
"""Bytes that are missing at the end of an answer that is cut short: its headers still arrive whole."""


class Relay:
    """Listens at `address` (ended by a slash) for a server at another one.

    `hold`: answers stay here until `release` is called. `cut`: the next answer loses its end, and the connection is closed.
    """

    def __init__(self, server: str) -> None:
        parts = urlsplit(server)
        self._server = (parts.hostname, parts.port)
        self._free = threading.Event()
        self._free.set()
        self._cut = threading.Event()
        self._open: set[socket.socket] = set()
        self._port = 0
        self.plug_in()
        self.address = f"http://127.0.0.1:{self._port}/"

    def plug_in(self) -> None:
        """Accepts connections, at the same address as before."""
        self._listener = socket.create_server(("127.0.0.1", self._port))
        self._port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def pull_out(self) -> None:
        """Every connection ends, and new ones are refused: what a browser sees of a server that was killed."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for each in list(self._open):
            self._end(each)
        self._free.set()

    def hold(self) -> None:
        self._free.clear()

    def release(self) -> None:
        self._free.set()

    def cut(self) -> None:
        self._cut.set()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            try:
                browser, _ = listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(self._server)
            except OSError:
                browser.close()
                continue
            self._open |= {browser, server}
            threading.Thread(target=self._carry, args=(browser, server, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(server, browser, True), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(BYTES):
                if answers:
                    self._free.wait()
                    if self._cut.is_set():
                        self._cut.clear()
                        target.sendall(data[:-LEFT_OUT])
                        break
                target.sendall(data)
        self._end(source)
        self._end(target)

    def _end(self, connection: socket.socket) -> None:
        self._open.discard(connection)
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RDWR)
        connection.close()

    def __enter__(self) -> Relay:
        return self

    def __exit__(self, *_: object) -> None:
        self.pull_out()
