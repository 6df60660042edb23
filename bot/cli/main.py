"""`planbot`: run, shell, train, parse, check, refresh, services, channels. A command imports its heavy libraries itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Optional

import typer

from bot.cli import channels, services
from bot.errors import PlanError
from bot.paths import ROOT

app = typer.Typer(
    add_completion=False, help="The Plan assistant.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.add_typer(services.app, name="services")
app.add_typer(channels.app, name="channels")


@app.command()
def run(port: int = typer.Option(5005, help="TCP port on 127.0.0.1")) -> None:
    """Train if needed, start both servers, say when they are ready, stop them on Ctrl-C."""
    from bot.cli import serve

    serve.run(port)


@app.command()
def train(force: bool = typer.Option(False, help="train even if nothing has changed")) -> None:
    """Train the model, if anything that it learns from has changed."""
    from bot.cli import training

    training.ensure_model(force=force)


@app.command()
def shell(
    debug: bool = typer.Option(False, help="show intent, confidence, entities, rule and source"),
    plain: bool = typer.Option(False, help="lines of text only: no colours, nothing drawn anew"),
) -> None:
    """Talk to the assistant here; :help in it lists its commands."""
    from bot.cli import shell as talk

    talk.run(debug=debug, plain=plain)


@app.command()
def parse() -> None:
    """Understand one message a line from standard input; write one JSON object a line."""
    from bot.cli import parse as bulk

    bulk.run(sys.stdin, sys.stdout)


@app.command()
def check() -> None:
    """Style, types, content, dialogue and training data: one line for each, 1 on any problem."""
    from bot.cli import checks

    raise typer.Exit(checks.run())


ONLY = typer.Option([], metavar="NAME", help="only this file, such as borough-24-months; may be given more than once")
FOLDER = typer.Option(None, "--from", metavar="FOLDER", help="take the files from this folder, not from the Datastore")


@app.command()
def refresh(
    context: typer.Context,
    only: list[str] = ONLY,
    folder: Optional[Path] = FOLDER,  # noqa: UP045 - typer 0.7 reads this at run time
    force: bool = typer.Option(False, help="also what has not changed, or changed by more than usual"),
) -> None:
    """Bring the figures up to date from the published files; 1 when one was refused or failed."""
    from bot.cli import refresh as refreshing

    # a relative folder is one from where the command was given
    started_in = context.obj if isinstance(context.obj, Path) else Path.cwd()
    raise typer.Exit(refreshing.run(only, folder and started_in / folder, force=force))


def main() -> None:
    """Entry point: errors of our own are one clear line, not a traceback."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    started_in = Path.cwd()
    os.chdir(ROOT)
    try:
        app(obj=started_in)
    except PlanError as error:
        typer.secho(f"planbot: {error}", fg="red", err=True)
        raise SystemExit(1) from error


if __name__ == "__main__":
    main()
