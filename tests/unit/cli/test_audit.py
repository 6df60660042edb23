"""What pip-audit says against what was looked at; nothing here asks a network."""

from __future__ import annotations

import copy
import json
import subprocess
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from bot.cli import audit, checks
from bot.cli.audit import AdvisoryFile, NotCheckedError, Result
from bot.errors import ContentError

# as pip-audit 2.10.1 writes it (--format json --desc off)
REPORT: dict[str, Any] = {
    "dependencies": [
        {
            "name": "keras",
            "version": "2.12.0",
            "vulns": [
                {"id": "CVE-2024-3660", "fix_versions": ["2.13.1rc0"], "aliases": ["GHSA-x4wf-678h-2pmq"]},
                {"id": "GHSA-cjgq-5qmw-rcj6", "fix_versions": [], "aliases": ["CVE-2024-55459"]},
            ],
        },
        {"name": "click", "version": "8.1.8", "vulns": []},
    ],
    "fixes": [],
}
KNOWN = AdvisoryFile.parse_obj(
    {
        "looked_at": "2026-11-28",
        "how": "by hand",
        "packages": {
            "keras": {
                "version": "2.12.0",
                "why": "Somebody asks for it.",
                "accepted": [
                    {
                        "reason": "Nothing here loads such a file.",
                        "advisories": [
                            {"id": "GHSA-x4wf-678h-2pmq", "also": ["CVE-2024-3660"]},
                            {"id": "GHSA-cjgq-5qmw-rcj6"},
                        ],
                    }
                ],
            }
        },
    }
)
FRESH = {"id": "GHSA-2222-3333-4444", "fix_versions": ["9.0"], "aliases": ["CVE-2026-99999"]}
Change = Callable[[dict[str, Any]], None]


def changed(change: Change) -> dict[str, Any]:
    report = copy.deepcopy(REPORT)
    change(report)
    return report


def test_accepted_ones_pass_under_any_of_their_names() -> None:
    assert audit.compare(REPORT, KNOWN) == Result([], [], [])


def test_a_new_one_is_a_problem() -> None:
    result = audit.compare(changed(lambda r: r["dependencies"][1]["vulns"].append(FRESH)), KNOWN)
    assert result == Result(["GHSA-2222-3333-4444: click 8.1.8, mended in 9.0"], [], [])
    assert "new: GHSA-2222-3333-4444" in next(iter(audit.lines(result)))


def test_one_that_is_gone_is_said() -> None:
    result = audit.compare(changed(lambda r: r["dependencies"][0]["vulns"].pop()), KNOWN)
    assert result == Result([], ["GHSA-cjgq-5qmw-rcj6"], [])
    assert "take it out" in next(iter(audit.lines(result)))


def test_a_package_that_was_not_asked_for_is_neither_good_nor_gone() -> None:
    skipped = {"name": "keras", "skip_reason": "Dependency not found on PyPI and could not be audited: keras (2.12.0)"}
    result = audit.compare(changed(lambda r: r["dependencies"].__setitem__(0, skipped)), KNOWN)
    assert result == Result([], [], ["keras"])
    assert "not checked" in next(iter(audit.lines(result)))


def test_a_pin_that_moved_is_said(tmp_path: Path) -> None:
    lock = tmp_path / "requirements.lock"
    lock.write_text("keras==2.12.0 ; sys_platform == 'linux' \\\n    --hash=sha256:00\n", encoding="utf-8")
    assert audit.pins_that_moved(KNOWN, lock) == []
    lock.write_text("keras==2.13.1 \\\n", encoding="utf-8")
    assert audit.pins_that_moved(KNOWN, lock) == ["keras: the list speaks of 2.12.0, and 2.13.1 is pinned"]
    lock.write_text("tf-keras==2.12.0\n", encoding="utf-8")
    assert "no version is pinned" in audit.pins_that_moved(KNOWN, lock)[0]


def test_our_own_list() -> None:
    known = audit.accepted()
    assert audit.pins_that_moved(known) == []
    names = [name for every in known.names().values() for name in every]
    assert len(names) == len(set(names)), "an advisory stands there twice"
    assert len(known.names()) == sum(len(g.advisories) for p in known.packages.values() for g in p.accepted)


@pytest.mark.parametrize(
    ("old", "new"),
    [("GHSA-x4wf-678h-2pmq", "GHSA-none"), ("looked_at: 2026", "looked: 2026"), ("reason: >-", "because: >-")],
)
def test_a_list_that_is_wrong_names_its_line(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / "advisories.yml"
    text = audit.ADVISORIES.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError):
        audit.accepted(path)


class Service:
    """An advisory service on this machine: `answer` is what it says to everything."""

    def __init__(self) -> None:
        self.answer: tuple[int, Any] = (200, {})
        self.asked = 0
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                service.asked += 1
                status, told = service.answer
                body = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    running = Service()
    monkeypatch.setattr(audit, "SERVICES", {"pypi": running.url, "osv": running.url})
    yield running
    running.server.shutdown()
    running.server.server_close()


def played_pip_audit(monkeypatch: pytest.MonkeyPatch, output: str | Exception) -> list[list[str]]:
    """pip-audit that writes this; the commands that it is started with."""
    commands: list[list[str]] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        commands.append(command)
        if isinstance(output, Exception):
            raise output
        return subprocess.CompletedProcess(command, 1, output, "")

    monkeypatch.setattr(audit.subprocess, "run", run)
    return commands


@pytest.mark.parametrize(("name", "field"), [("pypi", "vulnerabilities"), ("osv", "vulns")])
def test_the_service_that_knows_something_is_asked(
    service: Service, monkeypatch: pytest.MonkeyPatch, name: str, field: str
) -> None:
    commands = played_pip_audit(monkeypatch, json.dumps(REPORT))
    service.answer = (200, {field: [{"id": "x"}]})
    assert audit.ask(KNOWN) == REPORT
    (command,) = commands
    assert command[command.index("--vulnerability-service") + 1] == name
    assert audit.PIP_AUDIT in command and str(audit.LOCK) in command


@pytest.mark.parametrize(
    "answer", [(404, {}), (200, {}), (200, {"vulnerabilities": []}), (200, []), (200, b"<html>"), (500, {}), (200, b"")]
)
def test_a_service_that_knows_nothing_leaves_it_unchecked(
    service: Service, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, Any]
) -> None:
    """As a mirror of packages does, of which pip-audit says that nothing is wrong."""
    commands = played_pip_audit(monkeypatch, json.dumps(REPORT))
    service.answer = answer
    with pytest.raises(NotCheckedError):
        audit.ask(KNOWN)
    assert (commands, service.asked) == ([], 2)


@pytest.mark.parametrize(
    "output", ["", "{}", "[]", "null", '{"dependencies": []}', OSError("no uv"), subprocess.TimeoutExpired("uv", 60)]
)
def test_pip_audit_that_does_not_answer_leaves_it_unchecked(
    service: Service, monkeypatch: pytest.MonkeyPatch, output: str | Exception
) -> None:
    played_pip_audit(monkeypatch, output)
    service.answer = (200, {"vulnerabilities": [{"id": "x"}]})
    with pytest.raises(NotCheckedError):
        audit.ask(KNOWN)


def test_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "SERVICES", {"pypi": "http://127.0.0.1:9"})
    with pytest.raises(NotCheckedError, match="ConnectError"):
        audit.ask(KNOWN)


@pytest.mark.parametrize(
    ("report", "code", "said"),
    [
        (REPORT, 0, ""),
        (changed(lambda r: r["dependencies"][1]["vulns"].append(FRESH)), 1, "new: GHSA-2222-3333-4444"),
        (changed(lambda r: r["dependencies"][0]["vulns"].pop()), 0, "gone: GHSA-cjgq-5qmw-rcj6"),
        (
            changed(lambda r: r["dependencies"].append({"name": "odd", "skip_reason": "no such package"})),
            checks.NOT_CHECKED,
            "not checked, because the service does not know them: odd",
        ),
        (NotCheckedError("there is no network"), checks.NOT_CHECKED, "not checked: there is no network. Last looked at on 2026-11-28."),
    ],
)  # fmt: skip
def test_what_make_check_says(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], report: Any, code: int, said: str
) -> None:
    def ask(_: AdvisoryFile) -> dict[str, Any]:
        if isinstance(report, Exception):
            raise report
        return report

    monkeypatch.setattr(audit, "accepted", lambda: KNOWN)
    monkeypatch.setattr(audit, "ask", ask)
    assert checks._advisories() == code
    assert said in capsys.readouterr().out
