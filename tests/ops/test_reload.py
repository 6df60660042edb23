"""A real server changes over to another model while people talk to it, and is turned off and on: nobody is lost."""

from __future__ import annotations

import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner

from bot.cli import probe, servers, training
from bot.cli.main import app
from bot.dialogue.message import ANSWER
from bot.models import making, manifest
from bot.models.manifest import Trial
from bot.paths import ROOT

GOOD = Trial("2026-11-28T12:00:00+00:00", passed=True, caught=1.0, false_alarms=0.0, understood=1.0)
TALKERS = 3
READY_SECONDS, ANSWER_SECONDS = 300.0, 60.0
TURNS = (
    ("Who wrote the Plan?", "ask_plan_author"),
    ("tell me more", "ask_plan_author"),
    ("What is MOPAC?", "ask_mopac"),
    ("he is hitting me", "emergency"),
)
"""One conversation, in order: the second answer shows that the first is remembered."""


@dataclass
class Served:
    """A server with two models, `one` and `two`."""

    port: int
    environment: dict[str, str]
    log: Path
    heard: list[tuple[str, list[dict[str, Any]]]] = field(default_factory=list)

    def say(self, sender: str, text: str) -> list[dict[str, Any]]:
        url = f"http://127.0.0.1:{self.port}/webhooks/rest/webhook"
        answer = httpx.post(url, json={"sender": sender, "message": text}, timeout=ANSWER_SECONDS, trust_env=False)
        return answer.json()

    def planbot(self, *words: str) -> str:
        """What an operator reads."""
        result = CliRunner(env=self.environment).invoke(
            app, [*words, "--by", "anna"] if words[0] != "status" else list(words)
        )
        assert result.exit_code == 0, (result.output, result.exception)
        return result.stdout


@pytest.fixture(scope="module")
def served(no_outside: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("reload")
    trained = training.ensure_model()
    (folder / "models").mkdir()
    environment = {
        "PLAN_MODELS": str(folder / "models"), "TRACKER_DB": str(folder / "talk.db"), "PLAN_SECRET": "for-the-tests-only-" * 3,
        "PLAN_MESSAGES_PER_MINUTE": "1000000", "PLAN_MESSAGE_BURST": "1000000",
    }  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        package = manifest.language_of(trained)
        for name, value in environment.items():
            patch.setenv(name, value)
        paths = [manifest.path_of(name) for name in ("plan-one", "plan-two", "plan-broken")]
        for path in paths:
            shutil.copy(trained, path)
            making.new(path, package, "", [])
            making.note(path, GOOD)
        with paths[2].open("r+b") as damaged:
            damaged.seek(1_000)
            damaged.write(b"damaged")
        port, log = servers.free_port(), folder / "log"
        with servers.Servers(paths[0], port, servers.free_port(), folder / "talk.db", log) as both:
            probe.wait_until_ready(port, both.dead, READY_SECONDS)
            yield Served(port, environment, log)


def talk(served: Served, name: str, over: threading.Event) -> None:
    """Has one conversation after the other until it is over."""
    number = 0
    while not over.is_set():
        number += 1
        for text, expected in TURNS:
            try:
                said = served.say(f"{name}-{number}", text)
            except (httpx.HTTPError, ValueError) as error:
                said = [{"text": repr(error)}]
            served.heard.append((expected, said))


def test_nothing_is_lost_while_it_changes_over(served: Served) -> None:
    over = threading.Event()
    talkers = [threading.Thread(target=talk, args=(served, f"talker{n}", over)) for n in range(TALKERS)]
    for thread in talkers:
        thread.start()
    try:
        time.sleep(1)
        assert "1 of 1 workers serve it" in served.planbot("models", "use", "plan-two")
        at_change = len(served.heard)
        assert "1 of 1 workers serve it" in served.planbot("models", "rollback")
        ends = time.monotonic() + ANSWER_SECONDS
        while len(served.heard) < at_change + 3 * TALKERS * len(TURNS) and time.monotonic() < ends:
            time.sleep(0.2)
    finally:
        over.set()
        for thread in talkers:
            thread.join(ANSWER_SECONDS)
    wrong = [
        (expected, said)
        for expected, said in served.heard
        if [m.get(ANSWER, {}).get("name") for m in said] != [expected]
    ]
    assert wrong == []
    assert len(served.heard) > at_change > TALKERS
    serves = served.log.read_text(encoding="utf-8", errors="replace")
    assert serves.count("serves now in place of") == 2


def test_a_damaged_model_changes_nothing(served: Served) -> None:
    result = CliRunner(env=served.environment).invoke(app, ["models", "use", "plan-broken", "--anyway", "--by", "anna"])
    assert "not what its manifest says" in str(result.exception)
    assert "plan-broken" not in served.planbot("status")
    assert served.say("after", "Who wrote the Plan?")[0][ANSWER]["name"] == "ask_plan_author"


def test_off_is_heard_by_a_real_server_and_danger_is_answered(served: Served) -> None:
    served.say("leaving", "Who wrote the Plan?")
    assert "1 of 1 workers have heard it" in served.planbot("off", "--message", "We are repairing the assistant.")
    try:
        names = {
            text: served.say("leaving", text)[0][ANSWER]["name"]
            for text in (
                "Who wrote the Plan?", "he is hitting me", "my stepdad comes into my room at night and touches me", "/emergency",
                "get rid of everything that i typed here please", "!!!",
            )
        }  # fmt: skip
    finally:
        assert "1 of 1 workers have heard it" in served.planbot("on")
    assert list(names.values()) == ["off", "emergency", "disclose_harm", "emergency", "delete_my_data", "off"]
    assert served.say("leaving", "tell me more")[0][ANSWER]["name"] != "ask_plan_author", "it was deleted"
    assert served.say("leaving", "Who wrote the Plan?")[0][ANSWER]["name"] == "ask_plan_author"


def test_no_server_starts_with_a_model_that_is_not_ours(served: Served, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(manifest.path_of("plan-one"), folder)
    kept = tmp_path / "talk.db"
    told = {**served.environment, "PLAN_MODELS": str(folder), "TRACKER_DB": str(kept)}
    command = servers.worker_command(folder / "plan-one.tar.gz", servers.free_port())
    environment = {**servers.environment([servers.free_port()], kept), **told}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=READY_SECONDS)
    assert ended.returncode != 0
    assert "plan-one was refused: it has no manifest" in ended.stderr
    assert "planbot models sign plan-one" in ended.stderr
