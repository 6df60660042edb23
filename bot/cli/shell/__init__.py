"""`planbot shell`: talk to the assistant here, see why it answered and how other channels show it, save what was said."""

from __future__ import annotations

import warnings


def run(*, debug: bool, plain: bool = False) -> None:
    """Talks until the end of input, `:q` or Ctrl-C. `debug`: a line on each answer; `plain`: nothing but lines of text.

    Raises SetupError when there is no model and none can be trained.
    """
    import typer

    from bot.cli import agent, training

    model = training.ensure_model()
    typer.echo("Starting (about half a minute) ...", err=True)
    agent.quiet()
    # the libraries warn of each other while they are imported, and turn the warnings on again to do so
    with warnings.catch_warnings(record=True):
        from bot.cli.shell.running import run as run_here

    run_here(model, debug=debug, plain=plain)
