"""The London Datastore: finds a published file in its catalogue, and downloads it if it has changed.

The links and names of files change from edition to edition, so each is looked up by its dataset and by words of its name. A file
may have over a hundred megabytes: it goes straight to disk, and is never held in memory.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timezone
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import stamina

from bot.errors import BadAnswerError, SourceError, SourceRefusedError, SourceUnavailableError
from bot.settings import SourceSettings
from bot.sources.datastore_catalogue import Wanted, file_name, fits, is_it, resources, text
from bot.sources.http import BUSY, CONNECT_SECONDS, REDIRECTS, RETRIES, Waits, retry_after

READ_SECONDS = 60.0
DEADLINE_SECONDS = 900.0
"""For one file, retries included: 136 MB in that time is 1.2 Mbit/s."""
LONGEST_FILE = 400_000_000
LONGEST_CATALOGUE = 80_000_000
"""Bytes."""
TYPES = frozenset({
    "", "text/csv", "application/csv", "text/x-csv", "text/plain", "application/octet-stream", "binary/octet-stream",
    "application/vnd.ms-excel", "text/comma-separated-values",
})  # fmt: skip
HEADERS = {
    # compressed, the length of what came could not be compared with the length that was told
    "Accept-Encoding": "identity",
    "User-Agent": "planbot/0.1 (Police and Crime Plan assistant)",
}
Progress = Callable[[int, "int | None"], None]
"""Called with the bytes that have come, and how many there will be if that is known."""


@dataclass(frozen=True)
class Download:
    """A file that came whole. `whole`: its length was told and is right; `published`: the server's Last-Modified."""

    path: Path
    etag: str | None
    published: date | None
    checksum: str
    size: int
    whole: bool


class _BusyError(SourceUnavailableError):
    """Worth another try, after `told` seconds if the server said so."""

    def __init__(self, message: str, told: float | None = None) -> None:
        self.told = told
        super().__init__(message)


class Datastore:
    """One client for a refresh. `base`: its address, that of the settings unless given; `transport` is for tests.

    `read_seconds`: longest silence; `deadline`: seconds for one file, retries included.
    """

    def __init__(
        self,
        base: str | None = None,
        *,
        waits: Waits | None = None,
        read_seconds: float = READ_SECONDS,
        deadline: float = DEADLINE_SECONDS,
        longest: int = LONGEST_FILE,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._base = httpx.URL(base or SourceSettings().datastore_url)
        self._waits, self._deadline, self._longest = waits or Waits(longest_told=60.0), deadline, longest
        self._client = httpx.AsyncClient(
            headers=HEADERS, timeout=httpx.Timeout(read_seconds, connect=CONNECT_SECONDS), transport=transport
        )
        self._catalogue: list[Any] | SourceError | None = None

    async def __aenter__(self) -> Datastore:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.aclose()

    async def address(self, wanted: Wanted) -> str:
        """Where the file is now. Raises SourceError; BadAnswerError when the catalogue does not list it."""
        dataset = next((d for d in await self._listed() if is_it(d, wanted)), None)
        if dataset is None:
            dataset = await self._json(f"/api/v2/dataset/{wanted.slug}")
        found = [r for r in resources(dataset) if fits(r, wanted)]
        if not found:
            raise BadAnswerError(
                f"The catalogue lists no file of dataset {wanted.dataset} named like {' '.join(wanted.words)!r}: look at "
                f"its page, and correct actions/statistics/published.py."
            )
        # of several editions the last published; of equals the last listed
        best = max(enumerate(found), key=lambda pair: (text(pair[1], "timestamp", "updatedAt", "created"), pair[0]))[1]
        return self._on_this_host(best, wanted)

    async def download(
        self, url: str, to: Path, *, etag: str | None = None, progress: Progress | None = None
    ) -> Download | None:
        """The file, written to `to`; None when it still has that ETag.

        Raises SourceUnavailableError, SourceRefusedError, and BadAnswerError (cut off, too long, no table, another host).
        """
        headers = {"If-None-Match": etag} if etag else {}

        async def once() -> Download | None:
            async with self._answer(url, headers) as response:
                if response.status_code == 304:
                    return None
                _check_type(response)
                return await self._save(response, to, self._longest, progress)

        return await self._patiently(once)

    async def _listed(self) -> list[Any]:
        """The whole catalogue, asked for once. A catalogue that is not there or not to be read is an empty one."""
        if self._catalogue is None:
            try:
                value = await self._json("/api/v2/datasets/export.json")
                listed = value.get("datasets", value.get("result")) if isinstance(value, dict) else value
                self._catalogue = listed if isinstance(listed, list) else []
            except (BadAnswerError, SourceRefusedError):
                self._catalogue = []
            except SourceUnavailableError as error:
                # a server that is down is not asked again for each file
                self._catalogue = error
        if isinstance(self._catalogue, SourceError):
            raise self._catalogue
        return self._catalogue

    async def _json(self, path: str) -> Any:
        url = f"{str(self._base).rstrip('/')}{path}"

        async def once() -> Any:
            async with self._answer(url, {"Accept": "application/json"}) as response:
                body = bytearray()
                async for chunk in response.aiter_bytes():
                    body += chunk
                    if len(body) > LONGEST_CATALOGUE:
                        raise BadAnswerError("The catalogue is longer than any catalogue should be: report it.")
                return bytes(body)

        body = await self._patiently(once)
        try:
            return json.loads(body.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            raise BadAnswerError(f"{self._base.host} sent no JSON for {path}: try again later, or report it.") from None

    async def _patiently(self, once: Callable[[], Any]) -> Any:
        ends = time.monotonic() + self._deadline

        def when(error: Exception) -> bool | float:
            if not isinstance(error, _BusyError):
                return False
            wait = max(self._waits.first, error.told or 0.0)
            if wait >= ends - time.monotonic():
                return False
            return True if error.told is None else wait

        async def tries() -> Any:
            async for attempt in stamina.retry_context(
                on=when, attempts=1 + RETRIES, timeout=None, wait_initial=self._waits.first,
                wait_max=self._waits.longest, wait_jitter=self._waits.jitter,
            ):  # fmt: skip
                with attempt:
                    return await once()
            raise AssertionError("the last attempt returns or raises")

        try:
            return await asyncio.wait_for(tries(), self._deadline)
        except asyncio.TimeoutError as error:
            raise SourceUnavailableError(
                f"{self._base.host} was too slow ({self._deadline:.0f} s): try again later."
            ) from error

    @asynccontextmanager
    async def _answer(self, url: str, headers: dict[str, str]) -> AsyncIterator[httpx.Response]:
        """A response of status 200 or 304 from our host, its body not read yet."""
        host = self._base.host
        try:
            for _ in range(REDIRECTS + 1):
                async with self._client.stream("GET", url, headers=headers) as response:
                    # 304 is no redirect, though httpx calls every 3xx one
                    if not response.has_redirect_location:
                        self._check_status(response)
                        yield response
                        return
                    url = self._moved(response)
        except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError) as error:
            raise _BusyError(
                f"{host} cannot be reached, or broke off ({type(error).__name__}): try again later."
            ) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            raise SourceUnavailableError(
                f"{host} cannot be asked ({type(error).__name__}): check DATASTORE_URL."
            ) from error
        raise BadAnswerError(f"{host} sends us from one address to the next: check DATASTORE_URL.")

    def _check_status(self, response: httpx.Response) -> None:
        status, host = response.status_code, self._base.host
        if status in BUSY:
            told = retry_after(response.headers.get("Retry-After"), datetime.now(timezone.utc))
            if told is not None and told > self._waits.longest_told:
                raise SourceUnavailableError(f"{host} is busy and asks to wait {told:.0f} s: try again later.")
            raise _BusyError(f"{host} is busy ({status}): try again later.", told)
        if status >= 500:
            raise SourceUnavailableError(f"{host} has a fault of its own ({status}): try again later.")
        if status >= 400:
            raise SourceRefusedError(f"{host} refused the file ({status}): has it moved?", status)
        if status not in (200, 304):
            raise BadAnswerError(f"{host} answered with an unexpected status ({status}): report it.")

    def _moved(self, response: httpx.Response) -> str:
        """Where a redirect leads. Raises BadAnswerError when that is another host, or no longer encrypted."""
        here = response.request.url
        try:
            there = here.join(response.headers.get("Location", ""))
        except (httpx.InvalidURL, ValueError):
            there = httpx.URL()
        same = (there.scheme, there.port) == (here.scheme, here.port) or (here.scheme, there.scheme) == (
            "http",
            "https",
        )
        if there.host != self._base.host or not same or there.userinfo:
            raise BadAnswerError(
                f"{self._base.host} sends us to another host ({there.host or 'none'}): check DATASTORE_URL."
            )
        return str(there)

    async def _save(self, response: httpx.Response, to: Path, longest: int, progress: Progress | None) -> Download:
        host = self._base.host
        told = response.headers.get("Content-Length", "")
        total = int(told) if told.isascii() and told.isdigit() and len(told) < 16 else None
        if total is not None and total > longest:
            raise BadAnswerError(f"{host} would send {total} bytes, more than any of these files has: report it.")
        size, found = 0, hashlib.sha256()
        with to.open("wb") as file:
            async for chunk in response.aiter_bytes():
                if size == 0 and chunk.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
                    raise BadAnswerError(f"{host} sent a web page instead of the file: try again later.")
                size += len(chunk)
                if size > longest:
                    raise BadAnswerError(f"{host} sent more than {longest} bytes: report it.")
                found.update(chunk)
                file.write(chunk)
                if progress:
                    progress(size, total)
        if total is not None and size != total:
            raise BadAnswerError(f"{host} sent {size} of {total} bytes: try again later.")
        if size == 0:
            raise BadAnswerError(f"{host} sent an empty file: try again later.")
        return Download(
            path=to,
            etag=response.headers.get("ETag"),
            published=_day(response.headers.get("Last-Modified")),
            checksum=found.hexdigest(),
            size=size,
            whole=total is not None or "chunked" in response.headers.get("Transfer-Encoding", "").lower(),
        )

    def _on_this_host(self, resource: dict[str, Any], wanted: Wanted) -> str:
        """The resource's address if it is on our host; else that of its copy there, by the rule for download links."""
        given = text(resource, "url")
        try:
            url = self._base.join(given)
        except (httpx.InvalidURL, ValueError):
            url = httpx.URL()
        if given and (url.scheme, url.host, url.port) == (self._base.scheme, self._base.host, self._base.port):
            return str(url)
        name, key = file_name(resource), text(resource, "key", "id")
        if not (name and key):
            raise BadAnswerError(f"The catalogue sends us to another host for dataset {wanted.dataset}: report it.")
        return f"{str(self._base).rstrip('/')}/download/{wanted.dataset}/{quote(key)}/{quote(name)}"


def _check_type(response: httpx.Response) -> None:
    host = response.request.url.host
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type not in TYPES:
        raise BadAnswerError(f"{host} sent {media_type[:60]} instead of a table: try again later, or report it.")
    if response.headers.get("Content-Encoding", "identity").strip().lower() not in ("identity", ""):
        raise BadAnswerError(f"{host} sent a compressed file that was not asked for: report it.")


def _day(header: str | None) -> date | None:
    try:
        return parsedate_to_datetime(header or "").date()
    except (TypeError, ValueError, IndexError):
        return None
