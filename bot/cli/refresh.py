"""`planbot refresh`: brings the figures up to date, for staff, a timer or cron."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from rich.console import Console

    from actions.statistics.refresh import Change
    from actions.statistics.store import Store

COLOURS = {
    "new": "green",
    "updated": "green",
    "unchanged": "dim",
    "skipped": "dim",
    "refused": "bold red",
    "failed": "bold red",
}


def run(only: Sequence[str], folder: Path | None, *, force: bool) -> int:
    """Takes in the files, from the Datastore or a folder, and prints what changed; 1 when one was refused or failed.

    Raises SetupError for an unknown name or folder.
    """
    import stamina.instrumentation
    from rich.console import Console

    from actions.statistics.database import address
    from actions.statistics.refresh import BAD, chosen_files
    from actions.statistics.store import Store

    chosen_files(only)
    # each wait would be a line across the progress bar; what came of it is in the table
    stamina.instrumentation.set_on_retry_hooks([])
    console = Console(highlight=False)
    console.print(f"The figures go to {shown(address())}", markup=False, soft_wrap=True)
    store = Store()
    try:
        changes = _changes(store, only, folder, force)
    finally:
        store.close()
    _print(console, changes)
    bad = [change for change in changes if change.status in BAD]
    console.print(summary(changes), markup=False, soft_wrap=True)
    if bad:
        console.print(
            "What was refused or failed is still answered from its last good edition: see docs/refreshing.md."
        )
    return 1 if bad else 0


def shown(url: str) -> str:
    """A database address without its password."""
    parts = urlsplit(url)
    if parts.scheme.startswith("sqlite"):
        return url.partition("///")[2] or "memory"
    where = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{where}{parts.path}"


def summary(changes: Sequence[Change]) -> str:
    """The last line: how many files became what."""
    from actions.statistics.refresh import Status

    counts = {status: sum(change.status is status for change in changes) for status in Status}
    told = ", ".join(f"{count} {status.value}" for status, count in counts.items() if count) or "none"
    figures = sum(change.changed for change in changes)
    return f"{len(changes)} file{'' if len(changes) == 1 else 's'}: {told}. {figures:,} figures changed."


def _changes(store: Store, only: Sequence[str], folder: Path | None, force: bool) -> list[Change]:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeElapsedColumn

    from actions.statistics.from_folder import from_folder
    from actions.statistics.refresh import refresh
    from bot.sources.datastore import Datastore

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks = {}

        def progress(origin: str, come: int, total: int | None) -> None:
            if origin not in tasks:
                tasks[origin] = bars.add_task(origin, total=total)
            bars.update(tasks[origin], completed=come, total=total)

        if folder is not None:
            return from_folder(store, folder, only=only, progress=progress, force=force)

        async def all_of_them() -> list[Change]:
            async with Datastore() as client:
                return await refresh(store, client, only=only, progress=progress, force=force)

        return asyncio.run(all_of_them())


def _print(console: Console, changes: Sequence[Change]) -> None:
    from rich.table import Table
    from rich.text import Text

    table = Table("File", "Result", "Months", "London, newest month", "Changed")
    table.columns[0].overflow = "fold"
    for change in changes:
        span = f"{change.first:%b %Y} to {change.last:%b %Y}" if change.first and change.last else ""
        before = "none" if change.before is None else f"{change.before:,.0f}"
        newest = f"{change.measure}\n{before} -> {change.after:,.0f}" if change.after is not None else ""
        result = Text(change.status.value, style=COLOURS[change.status.value])
        if change.reason:
            result.append(f"\n{change.reason}", style="default")
        count = f"{change.changed:,} of {change.figures:,}" if change.figures else ""
        table.add_row(Text(change.origin), result, span, Text(newest), count)
    console.print(table)
