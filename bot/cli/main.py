"""`planbot`: run, shell, train, parse, check, refresh, services, channels. A command imports its heavy libraries itself."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Optional

import typer

from bot.cli import channels, models, services
from bot.errors import PlanError
from bot.paths import ROOT

app = typer.Typer(
    add_completion=False, help="The Plan assistant.", no_args_is_help=True, pretty_exceptions_enable=False
)
app.add_typer(services.app, name="services")
app.add_typer(channels.app, name="channels")
app.add_typer(models.app, name="models")


@app.command()
def run(
    port: int = typer.Option(5005, help="TCP port on 127.0.0.1"),
    workers: Optional[int] = typer.Option(None, help="how many answer at the same time; PLAN_WORKERS, or 1"),  # noqa: UP045
) -> None:
    """Train if needed, start the servers, say when they are ready, start again what ends, stop them on Ctrl-C."""
    from bot.cli import serve

    serve.run(port, workers)


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


BY = typer.Option(None, "--by", metavar="NAME", help="who decides; your login name when left out")
FROM = typer.Option(None, "--from", metavar="TIME", help="when it begins to show; now when left out")
UNTIL = typer.Option(None, "--until", metavar="TIME", help='in London: "2026-12-01 18:00", or 18:00')
WORDS = typer.Option(None, "--message", metavar="TEXT", help="what people read, in plain words; 10 to 400 characters")


@app.command()
def off(
    message: Optional[str] = WORDS,  # noqa: UP045
    until: Optional[str] = UNTIL,  # noqa: UP045
    by: Optional[str] = BY,  # noqa: UP045
) -> None:
    """Turn the assistant off, within a second on all workers. Who is in danger is still answered."""
    from bot.cli import switch

    switch.off(message, until, by)


@app.command()
def on(by: Optional[str] = BY) -> None:  # noqa: UP045
    """Turn the assistant on again."""
    from bot.cli import switch

    switch.on(by)


@app.command()
def notice(
    message: Optional[str] = WORDS,  # noqa: UP045
    since: Optional[str] = FROM,  # noqa: UP045
    until: Optional[str] = UNTIL,  # noqa: UP045
    clear: bool = typer.Option(False, "--clear", help="take the notice back"),
    by: Optional[str] = BY,  # noqa: UP045
) -> None:
    """Announce something, such as planned work, until it is over."""
    from bot.cli import switch

    switch.notice(message, since, until, clear, by)


@app.command()
def status() -> None:
    """Is it on? What is announced? Which model serves? Who decided what?"""
    from bot.cli import switch

    switch.status()


@app.command()
def purge(
    older_than: str = typer.Option("30d", metavar="AGE", help="days or hours, as 30d or 12h"),
    dry_run: bool = typer.Option(False, help="say how much there is, and delete nothing"),
) -> None:
    """Delete what is older than this from everything that is kept. Servers do so by themselves, every hour."""
    from bot.cli import privacy

    privacy.purge(older_than, dry_run)


@app.command()
def erase(
    conversation: Optional[str] = typer.Option(None, metavar="NAME", help="web-..., or the id v1... of a browser"),  # noqa: UP045
    channel: Optional[str] = typer.Option(None, help="telegram, whatsapp, sms, messenger or slack"),  # noqa: UP045
    person: Optional[str] = typer.Option(None, help="on that channel: a telephone number, or the platform's own id"),  # noqa: UP045
    yes: bool = typer.Option(False, "--yes", help="without a question"),
) -> None:
    """Delete everything that is kept of one conversation or person, and say what that was."""
    from bot.cli import privacy

    privacy.erase(conversation, channel, person, yes)


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
