"""What the project runs on is in its history: a rule for made files that also hides a source is found here, not on the next machine."""

import shutil
import subprocess

import pytest

from bot.paths import ROOT

MADE = ("__pycache__/", ".pyc", ".egg-info")


def test_no_source_is_ignored():
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs git and a clone: nothing is ignored outside one")
    listed = subprocess.run(
        [
            "git",
            "ls-files",
            "--others",
            "--ignored",
            "--exclude-standard",
            "bot",
            "actions",
            "tests",
            "data",
            "content",
            "docs",
            "benchmarks",
            "deploy",
            "tools",
            "web",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout.splitlines()
    assert [path for path in listed if not any(mark in path for mark in MADE)] == []
