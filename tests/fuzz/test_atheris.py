"""A short run of each target, led by the branches that its inputs reach. Longer ones: `python -m tests.fuzz guard --seconds 600`."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.paths import ROOT
from tests.fuzz import targets

RUNS = {
    "guard": 1_500, "choices": 3_000, "figures": 400, "render": 400, "web": 2_000, "channels": 1_500, "content": 1_000,
    "models": 800, "http": 300,
}  # fmt: skip
SEED = 2026
MOST_SECONDS = 600

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris is not installed: it runs on Linux only"
)


def run(target: str, folder: Path, *options: str, runs: int) -> subprocess.CompletedProcess[str]:
    """In a process of its own, since atheris ends the one that it runs in."""
    command = [sys.executable, "-m", "tests.fuzz", target, "--runs", str(runs), "--seed", str(SEED)]
    return subprocess.run(
        [*command, "--folder", str(folder), *options], cwd=ROOT, capture_output=True, text=True, errors="replace",
        timeout=MOST_SECONDS, env={**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"},
    )  # fmt: skip


@pytest.mark.parametrize("target", targets.TARGETS)
def test_nothing_is_found(target: str, tmp_path: Path) -> None:
    done = run(target, tmp_path, runs=RUNS[target])
    assert done.returncode == 0, done.stderr[-3_000:]
    executed = re.search(r"number_of_executed_units: (\d+)", done.stderr)
    assert executed and int(executed[1]) >= RUNS[target]
    covered = [int(n) for n in re.findall(r"cov: (\d+)", done.stderr)]
    assert covered and covered[-1] > 5, "the fuzzer does not see the code's branches"


def test_what_is_found_is_kept(tmp_path: Path) -> None:
    """The same machinery with a target that is wrong: a run that can find nothing would prove nothing."""
    script = (
        "import sys; from tests.fuzz import __main__, seeds, targets\n"
        "def wrong(data):\n"
        "    assert b'b' not in data\n"
        "targets.TARGETS['guard'] = lambda: wrong\n"
        "seeds.SEEDS['guard'] = [b'ac']\n"
        f"sys.argv = ['fuzz', 'guard', '--runs', '20000', '--seed', '1', '--folder', {str(tmp_path)!r}]\n"
        "__main__.main()"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=MOST_SECONDS)
    assert done.returncode != 0
    kept = [path for path in tmp_path.iterdir() if path.is_file() and re.fullmatch("guard-[0-9a-f]{16}", path.name)]
    assert len(kept) == 1 and b"b" in kept[0].read_bytes()
