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


def run() -> int:
    """Runs every check and prints a line for each; 1 when any found a problem."""
    checks: dict[str, Callable[[], int]] = {
        "style (ruff)": lambda: _tool("ruff", "check", "."),
        "format (ruff)": lambda: _tool("ruff", "format", "--check", "--quiet", "."),
        "types (mypy)": lambda: _tool("mypy", "--no-error-summary"),
        "content": _content,
        "dialogue": _dialogue,
        "training data (rasa)": _rasa,
    }
    failed = [name for name, check in checks.items() if _say(name, check())]
    if failed:
        typer.secho(f"{len(failed)} of {len(checks)} checks found problems: {', '.join(failed)}", fg="red")
    return 1 if failed else 0


def _say(name: str, code: int) -> int:
    typer.secho(f"{'PROBLEM' if code else 'ok':8}{name}", fg="red" if code else "green")
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
