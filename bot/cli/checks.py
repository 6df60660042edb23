"""`planbot check`: everything that can be said about the tree without training."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable

import typer

from bot.paths import ROOT

VALIDATE = (
    "import sys, warnings; warnings.filterwarnings('ignore'); "
    "from rasa.__main__ import main; sys.argv = ['rasa', 'data', 'validate', '--fail-on-warnings', '--max-history', '3', "
    "'--domain', 'domain.yml', '--data', 'data/nlu', 'data/rules', 'data/stories']; main()"
)
NOT_CHECKED = 77
"""What a check returns when it could not be done here: neither good nor bad."""


def run() -> int:
    """Runs every check and prints a line for each; 1 when any found a problem."""
    checks: dict[str, Callable[[], int]] = {
        "style (ruff)": lambda: _tool("ruff", "check", "."),
        "format (ruff)": lambda: _tool("ruff", "format", "--check", "--quiet", "."),
        "types (mypy)": lambda: _tool("mypy", "--no-error-summary"),
        "content": _content,
        "dialogue": _dialogue,
        "training data (rasa)": _rasa,
        "unsafe code (bandit)": _unsafe,
        "advisories (pip-audit)": _advisories,
    }
    failed = [name for name, check in checks.items() if _say(name, check()) not in (0, NOT_CHECKED)]
    if failed:
        typer.secho(f"{len(failed)} of {len(checks)} checks found problems: {', '.join(failed)}", fg="red")
    return 1 if failed else 0


def _say(name: str, code: int) -> int:
    word, colour = {0: ("ok", "green"), NOT_CHECKED: ("-", "yellow")}.get(code, ("PROBLEM", "red"))
    typer.secho(f"{word:8}{name}", fg=colour)
    return code


def _tool(*command: str) -> int:
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode  # noqa: S603


def _content() -> int:
    from bot.content import lint, store
    from bot.errors import ContentError

    warnings.filterwarnings("ignore")
    try:
        store.load()
    except ContentError as error:
        typer.echo(str(error))
        return 1
    return lint.main([])


def _dialogue() -> int:
    from bot.dialogue.lint import lint

    problems = list(lint())
    for problem in problems:
        typer.echo(problem)
    return 1 if problems else 0


def _rasa() -> int:
    found = subprocess.run([sys.executable, "-c", VALIDATE], cwd=ROOT, capture_output=True, text=True)  # noqa: S603
    if found.returncode:
        typer.echo("\n".join((found.stdout + found.stderr).splitlines()[-25:]))
    return found.returncode


def _unsafe() -> int:
    from bot.cli import unsafe

    found = list(unsafe.problems())
    for problem in found:
        typer.echo(problem)
    return 1 if found else 0


def _advisories() -> int:
    from bot.cli import audit
    from bot.errors import ContentError

    try:
        known = audit.accepted()
    except ContentError as error:
        typer.echo(str(error))
        return 1
    moved = audit.pins_that_moved(known)
    for line in moved:
        typer.echo(line)
    try:
        result = audit.compare(audit.ask(known), known)
    except audit.NotCheckedError as error:
        typer.echo(f"not checked: {error}. Last looked at on {known.looked_at}.")
        return 1 if moved else NOT_CHECKED
    for line in audit.lines(result):
        typer.echo(line)
    return 1 if moved or result.new else NOT_CHECKED if result.unknown else 0
