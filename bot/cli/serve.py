"""`planbot run`: all servers, READY when the assistant answers, everything stopped on Ctrl-C."""

from __future__ import annotations

import signal
import time

import typer

from bot.cli import probe, servers, training


def run(port: int, workers: int | None = None) -> None:
    """Serves until Ctrl-C. Raises SetupError with one line that says what to do."""
    started = time.monotonic()
    many = servers.workers_wanted(workers)
    servers.refuse_busy(port)
    model = training.ensure_model()
    signal.signal(signal.SIGTERM, _as_interrupt)
    typer.echo("Starting the assistant (about 20 s) ...")
    try:
        with servers.Servers(model, port, servers.free_port(), servers.database_path(), workers=many) as running:
            probe.wait_until_ready(port, running.dead)
            if many > 1:
                probe.wait_for_workers(port, many, running.dead)
            typer.secho(
                f"READY after {time.monotonic() - started:.0f} s: http://127.0.0.1:{port}", fg="green", bold=True
            )
            typer.echo("Open that address in a browser, or talk to it here:  make shell   (in another window).")
            typer.echo("Ctrl-C stops it.")
            while True:
                if name := running.mend():
                    typer.secho(f"The {name} had stopped and was started again.", fg="yellow")
                time.sleep(0.2)
    except KeyboardInterrupt:
        typer.echo("\nStopped.")


def _as_interrupt(*_: object) -> None:
    raise KeyboardInterrupt
