"""Pictures that were painted lately, as files: bounded, whole or not there, and shared by processes without a lock.

A file is a PNG with a keyed checksum behind its end, which programs that show pictures ignore; one that was cut short,
changed or renamed is not believed, and painted anew. The name is made from the chart and from the painter's own source,
so a new style never shows old pictures. A disk that cannot be written costs time, never the picture.
"""

from __future__ import annotations

import json
import logging
import os
import secrets
import time
from collections.abc import Callable
from functools import lru_cache
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

from actions.statistics import wording
from actions.statistics.chart import Chart
from bot.paths import BUILD
from bot.pictures.painter import paint

log = logging.getLogger(__name__)
FOLDER = BUILD / "pictures"
MOST_PICTURES = 1_000
MOST_BYTES = 40_000_000
CHECK_BYTES = 16
DRAFT_SECONDS = 600.0
"""A draft that is older than this was left by a process that died."""


class PictureCache:
    """`folder`: made when first needed. `most`, `most_bytes`: of the pictures kept; the ones unused longest go first."""

    def __init__(
        self, folder: Path = FOLDER, *, most: int = MOST_PICTURES, most_bytes: int = MOST_BYTES,
        paint: Callable[[Chart], bytes] = paint,
    ) -> None:  # fmt: skip
        self._folder, self._most, self._most_bytes, self._paint = folder, most, most_bytes, paint

    def picture(self, chart: Chart) -> bytes:
        """The chart as a PNG, from the folder or painted and kept. Raises ValueError as `paint` does."""
        key = key_of(chart)
        found = self._read(key)
        if found is None:
            found = self._paint(chart)
            self._write(key, found)
        return found

    def _path(self, key: bytes) -> Path:
        return self._folder / f"{key.hex()}.png"

    def _read(self, key: bytes) -> bytes | None:
        path = self._path(key)
        try:
            whole = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            log.warning("A kept picture cannot be read, so it is painted anew: %s", error)
            return None
        content, check = whole[:-CHECK_BYTES], whole[-CHECK_BYTES:]
        if not secrets.compare_digest(_check(key, content), check):
            log.warning("A kept picture was damaged and is painted anew.")
            return None
        try:
            os.utime(path)
        except OSError:
            log.debug("the time of use was not noted")  # another process has just made room; or the disk is read-only
        return content

    def _write(self, key: bytes, content: bytes) -> None:
        """Under its own name only when it is whole: a reader in another process sees all of it or nothing."""
        if len(content) + CHECK_BYTES > self._most_bytes:
            return
        draft = self._folder / f"{key.hex()}.{os.getpid()}.{secrets.token_hex(4)}.draft"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            try:
                draft.write_bytes(content + _check(key, content))
                draft.replace(self._path(key))
            finally:
                draft.unlink(missing_ok=True)
            self._make_room()
        except OSError as error:
            log.warning(
                "A picture could not be kept in %s: %s. Check its rights and the disk's space.", self._folder, error
            )

    def _make_room(self) -> None:
        pictures: list[tuple[int, int, str]] = []
        oldest_draft = time.time() - DRAFT_SECONDS
        with os.scandir(self._folder) as entries:
            for entry in entries:
                try:
                    about = entry.stat()
                except FileNotFoundError:  # another process was faster
                    continue
                if entry.name.endswith(".png"):
                    pictures.append((about.st_mtime_ns, about.st_size, entry.path))
                elif entry.name.endswith(".draft") and about.st_mtime < oldest_draft:
                    Path(entry.path).unlink(missing_ok=True)
        count, size = len(pictures), sum(size for _, size, _ in pictures)
        for _, bytes_, path in sorted(pictures):
            if count <= self._most and size <= self._most_bytes:
                return
            Path(path).unlink(missing_ok=True)
            count, size = count - 1, size - bytes_


def picture(chart: Chart) -> bytes:
    """The chart as a PNG, painted or from the project's cache. Raises ValueError for values that are no finite numbers."""
    return _shared().picture(chart)


def key_of(chart: Chart) -> bytes:
    """20 bytes that stand for this chart in this style."""
    payload = json.dumps(chart.as_dict(), sort_keys=True, separators=(",", ":"))
    return blake2b(payload.encode(), key=style_version(), digest_size=20).digest()


@lru_cache(maxsize=1)
def style_version() -> bytes:
    """32 bytes that change with the painter's source, how numbers are worded, and what draws: no number to be raised."""
    found = blake2b("".join(version(name) for name in ("matplotlib", "pillow")).encode(), digest_size=32)
    for file in (*sorted(Path(__file__).parent.glob("*.py")), Path(wording.__file__)):
        found.update(file.read_bytes())
    return found.digest()


def _check(key: bytes, content: bytes) -> bytes:
    return blake2b(content, key=key, digest_size=CHECK_BYTES).digest()


@lru_cache(maxsize=1)
def _shared() -> PictureCache:
    return PictureCache()
