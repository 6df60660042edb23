"""With PLAN_LEAN=1 there is no TensorFlow in the process, and every message is understood as it is with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.cli import probe, servers, training
from bot.lean.imports import VARIABLE
from bot.paths import DEVELOPMENT_SET, ROOT

SECONDS = 400
TEXTS = 400
SETS = ("development.jsonl", "safety.jsonl", "languages.jsonl", "service_details.jsonl")


def texts() -> list[str]:
    """Some of every set, spread over the whole of it."""
    every: list[str] = []
    for name in SETS:
        rows = [json.loads(line) for line in (DEVELOPMENT_SET / name).read_text(encoding="utf-8").splitlines()]
        found = [" ".join(row["text"].split()) for row in rows if row["text"].strip()]
        every += found[:: max(1, len(found) * len(SETS) // TEXTS)]
    return every


def process(what: str, lean: str, lines: list[str] | None = None) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-m", "tests.ops.lean_process", what],
        input="\n".join(lines or []), capture_output=True, text=True, cwd=ROOT, timeout=SECONDS,
        env={**os.environ, VARIABLE: lean, "OMP_NUM_THREADS": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def libraries() -> dict[str, Any]:
    """What a process without TensorFlow finds of its libraries."""
    return process("libraries", "1")


def test_tensorflow_is_absent_for_who_asks(libraries: dict[str, Any]) -> None:
    assert libraries["loaded"] is False
    assert not libraries["mapped"]
    found = libraries["found"]
    assert found["thinc_has_tensorflow"] is False
    for asked in ("import_tensorflow", "find_tensorflow"):
        assert found[asked].startswith("KeptOutError ")
        assert "ModuleNotFoundError" in found[asked]


def test_other_libraries_work(libraries: dict[str, Any]) -> None:
    found = libraries["found"]
    assert (found["dask_adds"], found["joblib_adds"], found["sklearn_counts"]) == (3, 3, 0)


def test_rasa_is_whole_but_for_what_needs_tensorflow(libraries: dict[str, Any]) -> None:
    found = libraries["found"]
    assert {"DIETClassifier", "TEDPolicy", "SpacyNLP", "RulePolicy"} <= set(found["components"])
    assert found["registered"] == ["SpacyNLP", "RulePolicy"]
    assert found["same_message_class"] is True


def test_a_real_use_is_refused(libraries: dict[str, Any]) -> None:
    assert libraries["found"]["use_diet"].startswith("KeptOutError ")
    assert "KeptOutError" in libraries["found"]["mongo"]


def test_a_database_that_does_not_answer_is_told_as_ever(libraries: dict[str, Any]) -> None:
    assert libraries["found"]["no_database"].startswith("ConnectionException ")


def test_every_message_is_understood_the_same_both_ways() -> None:
    training.ensure_model()
    asked = texts()
    assert len(asked) > 300
    lean, full = process("parse", "1", asked), process("parse", "0", asked)
    assert (lean["loaded"], full["loaded"]) == (False, True)
    assert not lean["mapped"]
    assert full["mapped"] in (True, None)
    assert len(lean["found"]) == len(full["found"]) == len(asked)
    for one, other in zip(lean["found"], full["found"], strict=True):
        assert_same(one, other, one.get("text", "?"))


def assert_same(one: Any, other: Any, where: str) -> None:
    """Equal all through; numbers to a millionth."""
    if isinstance(one, float) and isinstance(other, float):
        assert abs(one - other) <= 1e-6, where
    elif isinstance(one, dict) and isinstance(other, dict):
        assert one.keys() == other.keys(), where
        for key in one.keys() - {"message_id"}:
            assert_same(one[key], other[key], f"{where}: {key}")
    elif isinstance(one, list) and isinstance(other, list):
        assert len(one) == len(other), where
        for left, right in zip(one, other, strict=True):
            assert_same(left, right, where)
    else:
        assert one == other, where


def test_a_server_answers_without_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "1")
    model, port = training.ensure_model(), servers.free_port()
    with servers.Servers(model, port, servers.free_port(), tmp_path / "talk.db", tmp_path / "log") as running:
        probe.wait_until_ready(port, running.dead, SECONDS)
        maps = Path(f"/proc/{running.processes['Rasa server'].pid}/maps")
        if not maps.exists():
            pytest.skip("this system does not tell what a process has loaded")
        assert "onnxruntime" in maps.read_text()
        assert "tensorflow" not in maps.read_text()


def test_a_wrong_value_is_one_clear_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.server", "--model", "models/none.tar.gz"],
        capture_output=True, text=True, cwd=ROOT, timeout=SECONDS, env={**os.environ, VARIABLE: "maybe"},
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.strip() == "bot.server: PLAN_LEAN=maybe is neither 1 nor 0: correct it, or unset it."
