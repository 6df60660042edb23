"""Several workers of a server are one in its metrics; what a dead one had in hand is forgotten, and what it counted stays."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.operations import multiprocess
from bot.paths import ROOT

WORKER = """
import sys
from bot.operations import metrics
metrics.ANSWERS.labels("web", "none", "answered").inc(2)
metrics.TURNS.labels("answering").inc()
metrics.OFF.set(0)
metrics.model.is_now("plan-one")
print("there", flush=True)
sys.stdin.readline()
"""
READ = "from bot.operations import routes, metrics; print(routes.text().decode())"


def test_workers_are_added_up(tmp_path: Path) -> None:
    env = {**os.environ, multiprocess.VARIABLE: str(tmp_path)}
    workers = [
        subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]  # fmt: skip
    try:
        for worker in workers:
            assert worker.stdout and worker.stdout.readline() == "there\n"

        def read() -> list[str]:
            done = subprocess.run(
                [sys.executable, "-c", READ], cwd=ROOT, env=env, capture_output=True, text=True, timeout=60
            )
            return done.stdout.splitlines()

        counted = 'plan_answers_total{channel="web",intent="none",status="answered"} 4.0'
        both = read()
        assert counted in both
        assert 'plan_turns{state="answering"} 2.0' in both
        assert 'plan_model_info{model="plan-one"} 2.0' in both and "plan_up 2.0" in both
        workers[0].kill()
        workers[0].wait(10)
        one = read()
        assert counted in one
        assert 'plan_turns{state="answering"} 1.0' in one and "plan_up 1.0" in one
    finally:
        for worker in workers:
            worker.kill()
            worker.communicate(timeout=10)


def test_a_server_has_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(multiprocess.VARIABLE, str(tmp_path))
    multiprocess.use_own("actions-5055")
    assert multiprocess.folder() == tmp_path / "actions-5055"
    assert (tmp_path / "actions-5055").is_dir()
    monkeypatch.setenv(multiprocess.VARIABLE, "")
    multiprocess.use_own("actions-5055")
    assert multiprocess.folder() is None


def test_a_new_folder_is_empty_and_another_each_time() -> None:
    first, second = multiprocess.new_folder(), multiprocess.new_folder()
    assert first != second and list(first.iterdir()) == []
    first.rmdir()
    second.rmdir()
