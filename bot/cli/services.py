"""`planbot services check`: the links and dates of the services directory, for staff who are online."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Optional

import typer

from bot import clock
from bot.errors import SetupError
from bot.paths import CONTENT

if TYPE_CHECKING:
    from rich.console import Console

    from bot.content.link_check import Link, Result
    from bot.content.services import Service

SERVICES = CONTENT / "services.yml"
COLOURS = {"gone": "bold red", "no answer": "bold red", "not tried": "magenta", "loop": "red", "failed server": "yellow",
           "refused": "yellow", "redirected": "cyan"}  # fmt: skip
BAD = ("gone", "no answer", "not tried")
"""What makes the exit code 1."""

ONLY = typer.Option([], metavar="ID", help="only this service; may be given more than once")
JSON_FILE = typer.Option(
    None, "--json", metavar="FILE", dir_okay=False, writable=True, help="write the whole report to this file, too"
)

app = typer.Typer(help="The services directory.", no_args_is_help=True)


@app.callback()
def services() -> None:
    """The services directory."""


@app.command()
def check(
    only: list[str] = ONLY,
    json_file: Optional[Path] = JSON_FILE,  # noqa: UP045 - typer 0.7 reads this at run time
) -> None:
    """Open every link of the services directory and say what became of it; 1 when one is gone or has no answer."""
    from rich.console import Console

    from bot.content import link_check

    chosen = _chosen(only)
    day = clock.today()
    if json_file and not json_file.resolve().parent.is_dir():
        raise SetupError(f"{json_file} cannot be written: there is no folder {json_file.resolve().parent}.")
    results = asyncio.run(_check_all(link_check.collect(chosen)))
    old = link_check.stale(chosen, day)
    doubtful = [name for name, service in chosen.items() if service.recheck]

    console = Console(highlight=False)
    _print_links(console, results)
    _print_services(console, f"Checked more than {link_check.STALE_DAYS} days ago: check again", chosen, old)
    _print_services(console, "Ring or look up before relying on it", chosen, doubtful)
    console.print(summary(results, len(chosen), len(old), len(doubtful)), markup=False, soft_wrap=True)
    if json_file:
        _write(json_file, {
            "day": day.isoformat(),
            "summary": dict(Counter(result.kind.value for result in results)),
            "links": [result.as_json() for result in results],
            "checked_long_ago": {name: chosen[name].checked.isoformat() for name in old},
            "recheck_first": doubtful,
        })  # fmt: skip
        console.print(f"Report: {json_file.resolve()}", markup=False, soft_wrap=True)
    raise typer.Exit(1 if any(result.kind.value in BAD for result in results) else 0)


def summary(results: Sequence[Result], services: int, old: int, doubtful: int) -> str:
    """The last line: how many of what."""
    from bot.content.link_check import Kind

    counts = Counter(result.kind for result in results)
    update = sum(result.new_address is not None for result in results)
    parts = [f"{counts[kind]} {kind.value}" for kind in Kind if counts[kind]]
    if update:
        parts.append(f"{update} to update")
    found = ", ".join(parts) or "none to open"
    return (
        f"{_count(len(results), 'link')} of {_count(services, 'service')}: {found}. "
        f"Checked long ago: {old}. Ring or look up first: {doubtful}."
    )


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _chosen(only: Sequence[str]) -> dict[str, Service]:
    """The services of the directory, or those that were asked for. Raises SetupError for an id that is not there."""
    from difflib import get_close_matches

    from bot.content import reader
    from bot.content.services import ServiceFile

    every = reader.read(SERVICES, ServiceFile).__root__
    for name in only:
        if name not in every:
            close = get_close_matches(name, every, 3)
            hint = f" Did you mean {' or '.join(close)}?" if close else ""
            raise SetupError(f"No service has the id {name!r}.{hint}")
    return {name: service for name, service in every.items() if not only or name in only}


async def _check_all(links: Sequence[Link]) -> list[Result]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from bot.content.link_check import Checker

    columns = (TextColumn("Opening links, slowly"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("links", total=len(links))
        return await Checker().run(links, lambda _: progress.advance(task))


def _print_links(console: Console, results: Sequence[Result]) -> None:
    """The table of everything that is not simply in order."""
    from rich.table import Table
    from rich.text import Text

    shown = [result for result in results if result.kind.value in COLOURS]
    if not shown:
        return
    table = Table("Result", "Link", "Services", title="Links, worst first", title_justify="left", show_lines=True)
    table.columns[0].no_wrap = True
    for column in table.columns[1:]:
        column.overflow = "fold"
    for result in shown:
        status = f" ({result.status})" if result.status and result.kind.value != "redirected" else ""
        lines = [result.link.address, *(f"  {hop}" for hop in result.hops), result.note]
        table.add_row(
            Text(result.kind.value + status, style=COLOURS[result.kind.value]),
            Text("\n".join(line for line in lines if line)),
            Text(", ".join(result.link.services)),
        )
    console.print(table)
    console.print()


def _print_services(console: Console, title: str, services: dict[str, Service], names: Sequence[str]) -> None:
    if not names:
        return
    console.print(f"{title}:", markup=False)
    for name in names:
        service = services[name]
        numbers = ", ".join(number for number in (service.phone, service.text, service.textphone) if number)
        number = f", {numbers}" if numbers else ""
        line = f"  {name}: {service.name}{number}, checked {clock.spell(service.checked)}"
        console.print(line, markup=False, soft_wrap=True)
    console.print()


def _write(file: Path, report: dict) -> None:
    try:
        file.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise SetupError(f"{file} cannot be written ({error.strerror}).") from error
