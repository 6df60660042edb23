"""Brings the store of figures up to date from the published files, one file at a time.

A file that cannot be had, or not be believed, leaves its last good edition as it is, and the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from tempfile import TemporaryDirectory

from actions.statistics import checks
from actions.statistics.editions import changed, keep_back, london
from actions.statistics.figure import Edition, Figure
from actions.statistics.published import BY_ORIGIN, FILES, RECENT, PublishedFile
from actions.statistics.store import Store
from bot import clock
from bot.errors import BadAnswerError, PlanError, RefusedFileError, SetupError
from bot.sources.datastore import Datastore

Progress = Callable[[str, int, "int | None"], None]
"""Called with the origin, the bytes that have come, and how many there will be if that is known."""
log = logging.getLogger(__name__)


class Status(str, Enum):
    """What became of a file. REFUSED: it came and is not to be believed; FAILED: it did not come, or the store failed."""

    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    REFUSED = "refused"
    FAILED = "failed"


BAD = frozenset({Status.REFUSED, Status.FAILED})


@dataclass(frozen=True)
class Change:
    """`first`, `last`: the days that its figures span; `figures`: how many it has; `changed`: how many of
    them are new or have another value.

    `before`, `after`: London's figure of `measure` for the newest month, as it was and as it is; None: there was none.
    """

    origin: str
    status: Status
    reason: str = ""
    first: date | None = None
    last: date | None = None
    measure: str = ""
    before: float | None = None
    after: float | None = None
    figures: int = 0
    changed: int = 0


@dataclass(frozen=True)
class Copy:
    """A file on this machine. `whole`: its length is known to be right; `published`: the day on it, or of the copy."""

    path: Path
    url: str
    etag: str | None
    checksum: str
    published: date
    whole: bool = True


async def refresh(
    store: Store,
    client: Datastore,
    *,
    only: Collection[str] = (),
    progress: Progress | None = None,
    force: bool = False,
) -> list[Change]:
    """Downloads each published file that has changed and takes it in.

    `only`: origins, all unless given; `force`: also what has not changed, and what differs from the last edition by more than
    is usual. Raises SetupError for an origin that there is not; every other failure is in the answer.
    """
    chosen = chosen_files(only)
    changes = []
    with TemporaryDirectory(prefix="planbot-refresh-") as folder:
        for file in chosen:
            changes.append(await _fetch(store, client, file, Path(folder) / "file.csv", progress, force))
    return changes


def chosen_files(only: Collection[str]) -> list[PublishedFile]:
    """The files of these origins; all when there are none. Raises SetupError for a name that there is not."""
    wrong = sorted(set(only) - set(BY_ORIGIN))
    if wrong:
        raise SetupError(f"No file is called {wrong[0]!r}: choose from {', '.join(BY_ORIGIN)}.")
    return [file for file in FILES if not only or file.origin in only]


async def _fetch(
    store: Store, client: Datastore, file: PublishedFile, to: Path, progress: Progress | None, force: bool
) -> Change:
    try:
        edition = store.edition(file.origin)
        url = await client.address(file.wanted)
        # an ETag belongs to an address; after a change of address the checksum tells whether the file is the same
        etag = edition.etag if edition and edition.url == url and not force else None
        watched = (lambda come, total: progress(file.origin, come, total)) if progress else None
        came = await client.download(url, to, etag=etag, progress=watched)
        if came is None or (edition and came.checksum == edition.checksum and not force):
            return unchanged(file, edition)
        copy = Copy(came.path, url, came.etag, came.checksum, came.published or clock.today(), came.whole)
        return take_in(store, file, copy, force=force)
    except Exception as error:  # whatever is wrong with one file must not keep the others out
        return _went_wrong(file.origin, error)


def unchanged(file: PublishedFile, edition: Edition | None) -> Change:
    """What is said of a file that is the one already taken in."""
    first, last = (edition.first_day, edition.last_day) if edition else (None, None)
    return Change(file.origin, Status.UNCHANGED, first=first, last=last, figures=edition.rows if edition else 0)


def take_in(
    store: Store,
    file: PublishedFile,
    copy: Copy,
    *,
    origin: str | None = None,
    months: Collection[date] | None = None,
    force: bool = False,
) -> Change:
    """Reads and checks a file, and puts its figures in the place of its last edition in one transaction.

    `months`: first days of those that are wanted, all unless given; `origin`: the file's unless given; `force`: do not compare
    with the last edition. Raises RefusedFileError, StoreError; then the store is as it was.
    """
    origin = origin or file.origin
    figures = read(file, copy)
    of_london = file.check(figures)
    edition = store.edition(origin)
    before = london(store, file.measure, of_london[0].source_title)
    if edition and months is None and not force:
        checks.not_older(max(f.end for f in figures), edition.last_day)
        checks.against(before, of_london)
    if months is not None:
        figures = [f for f in figures if f.start in months]
        of_london = [f for f in of_london if f.start in months]
    if not of_london:
        raise RefusedFileError("London's figure is known for none of the months that are wanted.")
    newest = max(of_london, key=lambda f: f.end)
    old = {f.start: f.value for f in before}
    count = changed(store, figures)
    if origin == RECENT and edition:
        keep_back(store, edition, min(f.start for f in figures))
    store.replace(_edition(origin, copy, figures), figures)
    return Change(
        origin=origin,
        status=Status.UPDATED if edition else Status.NEW,
        first=min(f.start for f in figures),
        last=max(f.end for f in figures),
        measure=file.measure,
        before=old.get(newest.start),
        after=newest.value,
        figures=len(figures),
        changed=count,
    )


def read(file: PublishedFile, copy: Copy) -> list[Figure]:
    """The figures of a file. Raises RefusedFileError."""
    if not copy.whole and not _ends_with_a_line(copy.path):
        raise RefusedFileError("It breaks off within a line.")
    # what is no UTF-8 can only stand in names that are not read
    with copy.path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        return list(file.layout.read(lines, published=copy.published, today=clock.today()))


def _ends_with_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, 2)
        return file.read(1) in b"\r\n"


def _edition(origin: str, copy: Copy, figures: Sequence[Figure]) -> Edition:
    return Edition(
        origin=origin,
        url=copy.url,
        etag=copy.etag,
        checksum=copy.checksum,
        loaded=datetime.now(),  # noqa: DTZ005 - a time of this machine, for its operator
        first_day=min(f.start for f in figures),
        last_day=max(f.end for f in figures),
        rows=len(figures),
        total=sum(f.value for f in figures),
    )


def _went_wrong(origin: str, error: Exception) -> Change:
    if isinstance(error, (RefusedFileError, BadAnswerError)):
        return Change(origin, Status.REFUSED, str(error))
    if isinstance(error, PlanError):
        return Change(origin, Status.FAILED, str(error))
    log.error("%s cannot be taken in", origin, exc_info=error)
    return Change(origin, Status.FAILED, f"It cannot be taken in ({type(error).__name__}: {error}).")


def tried(origin: str, work: Callable[[], Change]) -> Change:
    """The work's answer, or what went wrong in it."""
    try:
        return work()
    except Exception as error:  # as in _fetch
        return _went_wrong(origin, error)
