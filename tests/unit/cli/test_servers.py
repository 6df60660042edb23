"""The two servers: ports, what they are told, and that a dead one is named."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli import servers
from bot.errors import SetupError


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind((servers.HOST, 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_busy_port_says_what_to_do(busy_port: int) -> None:
    with pytest.raises(SetupError) as caught:
        servers.refuse_busy(busy_port)
    assert str(caught.value) == (
        f"Port {busy_port} is in use or not allowed: stop what runs there, or choose another (make run PORT=5015)."
    )


def test_port_busy_on_every_address_is_refused() -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))
        taken.listen()
        with pytest.raises(SetupError, match="is in use"):
            servers.refuse_busy(taken.getsockname()[1])


def test_free_port_is_not_refused_and_stays_free() -> None:
    port = servers.free_port()
    servers.refuse_busy(port)
    with socket.socket() as other:
        other.bind((servers.HOST, port))


def test_port_freed_again_is_not_refused() -> None:
    with socket.socket() as taken:
        taken.bind((servers.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(SetupError):
            servers.refuse_busy(port)
    servers.refuse_busy(port)


def test_free_port_needs_no_rights() -> None:
    assert 1024 <= servers.free_port() <= 65535


def test_environment_names_action_server_and_database(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACTION_URL", "TRACKER_DB", "RASA_TELEMETRY_ENABLED"):
        monkeypatch.delenv(name, raising=False)
    told = servers.environment([4321], Path("/tmp/talk.db"))
    assert told["ACTION_URL"] == "http://127.0.0.1:4321/webhook"
    assert told["TRACKER_DB"] == "/tmp/talk.db"
    assert told["RASA_TELEMETRY_ENABLED"] == "false"


def test_bytecode_is_kept_elsewhere_where_none_is_wanted_beside_the_sources(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHONPYCACHEPREFIX", raising=False)
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    told = servers.environment([4321], Path("/tmp/talk.db"))
    assert "PYTHONDONTWRITEBYTECODE" not in told
    assert told["PYTHONPYCACHEPREFIX"].endswith("bytecode")
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE")
    assert "PYTHONPYCACHEPREFIX" not in servers.environment([4321], Path("/tmp/talk.db"))


def test_every_action_server_is_named_and_has_the_same_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ACTION_URL", "PLAN_ACTION_SECRET"):
        monkeypatch.delenv(name, raising=False)
    told = servers.environment([4321, 4322], Path("/tmp/talk.db"))
    assert told["ACTION_URL"].split() == ["http://127.0.0.1:4321/webhook", "http://127.0.0.1:4322/webhook"]
    assert len(told["PLAN_ACTION_SECRET"]) >= 32
    assert told["PLAN_ACTION_SECRET"] != servers.environment([4321], Path("/tmp/talk.db"))["PLAN_ACTION_SECRET"]


@pytest.mark.parametrize(("asked", "told", "expected"), [(None, "", 1), (None, "2", 2), (3, "2", 3), (1, "", 1)])
def test_how_many_workers(monkeypatch: pytest.MonkeyPatch, asked: int | None, told: str, expected: int) -> None:
    monkeypatch.setenv("PLAN_WORKERS", told)
    monkeypatch.setenv("PLAN_REDIS", "redis://localhost/0")
    assert servers.workers_wanted(asked) == expected


@pytest.mark.parametrize("wrong", [0, -1, 65])
def test_a_wrong_number_of_workers_is_named(monkeypatch: pytest.MonkeyPatch, wrong: int) -> None:
    monkeypatch.setenv("PLAN_REDIS", "redis://localhost/0")
    with pytest.raises(SetupError, match=str(wrong)):
        servers.workers_wanted(wrong)


def test_several_workers_without_redis_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAN_REDIS", raising=False)
    with pytest.raises(SetupError, match="PLAN_REDIS"):
        servers.workers_wanted(2)


def test_several_workers_share_the_port() -> None:
    many = servers.Servers(Path("model"), 5005, 5055, Path("talk.db"), workers=3)
    assert list(many._commands) == [
        "action server", "action server 2", "Rasa server", "Rasa server 2", "Rasa server 3",
    ]  # fmt: skip
    assert all("--shared" in many._commands[name] for name in many._commands if name.startswith("Rasa"))
    assert "--shared" not in servers.Servers(Path("model"), 5005, 5055, Path("talk.db"))._commands["Rasa server"]


def _stand_in(tmp_path: Path, seconds: float) -> servers.Servers:
    """One process that ends after so many seconds, each time that it is started."""
    one = servers.Servers(Path("model"), 1, 2, tmp_path / "talk.db", tmp_path / "log")
    one._commands = {"Rasa server": [sys.executable, "-S", "-c", f"import time; time.sleep({seconds})"]}
    return one


def test_what_ends_is_started_again(tmp_path: Path) -> None:
    with _stand_in(tmp_path, 60) as one:
        assert one.mend() is None
        first = one.processes["Rasa server"]
        first.kill()
        first.wait(20)
        assert one.mend() == "Rasa server"
        assert one.processes["Rasa server"].pid != first.pid
        assert one.mend() is None


def test_what_does_not_stay_up_is_an_error(tmp_path: Path) -> None:
    with _stand_in(tmp_path, 0) as one:
        for _ in range(servers.MOST_STARTS - 1):
            one.processes["Rasa server"].wait(20)
            assert one.mend() == "Rasa server"
        one.processes["Rasa server"].wait(20)
        with pytest.raises(SetupError, match="does not stay up"):
            one.mend()


@pytest.mark.parametrize("name", ["TRACKER_DB", "OMP_NUM_THREADS", "PLAN_TODAY"])
def test_what_the_operator_has_set_stays(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "set-by-operator")
    assert servers.environment([4321], Path("/tmp/talk.db"))[name] == "set-by-operator"


def test_warnings_stay_silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONWARNINGS", "error")
    assert servers.environment([4321], Path("/tmp/talk.db"))["PYTHONWARNINGS"] == "ignore"


def _both(*seconds: float) -> servers.Servers:
    """Two stand-ins that end after so many seconds."""
    both = servers.Servers(Path("model"), 1, 2, Path("talk.db"))
    for name, length in zip(("action server", "Rasa server"), seconds, strict=True):
        both.processes[name] = subprocess.Popen([sys.executable, "-S", "-c", f"import time; time.sleep({length})"])
    return both


def test_none_is_dead_while_both_run() -> None:
    both = _both(60, 60)
    try:
        assert both.dead() is None
    finally:
        both.__exit__()


@pytest.mark.parametrize(("seconds", "name"), [((0, 60), "action server"), ((60, 0), "Rasa server")])
def test_dead_one_is_named(seconds: tuple[float, float], name: str) -> None:
    both = _both(*seconds)
    try:
        both.processes[name].wait(20)
        assert both.dead() == name
    finally:
        both.__exit__()


def test_leaving_stops_both() -> None:
    both = _both(60, 60)
    both.__exit__()
    assert all(process.poll() is not None for process in both.processes.values())


def test_one_that_does_not_stop_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(servers, "STOP_SECONDS", 0.2)
    stubborn = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
    )
    both = servers.Servers(Path("model"), 1, 2, Path("talk.db"))
    process = subprocess.Popen([sys.executable, "-S", "-c", stubborn], stdout=subprocess.PIPE)
    both.processes["action server"] = process
    assert process.stdout is not None
    with process.stdout as output:
        assert output.readline() == b"up\n"
        both.__exit__()
    assert process.returncode == -9
