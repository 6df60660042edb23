"""postcodes.io and data.police.uk on this machine, which behave well or badly on demand.

```
with Misbehaving() as server:
    monkeypatch.setenv("POSTCODES_URL", server.postcodes_url)
    monkeypatch.setenv("POLICE_URL", server.police_url)
    server.mode = "busy"          # both services; see MODES
    server.police_mode = "html"   # only the police's; None: as `mode`
    server.mode_at["/api/crimes-street"] = "down"   # only addresses that begin so, whatever else is set
    server.most_crimes = 50       # 503 for an area with more of them, as the real one does above 10,000
```

Postcodes that it knows in the mode "well" are in tests/service_answers.py.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Coroutine
from typing import Any

from tests.service_answers import answer

MODES = (
    "well",
    "slow_headers",  # never answers
    "slow_body",  # one byte now and then
    "reset",  # breaks the connection off
    "dead",  # nobody listens
    "busy",  # 429 (with the header Retry-After if `retry_after` is set)
    "busy_once",  # 429 once, then well
    "down",  # 503
    "down_once",  # 503 once, then well
    "fault",  # 500
    "bad_request",  # 400 with JSON
    "gone",  # 404 with HTML
    "garbage",  # bytes that are no text, called JSON
    "wrong_encoding",  # JSON in UTF-16
    "html",  # 200 with a page
    "half",  # JSON that breaks off
    "huge",  # 10 MB, and says so
    "huge_stream",  # 10 MB, and does not say so
    "wrong_type",  # JSON of another type
    "empty",  # {}
    "away",  # a redirect to another host
    "round",  # a redirect to the same place
)
HUGE = 10_000_000


class Misbehaving:
    """Serves both services from one port, in a thread. `asked`: paths that were asked, in order; `posted`: forms."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.posted: list[str] = []
        self.retry_after: str | None = None
        self.drip_seconds = 0.2
        self.police_mode: str | None = None
        self.mode_at: dict[str, str] = {}
        self.most_crimes: int | None = None
        self._mode, self._misbehaved, self._port = "well", 0, 0
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.AbstractServer | None = None
        self._open: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> Misbehaving:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._wait(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._wait(self._stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def postcodes_url(self) -> str:
        return self.url

    @property
    def police_url(self) -> str:
        return f"{self.url}/api"

    @property
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        if mode not in MODES:
            raise ValueError(f"{mode} is none of {MODES}")
        self._mode, self._misbehaved = mode, 0
        self._wait(self._stop() if mode == "dead" else self._listen())

    def _wait(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
            self._port = self._server.sockets[0].getsockname()[1]

    async def _stop(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()
            for writer in list(self._open):
                writer.transport.abort()
            # so that the slow ones end before the loop does
            this = asyncio.current_task()
            tasks = [t for t in asyncio.all_tasks() if t is not this]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            path = head.split(" ")[1]
            self.asked.append(path)
            form = (await reader.readexactly(_length(head))).decode()
            if form:
                self.posted.append(form)
            police = path.startswith("/api/")
            mode = self.police_mode if police and self.police_mode else self._mode
            mode = next((m for start, m in self.mode_at.items() if path.startswith(start)), mode)
            await self._misbehave(mode, path, form, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    async def _misbehave(self, mode: str, path: str, form: str, writer: asyncio.StreamWriter) -> None:
        self._misbehaved += 1
        if mode == "well" or (mode.endswith("_once") and self._misbehaved > 1):
            status, body = answer(path, form)
            too_big = self.most_crimes is not None and "/crimes-street/" in path and len(body or ()) > self.most_crimes
            await _send(writer, 503 if too_big else status, b"" if too_big else json.dumps(body).encode())
        elif mode == "slow_headers":
            await asyncio.sleep(3600)
        elif mode == "slow_body":
            await _send(writer, 200, b'{"', length=1000)
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(self.drip_seconds)
        elif mode == "reset":
            writer.transport.abort()
        elif mode == "huge_stream":
            await _send(writer, 200, b'{"a": "' + b"x" * HUGE + b'"}', length=None)
        else:
            status, body, kind, more = self._strange(mode, path, form)
            await _send(writer, status, body, kind=kind, more=more, length=HUGE if mode == "huge" else len(body))

    def _strange(self, mode: str, path: str, form: str) -> tuple[int, bytes, str, dict[str, str]]:
        """Status, body, content type and further headers."""
        well = json.dumps(answer(path, form)[1])
        usual = "application/json; charset=utf-8"
        wait = {"Retry-After": self.retry_after} if self.retry_after is not None else {}
        return {
            "busy": (429, b"Rate limit exceeded", "text/plain", wait),
            "busy_once": (429, b"Rate limit exceeded", "text/plain", wait),
            "down": (503, b"Service Unavailable", "text/plain", wait),
            "down_once": (503, b"Service Unavailable", "text/plain", wait),
            "fault": (500, b'{"status": 500, "error": "500 Server Error."}', usual, {}),
            "bad_request": (400, b'{"status": 400, "error": "No valid query submitted."}', usual, {}),
            "gone": (404, b"<html><h1>Not Found</h1></html>", "text/html", {}),
            "garbage": (200, bytes(range(128, 256)) * 8, usual, {}),
            "wrong_encoding": (200, well.encode("utf-16"), usual, {}),
            "html": (200, b"<!doctype html><html><body>Sign in to the wireless network</body></html>", "text/html", {}),
            "half": (200, well[: len(well) // 2].encode(), usual, {}),
            "huge": (200, b"x" * HUGE, usual, {}),
            "wrong_type": (200, b'"a text"', usual, {}),
            "empty": (200, b"{}", usual, {}),
            "away": (302, b"", "text/plain", {"Location": f"http://localhost:{self._port}{path}"}),
            "round": (302, b"", "text/plain", {"Location": path}),
        }[mode]


def _length(head: str) -> int:
    """Bytes of what follows the head of a request."""
    lines = (line.partition(":") for line in head.split("\r\n"))
    return next((int(value) for name, _, value in lines if name.lower() == "content-length"), 0)


async def _send(writer: asyncio.StreamWriter, status: int, body: bytes, kind: str = "application/json; charset=utf-8",
                more: dict[str, str] | None = None, length: int | None = -1) -> None:  # fmt: skip
    """`length`: what the header says; -1: the true one; None: none, and the end of the connection is the end."""
    told = {} if length is None else {"Content-Length": str(len(body) if length == -1 else length)}
    headers = {"Content-Type": kind, "Connection": "close", **told, **(more or {})}
    lines = [f"HTTP/1.1 {status} Some Reason", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode("latin-1") + body)
    await writer.drain()
