"""The first command of the README works on a clean clone, and says one clear line when it cannot."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.paths import ROOT

SETUP_SECONDS = 900


def clone(to: Path) -> Path:
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(to)], check=True)
    return to


def make(folder: Path, *arguments: str, **variables: str) -> subprocess.CompletedProcess:
    env = {k: v for k, v in os.environ.items() if not k.startswith(("VIRTUAL_ENV", "PYTHON"))} | variables
    return subprocess.run(
        ["make", *arguments], cwd=folder, env=env, capture_output=True, text=True, timeout=SETUP_SECONDS
    )


@pytest.fixture(scope="module")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so there is nothing to clone")
    folder = clone(tmp_path_factory.mktemp("clone") / "plan")
    result = make(folder, "setup")
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


def test_setup_gives_the_command(fresh: Path) -> None:
    result = subprocess.run([fresh / ".venv/bin/planbot", "--help"], cwd=fresh, capture_output=True, text=True)
    assert result.returncode == 0
    for command in ("run", "shell", "train", "parse", "check"):
        assert command in result.stdout


def test_setup_again_does_nothing(fresh: Path) -> None:
    result = make(fresh, "setup")
    assert result.returncode == 0
    assert "1 of 3" not in result.stderr
    assert "3 of 3" not in result.stderr


def test_setup_leaves_the_tree_clean(fresh: Path) -> None:
    status = subprocess.run(["git", "status", "--porcelain"], cwd=fresh, capture_output=True, text=True, check=True)
    assert status.stdout == ""


def test_help_names_every_target() -> None:
    result = make(ROOT, "help")
    for target in ("run", "shell", "test", "train", "check", "bench"):
        assert target in result.stdout


def test_a_busy_port_is_one_clear_line(fresh: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        result = subprocess.run(
            [fresh / ".venv/bin/planbot", "run", "--port", port], cwd=fresh, capture_output=True, text=True, timeout=120
        )
    assert result.returncode == 1
    assert f"Port {port} is in use or not allowed" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_bad_content_file_is_one_clear_line(fresh: Path) -> None:
    path = fresh / "content" / "labels.yml"
    good = path.read_text(encoding="utf-8")
    try:
        path.write_text(good + "greet: {button: Hi\n", encoding="utf-8")
        result = subprocess.run(
            [fresh / ".venv/bin/planbot", "train"], cwd=fresh, capture_output=True, text=True, timeout=120
        )
    finally:
        path.write_text(good, encoding="utf-8")
    assert result.returncode == 1
    assert "labels.yml, line" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_network_is_one_clear_line(tmp_path: Path) -> None:
    folder = clone(tmp_path / "plan")
    nowhere = "http://127.0.0.1:9/"
    result = make(folder, "setup", f"PYTHON={sys.executable}", PIP_INDEX_URL=nowhere, PIP_EXTRA_INDEX_URL=nowhere,
                  PIP_FIND_LINKS="", PIP_RETRIES="0", PIP_CONFIG_FILE=os.devnull)  # fmt: skip
    assert result.returncode != 0
    assert "is there a network?" in result.stderr
