"""`planbot off`, `on`, `notice`, `status` and `models`, as an operator types them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import models, service_records, switch
from bot.cli.main import app
from bot.errors import ModelRefusedError, PlanError, ServiceStateError, SetupError
from bot.models import making, manifest
from bot.models.manifest import Trial
from bot.operations.records import Line, Worker
from bot.operations.state import ServiceState
from tests.unit.models.conftest import archive

GOOD = Trial("2026-11-28T12:00:00+00:00", passed=True, caught=1.0, false_alarms=0.0, understood=1.0)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database and a folder of models of its own; nobody waits long."""
    monkeypatch.setenv("TRACKER_DB", str(tmp_path / "kept.db"))
    monkeypatch.setenv("PLAN_MODELS", str(tmp_path / "models"))
    monkeypatch.delenv("PLAN_MODEL_KEY", raising=False)
    monkeypatch.setattr(switch, "HEARD_SECONDS", 0.3)
    monkeypatch.setattr(models, "CHANGE_SECONDS", 0.3)
    (tmp_path / "models").mkdir()
    return tmp_path


def planbot(*words: str) -> Result:
    """What came of a command that was let through."""
    result = CliRunner().invoke(app, list(words), catch_exceptions=True)
    if isinstance(result.exception, PlanError):
        raise result.exception
    return result


def kept() -> tuple[ServiceState, list[Line]]:
    with service_records.opened() as records:
        return records.read(), records.log(100)


def worker(heard: int, model: str = "plan-a", name: str = "here:1", trouble: str = "") -> None:
    with service_records.opened() as records:
        records.tell(Worker(name, time.time(), heard, model, trouble))


def model(folder: Path, name: str, hour: int, tried: Trial | None = GOOD) -> Path:
    path = archive(folder / "models" / f"{name}.tar.gz")
    language = folder / "language"
    language.mkdir(exist_ok=True)
    made = replace(making.new(path, language, "", []), made=f"2026-11-28T{hour:02}:00:00+00:00", tried=tried)
    manifest.write(path, made)
    return path


def test_off_and_on() -> None:
    said = planbot("off", "--message", "We are repairing it.", "--until", "2090-01-01 18:00", "--by", "anna")
    assert "OFF until 1 January 2090 at 18:00" in said.stdout
    assert "No server runs" in said.stdout
    off = kept()[0].off_now()
    assert off and off.message == "We are repairing it."
    assert "OFF" in planbot("status").stdout
    assert "ON" in planbot("on", "--by", "ben").stdout
    state, log = kept()
    assert state.off is None
    assert [(line.by, line.what) for line in log] == [
        ("anna", 'off: "We are repairing it.", until 1 January 2090 at 18:00'), ("ben", "on"),
    ]  # fmt: skip


def test_off_without_words_has_the_usual_ones() -> None:
    planbot("off", "--by", "anna")
    off = kept()[0].off_now()
    assert off and (off.message, off.until) == ("", None)


@pytest.mark.parametrize(
    "words",
    [("off", "--message", "<b>We are away</b>"), ("off", "--until", "yesterday"), ("off", "--by", "x" * 80),
     ("notice", "--message", "Work on Sunday."), ("notice", "--until", "18:00"), ("notice",),
     ("notice", "--clear", "--message", "Work on Sunday.")],
)  # fmt: skip
def test_what_is_wrong_decides_nothing(words: tuple[str, ...]) -> None:
    with pytest.raises(SetupError):
        planbot(*words)
    assert kept() == (ServiceState(), [])


def test_notice_and_its_end() -> None:
    assert "Announced" in planbot("notice", "--message", "Work on Sunday.", "--until", "23:59", "--by", "anna").stdout
    found = kept()[0].notice_now()
    assert found and found[1].message == "Work on Sunday."
    assert "Work on Sunday." in planbot("status").stdout
    planbot("notice", "--clear", "--by", "anna")
    assert kept()[0].notice is None


def test_workers_that_have_heard_are_counted() -> None:
    worker(1)
    worker(0, name="there:2")
    said = planbot("off", "--by", "anna").stdout
    assert "1 of 2 workers have heard it" in said
    assert "Not yet: there:2" in said
    assert "there:2 serves plan-a; HAS NOT HEARD" in planbot("status").stdout


def test_database_that_is_gone_is_said_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DB", "postgresql://someone:hidden-word@127.0.0.1:9/none")
    with pytest.raises(ServiceStateError, match="does not answer") as caught:
        planbot("off", "--by", "anna")
    assert "hidden-word" not in str(caught.value)
    assert service_records.models_in_use() == set()


def test_models_are_listed(here: Path) -> None:
    assert "planbot train" in planbot("models").stdout
    model(here, "plan-a", 8)
    model(here, "plan-b", 9, None)
    worker(0)
    said = planbot("models").stdout
    assert "plan-a  made 2026-11-28 08:00 UTC, good, served by 1 of 1 workers" in said
    assert "may not serve: it was never tried" in said


@contextmanager
def obedient(name: str = "here:1") -> Iterator[None]:
    """A worker that does what was decided, a moment later."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(0.05):
            state = kept()[0]
            worker(state.number, state.choice.model if state.choice else "plan-b", name)

    worker(0, "plan-b", name)
    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_rollback_and_back_again(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "CHANGE_SECONDS", 20.0)
    model(here, "plan-a", 8)
    model(here, "plan-b", 9)
    with obedient():
        said = planbot("models", "rollback", "--by", "anna")
        assert (said.exit_code, "1 of 1 workers serve it" in said.stdout) == (0, True)
        choice = kept()[0].choice
        assert choice and (choice.model, choice.bad) == ("plan-a", ("plan-b",))
        assert "plan-b  made 2026-11-28 09:00 UTC, rolled back from" in planbot("models").stdout
        with pytest.raises(ModelRefusedError, match="no other good model"):
            planbot("models", "rollback", "--by", "anna")
        assert planbot("models", "use", "plan-b.tar.gz", "--by", "anna").exit_code == 0
    choice = kept()[0].choice
    assert choice and (choice.model, choice.bad) == ("plan-b", ())
    assert [line.what for line in kept()[1]] == ["rollback from plan-b to plan-a", "use plan-b"]
    assert service_records.models_in_use() == {"plan-b"}


def test_worker_that_cannot_change_over_is_named(here: Path) -> None:
    model(here, "plan-a", 8)
    worker(0, "plan-b", trouble="there is no such model on this machine")
    said = planbot("models", "use", "plan-a", "--by", "anna")
    assert said.exit_code == 1
    assert "here:1 serves plan-b: there is no such model" in said.stdout


@pytest.mark.parametrize("tried", [None, replace(GOOD, passed=False)])
def test_model_that_has_not_passed_is_used_only_anyway(here: Path, tried: Trial | None) -> None:
    model(here, "plan-a", 8, tried)
    with pytest.raises(ModelRefusedError):
        planbot("models", "use", "plan-a", "--by", "anna")
    assert kept()[0].choice is None
    planbot("models", "use", "plan-a", "--anyway", "--by", "anna")
    choice = kept()[0].choice
    assert choice and choice.anyway


@pytest.mark.parametrize("name", ["plan-x", "../../etc/passwd", ""])
def test_model_that_is_not_there(name: str) -> None:
    for command in ("use", "sign", "try"):
        with pytest.raises(ModelRefusedError, match="no such model|there is none"):
            planbot("models", command, name)


def test_signing(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = model(here, "plan-a", 8)
    monkeypatch.setenv("PLAN_MODEL_KEY", "a key of the tests, long enough for it")
    assert "not signed with this" in planbot("models").stdout
    assert "manifest written, signed" in planbot("models", "sign", "plan-a").stdout
    assert manifest.read(path).tried is None
