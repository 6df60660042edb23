"""Takes in published files that lie in a folder, each known by its header: for staff without a network."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from actions.statistics.layouts import columns as cells
from actions.statistics.layouts import dashboard_types, wide
from actions.statistics.published import BEFORE, BY_ORIGIN, FILES, HISTORICAL, RECENT, Layout, PublishedFile
from actions.statistics.refresh import (
    Change,
    Copy,
    Progress,
    Status,
    chosen_files,
    read,
    take_in,
    tried,
    unchanged,
)
from actions.statistics.store import Store
from bot.clock import LONDON as LONDON_TIME
from bot.errors import RefusedFileError, SetupError

LONGEST_HEADER = 100_000


@dataclass(frozen=True)
class Known:
    """A file of the folder: what it is, its last month, and all its months where its header names them."""

    path: Path
    file: PublishedFile
    last: date
    months: tuple[date, ...] = ()


def from_folder(
    store: Store,
    folder: Path,
    *,
    only: Collection[str] = (),
    progress: Progress | None = None,
    force: bool = False,
) -> list[Change]:
    """Takes in the .csv files of a folder and those below it, the newest edition of each.

    Of the borough file an older edition with 24 months keeps the months that no newer file has, as `borough-24-months-before`.
    `only`, `force`: as in `refresh`. Raises SetupError when there is no such folder, or no such origin.
    """
    if not folder.is_dir():
        raise SetupError(f"There is no folder {folder}: name one that holds the files.")
    wanted = {file.origin for file in chosen_files(only)}
    changes: list[Change] = []
    known: dict[str, list[Known]] = {}
    for path in sorted(folder.rglob("*.csv")):
        try:
            found = _known(path)
        except (RefusedFileError, OSError) as error:
            changes.append(Change(path.name, Status.REFUSED, str(error)))
            continue
        if found is None:
            changes.append(Change(path.name, Status.SKIPPED, "Its columns are those of no file that is taken in."))
        elif found.file.origin in wanted:
            known.setdefault(found.file.origin, []).append(found)
    # the historical file and the newest months first, so that an older edition fills only what is left
    for file in FILES:
        editions = sorted(known.get(file.origin, ()), key=lambda k: (k.last, k.path.name), reverse=True)
        for newest in editions[:1]:
            changes.append(_taken(store, newest, progress, force))
        if file.origin == RECENT:
            changes += _older(store, editions, known.get(HISTORICAL, []), force)
        else:
            changes += [_superseded(other) for other in editions[1:]]
    return changes


def _known(path: Path) -> Known | None:
    """What a file is. Raises RefusedFileError when it is a known one and cannot be read."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        header = cells.columns(lines.readline(LONGEST_HEADER))
    layout = next((f.layout for f in FILES if f.layout.fits(header)), None)
    if layout is None:
        return None
    if layout is wide:
        months = tuple(sorted(wide.months_of(header)))
        origin = HISTORICAL if len(months) > wide.RECENT_MONTHS else RECENT
        return Known(path, BY_ORIGIN[origin], months[-1], months)
    return _read_to_know(path, layout)


def _read_to_know(path: Path, layout: Layout) -> Known:
    file = next(f for f in FILES if f.layout is layout)
    figures = read(file, _copy(path))
    if layout is dashboard_types and not any(f.measure == dashboard_types.KNIFE for f in figures):
        file = BY_ORIGIN["dashboard-other"]
    return Known(path, file, max((f.end for f in figures), default=date.min))


def _taken(store: Store, known: Known, progress: Progress | None, force: bool) -> Change:
    def work() -> Change:
        copy, edition = _copy(known.path), store.edition(known.file.origin)
        if progress:
            progress(known.file.origin, size := known.path.stat().st_size, size)
        if edition and edition.checksum == copy.checksum and not force:
            return unchanged(known.file, edition)
        return take_in(store, known.file, copy, force=force)

    return tried(known.file.origin, work)


def _older(store: Store, editions: list[Known], historical: list[Known], force: bool) -> list[Change]:
    """The one next to the newest fills months; a third would have to leave a gap to be of use."""
    if len(editions) < 2:
        return []
    newest, older, *rest = editions
    have = set(newest.months)
    for other in historical:
        have |= set(other.months)
    missing = [month for month in older.months if month not in have]
    if not missing:
        return [_superseded(other) for other in (older, *rest)]

    def work() -> Change:
        copy, edition = _copy(older.path), store.edition(BEFORE)
        if edition and edition.checksum == copy.checksum and edition.first_day == missing[0] and not force:
            return Change(
                BEFORE, Status.UNCHANGED, first=edition.first_day, last=edition.last_day, figures=edition.rows
            )
        return take_in(store, older.file, copy, origin=BEFORE, months=missing, force=force)

    return [tried(BEFORE, work), *(_superseded(other) for other in rest)]


def _superseded(known: Known) -> Change:
    return Change(known.path.name, Status.SKIPPED, f"A newer edition of {known.file.origin} is here.")


def _copy(path: Path) -> Copy:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            found.update(block)
    day = datetime.fromtimestamp(path.stat().st_mtime, LONDON_TIME).date()
    return Copy(path, path.name, None, found.hexdigest(), day)
