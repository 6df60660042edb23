"""`planbot off`, `on`, `notice` and `status`: what an operator decides holds within a second on all workers, and is recorded."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import typer

from bot.cli import service_records
from bot.clock import LONDON
from bot.errors import SetupError
from bot.operations import switch
from bot.operations.records import Line, ServiceRecords, Worker
from bot.operations.state import MODEL, NOTICE, OFF, Decision, ServiceState, Value

HEARD_SECONDS = 4.0
LINES_SHOWN = 10

Say = Callable[[str], None]


def off(message: str | None, until: str | None, by: str | None) -> None:
    """Turns the assistant off. Raises SetupError for wrong words or times, ServiceStateError without a database."""
    wanted = switch.off_of(message, until)
    told = f'off: "{wanted.message or "(the usual text)"}"' + (
        f", until {switch.spelt(wanted.until)}" if wanted.until else ""
    )
    _decide(
        OFF,
        wanted,
        by,
        told,
        "The assistant is OFF" + (f" until {switch.spelt(wanted.until)}." if wanted.until else "."),
    )


def on(by: str | None) -> None:
    """Turns it on again."""
    _decide(OFF, None, by, "on", "The assistant is ON.")


def notice(message: str | None, since: str | None, until: str | None, clear: bool, by: str | None) -> None:
    """Announces something, or takes back what was announced."""
    if clear:
        if message or since or until:
            raise SetupError("--clear goes alone: it takes the notice back.")
        return _decide(NOTICE, None, by, "notice taken back", "Nothing is announced any more.")
    if not message or not until:
        raise SetupError(
            'A notice needs --message "..." and --until "2026-12-06 08:00"; --from is now when it is left out.'
        )
    wanted = switch.notice_of(message, since, until)
    span = f"from {switch.spelt(wanted.since)} until {switch.spelt(wanted.until)}"
    return _decide(NOTICE, wanted, by, f'notice: "{wanted.message}", {span}', f"Announced {span}.")


def _decide(name: str, value: Value | None, by: str | None, what: str, said: str) -> None:
    who = switch.operator(by)
    with service_records.opened() as records:
        number = records.decide(name, value, who, what)
        typer.secho(said, bold=True)
        # it is in the database now: whoever starts later finds it
        heard, late = service_records.wait_for(records, lambda worker: worker.heard >= number, HEARD_SECONDS)
    if not heard and not late:
        typer.echo("No server runs just now; it holds when one starts.")
        return
    typer.echo(f"{len(heard)} of {len(heard) + len(late)} workers have heard it.")
    if late:
        typer.secho(
            f"Not yet: {', '.join(worker.name for worker in late)}. Look again with `planbot status`; restart what stays silent.",
            fg="red",
        )


def status() -> None:
    """Says what holds, who decided it, which workers are up, and the last lines of the record."""
    with service_records.opened() as records:
        for line in report(records):
            typer.echo(line)


def report(records: ServiceRecords) -> list[str]:
    """The lines of `planbot status`."""
    state = records.read()
    return [
        *_switch(state),
        *_notice(state),
        *_model(state),
        *_workers(state, records.workers()),
        *_record(records.log(LINES_SHOWN)),
    ]


def _switch(state: ServiceState) -> list[str]:
    off, decision = state.off_now(), state.decision(OFF)
    if off is None:
        ended = " again: its time off is over" if state.off else ""
        return [f"The assistant is ON{ended}."]
    until = f", until {switch.spelt(off.until)}" if off.until else ""
    return [
        f"The assistant is OFF{_since(decision)}{until}.",
        f"  message: {off.message or '(the usual text)'}",
    ]


def _notice(state: ServiceState) -> list[str]:
    if not state.notice:
        return []
    shown = "Shown now" if state.notice_now() else "Not shown now"
    span = f"from {switch.spelt(state.notice.since)} until {switch.spelt(state.notice.until)}"
    return [
        f"{shown}: a notice, {span}{_since(state.decision(NOTICE), 'decided at')}.",
        f"  notice: {state.notice.message}",
    ]


def _model(state: ServiceState) -> list[str]:
    return [f"The model {state.choice.model} was chosen{_since(state.decision(MODEL), 'at')}."] if state.choice else []


def _workers(state: ServiceState, workers: list[Worker]) -> list[str]:
    if not workers:
        return ["No worker is up."]
    return [f"Workers that are up: {len(workers)}.", *(f"  {_worker(state, worker)}" for worker in workers)]


def _worker(state: ServiceState, worker: Worker) -> str:
    late = "" if worker.heard >= state.number else "; HAS NOT HEARD the last decision"
    trouble = f"; {worker.trouble}" if worker.trouble else ""
    return f"{worker.name} serves {worker.model or 'nothing'}{late}{trouble}"


def _record(lines: list[Line]) -> list[str]:
    if not lines:
        return ["Nothing has been decided yet."]
    return ["The record, newest last:", *(f"  {_moment(line.at)}  {line.by}: {line.what}" for line in lines)]


def _since(decision: Decision | None, word: str = "since") -> str:
    return f" {word} {_moment(decision.at)} (by {decision.by})" if decision else ""


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, LONDON):%Y-%m-%d %H:%M:%S}"
