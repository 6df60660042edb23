"""The London Datastore on this machine: a catalogue and files with ETags, which behaves well or badly on demand.

```
with PublishedFiles() as server:
    server.put("borough-24-months", text)     # a new text is a new edition with another ETag
    server.mode = "truncated"                 # the files; the catalogue stays well. See MODES
    server.catalogue_mode = "html"            # the catalogue; see CATALOGUE_MODES
```
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import threading
from collections.abc import Coroutine
from typing import Any
from urllib.parse import quote, unquote

MODES = (
    "well", "dead", "slow_headers", "slow_body", "reset", "not_found", "fault", "down", "down_once", "busy", "busy_once",
    "truncated", "truncated_untold", "truncated_chunked", "empty", "html", "html_as_csv", "workbook", "away", "round", "huge",
)  # fmt: skip
CATALOGUE_MODES = ("well", "list", "html", "no_json", "empty", "nothing_listed", "other_host", "only_single", "fault")
SLUGS = {
    "exy3m": "recorded_crime_summary", "e5n6w": "mps-monthly-crime-dashboard-data-e5n6w",
    "2l1w8": "mps-homicide-dashboard-data", "e7xoj": "police-force-strength-e7xoj",
    "2lz3x": "public-perceptions-of-the-police-2lz3x",
}  # fmt: skip
NAMES = {
    "borough-24-months": ("exy3m", "MPS Borough Level Crime (most recent 24 months).csv"),
    "borough-historical": ("exy3m", "MPS Borough Level Crime (Historical).csv"),
    "dashboard-total": ("e5n6w", "M1045_MonthlyCrimeDashboard_TNOCrimeData.csv"),
    "dashboard-knife": ("e5n6w", "M1045_MonthlyCrimeDashboard_KnifeCrimeData.csv"),
    "dashboard-other": ("e5n6w", "M1045_MonthlyCrimeDashboard_OtherCrimeData.csv"),
    "homicide-victims": ("2l1w8", "Homicide Victims 2003 - Jun 2025.csv"),
    "force-strength": ("e7xoj", "Police_Force_Strength.csv"),
    "public-perceptions": ("2lz3x", "Public Perception Data.csv"),
}
DECOYS = {
    "exy3m": ("MPS Ward Level Crime (most recent 24 months).csv", "MPS LSOA Level Crime (Historical).csv"),
    "e5n6w": ("M1045_MonthlyCrimeDashboard_TNOCrimeData.xlsx", "MPS_BoroughSNT_TNOCrimeDatafy21-22.csv"),
}


class PublishedFiles:
    """Serves from one port, in a thread. `asked`: paths that were asked, in order; `sent`: status codes of the files."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.sent: list[int] = []
        self.retry_after: str | None = None
        self.catalogue_mode = "well"
        self.etags = True
        self.last_modified = "Wed, 09 Sep 2026 09:00:00 GMT"
        self._files: dict[str, bytes] = {}
        self._mode, self._misbehaved, self._port = "well", 0, 0
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.AbstractServer | None = None
        self._open: set[asyncio.StreamWriter] = set()

    def __enter__(self) -> PublishedFiles:
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
    def mode(self) -> str:
        return self._mode

    @mode.setter
    def mode(self, mode: str) -> None:
        if mode not in MODES:
            raise ValueError(f"{mode} is none of {MODES}")
        self._mode, self._misbehaved = mode, 0
        self._wait(self._stop() if mode == "dead" else self._listen())

    def put(self, origin: str, text: str) -> None:
        """Publishes a file, in the place of its last edition."""
        self._files[origin] = text.encode()

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
            headers = {k.lower(): v for k, _, v in (line.partition(": ") for line in head.split("\r\n")[1:])}
            if path.startswith("/api/"):
                await self._catalogue(path, writer)
            else:
                await self._file(path, headers, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._open.discard(writer)
            writer.close()

    def _dataset(self, dataset: str) -> dict[str, Any]:
        names = [(origin, name) for origin, (of, name) in NAMES.items() if of == dataset and origin in self._files]
        names += [(f"decoy-{n}", name) for n, name in enumerate(DECOYS.get(dataset, ()))]
        host = "http://files.example" if self.catalogue_mode == "other_host" else self.url
        resources = {
            origin: {"title": name.rpartition(".")[0], "format": name.rpartition(".")[2], "check_hash": "x",
                     "url": f"{host}/download/{dataset}/{origin}/{quote(name)}"}
            for origin, name in names
        }  # fmt: skip
        listed: Any = resources
        if self.catalogue_mode == "list":
            listed = [{"id": key, "name": value["title"], **value} for key, value in resources.items()]
        return {"id": dataset, "slug": SLUGS[dataset], "title": "A dataset", "resources": listed}

    async def _catalogue(self, path: str, writer: asyncio.StreamWriter) -> None:
        whole = path.endswith("export.json")
        mode, kind, status = self.catalogue_mode, "application/json", 200
        if whole:
            body = json.dumps([{"slug": "other", "resources": {}}, *(self._dataset(d) for d in SLUGS)]).encode()
        else:
            slug = path.rpartition("/")[2]
            found = [d for d, known in SLUGS.items() if known == slug]
            status, body = (200, json.dumps(self._dataset(found[0])).encode()) if found else (404, b"{}")
        if mode == "only_single" and whole:
            status, body = 404, b"{}"
        elif mode == "html":
            body, kind = b"<!doctype html><html><body>Maintenance</body></html>", "text/html"
        elif mode == "no_json":
            body = body[: len(body) // 2]
        elif mode == "empty":
            body = b"[]"
        elif mode == "nothing_listed":
            body = json.dumps([{"id": d, "slug": s, "resources": None} for d, s in SLUGS.items()]).encode()
        elif mode == "fault":
            status, body = 500, b"oops"
        await _send(writer, status, body, kind, {})

    async def _file(self, path: str, headers: dict[str, str], writer: asyncio.StreamWriter) -> None:
        self._misbehaved += 1
        origin = unquote(path).split("/")[3]
        body = self._files.get(origin)
        if body is None:
            return await _send(writer, 404, b"nothing", "text/plain", {})
        mode, kind, status, more = self._mode, "text/csv", 200, {"Last-Modified": self.last_modified}
        told: int | None = len(body)
        etag = f'"{hashlib.sha1(body).hexdigest()}"'
        if self.etags:
            more["ETag"] = etag
        wait = {"Retry-After": self.retry_after} if self.retry_after else {}
        if mode.endswith("_once") and self._misbehaved > 1:
            mode = "well"
        if mode == "well" and self.etags and headers.get("if-none-match") == etag:
            self.sent.append(304)
            return await _send(writer, 304, b"", kind, more)
        if mode == "slow_headers":
            await asyncio.sleep(3600)
        elif mode == "slow_body":
            await _send(writer, 200, body[:100], kind, more, told)
            while True:
                await asyncio.sleep(0.1)
                writer.write(b"1")
                await writer.drain()
        elif mode == "reset":
            writer.transport.abort()
            return None
        elif mode == "truncated_chunked":
            head = (
                "HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            )
            writer.write(head.encode() + f"{len(body):x}\r\n".encode() + body[: len(body) // 2])
            await writer.drain()
            return None
        elif mode == "not_found":
            status, body, kind = 404, b"<html>gone</html>", "text/html"
        elif mode == "fault":
            status, body = 500, b"oops"
        elif mode in ("down", "down_once"):
            status, body, more = 503, b"later", wait
        elif mode in ("busy", "busy_once"):
            status, body, more = 429, b"later", wait
        elif mode == "truncated":
            body = body[: len(body) // 2]
        elif mode == "truncated_untold":
            # within a row: the last line keeps its cells and loses the end of its last number
            body, told = body.rstrip()[:-1], None
        elif mode == "empty":
            body = b""
        elif mode in ("html", "html_as_csv"):
            body, kind = b"<!doctype html><html>Sign in</html>", "text/html" if mode == "html" else "text/csv"
        elif mode == "workbook":
            body, kind = b"PK\x03\x04" + bytes(500), "application/octet-stream"
        elif mode == "away":
            status, body, more = 302, b"", {"Location": f"http://localhost:{self._port}{path}"}
        elif mode == "round":
            status, body, more = 302, b"", {"Location": path}
        elif mode == "huge":
            told = 500_000_000
        self.sent.append(status)
        if mode not in ("truncated", "truncated_untold", "huge"):
            told = len(body)
        await _send(writer, status, body, kind, more, told)
        return None


async def _send(
    writer: asyncio.StreamWriter, status: int, body: bytes, kind: str, more: dict[str, str], length: int | None = -1
) -> None:
    """`length`: what the header says; -1: the true one; None: none, and the end of the connection is the end."""
    told = {} if length is None else {"Content-Length": str(len(body) if length == -1 else length)}
    headers = {"Content-Type": kind, "Connection": "close", **told, **more}
    lines = [f"HTTP/1.1 {status} Some Reason", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    writer.write("\r\n".join(lines).encode("latin-1") + body)
    await writer.drain()
