"""Starts the shell: model, actions and assistant in this one process, and a clean end however it comes."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from pathlib import Path
from typing import TextIO

import typer

from bot.cli import agent
from bot.cli.shell.actions import serve_actions
from bot.cli.shell.lines import reader
from bot.cli.shell.screen import Colours, Screen
from bot.cli.shell.talk import Talk
from bot.paths import BUILD

LOG = BUILD / "shell.log"
# one person at their own machine: a script that is piped in is faster than any visitor may be
NO_HURRY = {"PLAN_MESSAGES_PER_MINUTE": "1000000", "PLAN_MESSAGE_BURST": "1000000"}


def run(model: Path, *, debug: bool, plain: bool) -> None:
    """See bot.cli.shell.run. `model`: a trained one."""
    for name, value in NO_HURRY.items():
        os.environ.setdefault(name, value)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        _forgive(stream)
    _log_to(LOG)
    try:
        asyncio.run(_run(model, debug, plain))
    except (KeyboardInterrupt, EOFError):
        # the next prompt of the terminal begins its own line
        typer.echo("")
    except BrokenPipeError:
        # who read the answers has gone; without this Python complains once more while it ends
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def _run(model: Path, debug: bool, plain: bool) -> None:
    colours = Colours(terminal=sys.stdout.isatty(), plain=plain, environment=os.environ)
    async with serve_actions() as address:
        loaded = agent.load(model, address)
        await Talk(loaded, reader(colours, plain=plain), Screen(colours), debug=debug).run()


def _forgive(stream: TextIO) -> None:
    """Bytes that are no text, and letters that the terminal has not, become question marks instead of an error."""
    if reconfigure := getattr(stream, "reconfigure", None):
        reconfigure(errors="replace")


def _log_to(file: Path) -> None:
    """Errors go to a file that only the owner reads: a traceback in the middle of a conversation helps nobody."""
    try:
        file.parent.mkdir(exist_ok=True)
        file.touch(mode=0o600)
        logging.basicConfig(filename=file, level=logging.ERROR, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    except OSError:
        return
