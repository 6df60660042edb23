"""`planbot run`: both servers, READY when the assistant answers, everything stopped on Ctrl-C."""

from __future__ import annotations

import signal
import time

import typer

from bot.cli import probe, servers, training
from bot.errors import SetupError


def run(port: int) -> None:
    """Serves until Ctrl-C. Raises SetupError with one line that says what to do."""
    started = time.monotonic()
    servers.refuse_busy(port)
    model = training.ensure_model()
    signal.signal(signal.SIGTERM, _as_interrupt)
    typer.echo("Starting the assistant (about 20 s) ...")
    try:
        with servers.Servers(model, port, servers.free_port(), servers.database_path()) as both:
            probe.wait_until_ready(port, both.dead)
            typer.secho(
                f"READY after {time.monotonic() - started:.0f} s: http://127.0.0.1:{port}", fg="green", bold=True
            )
            typer.echo("Open that address in a browser, or talk to it here:  make shell   (in another window).")
            typer.echo("Ctrl-C stops it.")
            while not (name := both.dead()):
                time.sleep(0.5)
            raise SetupError(f"The {name} stopped: the lines above say why. Start again with `make run`.")
    except KeyboardInterrupt:
        typer.echo("\nStopped.")


def _as_interrupt(*_: object) -> None:
    raise KeyboardInterrupt
