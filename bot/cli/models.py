"""`planbot models`: which models there are; which one serves; back to the last good one; trying and signing."""

from __future__ import annotations

from pathlib import Path
from typing import Optional

import typer

from bot.cli import service_records
from bot.errors import ModelRefusedError
from bot.models import manifest, registry, trial
from bot.operations import switch
from bot.operations.records import ServiceRecords
from bot.operations.state import MODEL, Choice, ServiceState

CHANGE_SECONDS = 120.0
RECORD_READ = 200
app = typer.Typer(help="Trained models: list, use, roll back, try, sign.", no_args_is_help=False)
BY = typer.Option(None, "--by", metavar="NAME", help="who decides; your login name when left out")
NAME = typer.Argument(..., help="of the model, as `planbot models` lists it")
ONE = typer.Argument(None, help="of the model; the newest when left out")


@app.callback(invoke_without_command=True)
def show(context: typer.Context) -> None:
    """Lists the models of this machine: when made, whether good, which one was chosen, and who serves it."""
    if context.invoked_subcommand is None:
        with service_records.opened() as records:
            for line in report(records):
                typer.echo(line)


@app.command()
def use(
    name: str = NAME,
    anyway: bool = typer.Option(False, "--anyway", help="although its trial failed or was never made"),
    by: Optional[str] = BY,  # noqa: UP045 - typer 0.7 reads this at run time
) -> None:
    """Makes all running servers change over to a model; nobody's message is lost."""
    wanted = manifest.path_of(_bare(name))
    with service_records.opened() as records:
        before = records.read().choice
        bad = tuple(one for one in (before.bad if before else ()) if one != manifest.name_of(wanted))
        choice = Choice(manifest.name_of(wanted), bad, anyway)
        registry.may_serve(wanted, choice)
        _choose(records, choice, by, f"use {choice.model}" + (" anyway" if anyway else ""))


@app.command()
def rollback(by: Optional[str] = BY) -> None:  # noqa: UP045
    """Back to the last good model. The one that serves now is not used again until `planbot models use` names it."""
    with service_records.opened() as records:
        state = records.read()
        serving = _serving(records, state)
        good = registry.last_good(serving, state.choice, records.log(RECORD_READ))
        bad = (*(one for one in (state.choice.bad if state.choice else ()) if one not in (serving, good.name)), serving)
        _choose(records, Choice(good.name, bad), by, f"rollback from {serving} to {good.name}")


@app.command("try")
def try_out(name: Optional[str] = ONE) -> None:  # noqa: UP045
    """Tries a model on the safety set and on plain questions, and keeps the result; 1 when it failed."""
    from bot.cli import training

    model = manifest.path_of(_bare(name)) if name else _newest()
    tried = training.try_out(model)
    typer.echo(f"{manifest.name_of(model)} {trial.in_words(tried)}")
    raise typer.Exit(0 if tried.passed else 1)


@app.command()
def sign(name: str = NAME) -> None:
    """Vouches for a model that you know was trained here: writes its manifest, signed where there is a key. Try it afterwards."""
    from bot.models import making
    from bot.paths import LANGUAGE_PACKAGE

    model = manifest.path_of(_bare(name))
    made = making.sign(model, LANGUAGE_PACKAGE)
    typer.echo(f"{made.name}: manifest written, {'signed' if made.signature else 'not signed, since there is no key'}.")
    typer.echo(f"Try it now: planbot models try {made.name}")


def report(records: ServiceRecords) -> list[str]:
    """The lines of `planbot models`."""
    listed, state, workers = registry.models(), records.read(), records.workers()
    bad = set(state.choice.bad) if state.choice else set()
    if not listed:
        return ["There is no model here: `planbot train` makes one."]
    lines = []
    for model in listed:
        serving = sum(worker.model == model.name for worker in workers)
        words = [
            f"made {model.manifest.made[:16].replace('T', ' ')} UTC" if model.manifest else "",
            "good" if not model.problem and model.name not in bad else "",
            "rolled back from" if model.name in bad else "",
            "chosen" if state.choice and state.choice.model == model.name else "",
            f"served by {serving} of {len(workers)} workers" if serving else "",
        ]
        lines.append(f"{model.name}  {', '.join(word for word in words if word)}".rstrip())
        if model.manifest and model.manifest.tried:
            lines.append(f"    trial {trial.in_words(model.manifest.tried)}")
        if model.problem:
            lines.append(f"    may not serve: {model.problem}")
    return lines


def _choose(records: ServiceRecords, choice: Choice, by: str | None, what: str) -> None:
    number = records.decide(MODEL, choice, switch.operator(by), what)
    typer.secho(f"{choice.model} is to serve.", bold=True)
    if not records.workers():
        typer.echo("No server runs just now; it holds when one starts, unless a model is trained later.")
        return
    typer.echo("Servers load it while the old one answers (about 20 s) ...")
    done, late = service_records.wait_for(
        records, lambda worker: worker.heard >= number and worker.model == choice.model, CHANGE_SECONDS
    )
    typer.echo(f"{len(done)} of {len(done) + len(late)} workers serve it.")
    for worker in late:
        typer.secho(f"{worker.name} serves {worker.model}: {worker.trouble or 'it has not changed over yet'}", fg="red")
    if late:
        raise typer.Exit(1)


def _serving(records: ServiceRecords, state: ServiceState) -> str:
    """The model that serves now: what most workers say, or was chosen, or else the newest."""
    served = [worker.model for worker in records.workers() if worker.model]
    if served:
        return max(sorted(set(served)), key=served.count)
    return state.choice.model if state.choice else manifest.name_of(_newest())


def _newest() -> Path:
    listed = registry.models()
    if not listed:
        raise ModelRefusedError("(newest)", "there is none on this machine. `planbot train` makes one")
    return listed[0].path


def _bare(name: str) -> str:
    """The name, also where somebody has typed the file's."""
    return Path(name).name.removesuffix(manifest.SUFFIX)
