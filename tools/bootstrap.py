"""Sets up this checkout from any Python 3.9 or newer: uv in .uv/, the locked environment in .venv/.

Needs only the standard library. Every failure is one line that says what to do.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

UV_VERSION = "0.13.9"
ROOT = Path(__file__).resolve().parent.parent
UV_FOLDER = ROOT / ".uv"
ENVIRONMENT = ROOT / ".venv"
ROOM_NEEDED_MB = 4000


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def stop(line: str) -> None:
    say(f"setup: {line}")
    raise SystemExit(1)


def run(command: list, on_failure: str) -> None:
    if subprocess.run(command, cwd=ROOT).returncode:
        stop(on_failure)


def uv() -> Path:
    """The uv of this project, installed now if it is not there."""
    for place in (UV_FOLDER / "bin" / "uv", UV_FOLDER / "Scripts" / "uv.exe"):
        if place.exists():
            return place
    say(f"1 of 3: getting uv {UV_VERSION} ...")
    offline = "uv could not be installed: is there a network? Then run the same command again."
    # a system Python may come without venv or without pip, seldom without both
    made = subprocess.run([sys.executable, "-m", "venv", str(UV_FOLDER)], capture_output=True)
    if made.returncode == 0:
        run([str(UV_FOLDER / "bin" / "python"), "-m", "pip", "install", "--quiet", f"uv=={UV_VERSION}"], offline)
    else:
        shutil.rmtree(UV_FOLDER, ignore_errors=True)
        probe = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True)
        if probe.returncode:
            stop(
                "this Python has neither venv nor pip: install python3-venv, or name another (make PYTHON=/path/to/python3)."
            )
        run(
            [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(UV_FOLDER), f"uv=={UV_VERSION}"],
            offline,
        )
    return UV_FOLDER / "bin" / "uv"


def main() -> None:
    if sys.version_info < (3, 9):
        stop(
            f"Python 3.9 or newer is needed to set up (this is {sys.version.split()[0]}): make PYTHON=/path/to/python3"
        )
    free = shutil.disk_usage(ROOT).free // 2**20
    if free < ROOM_NEEDED_MB and not ENVIRONMENT.exists():
        stop(f"the disk has {free} MB free and {ROOM_NEEDED_MB} are needed: make room and run the same command again.")
    tool = str(uv())
    if not (ENVIRONMENT / "bin" / "python").exists():
        say("2 of 3: making the environment with Python 3.10 ...")
        run(
            [tool, "venv", "--quiet", "--python", "3.10", str(ENVIRONMENT)],
            "no Python 3.10 was found or could be fetched: install one, then run the same command again.",
        )
    say("3 of 3: installing the locked packages (some minutes the first time) ...")
    python = ["--python", str(ENVIRONMENT)]
    run(
        [tool, "pip", "sync", *python, "--require-hashes", "requirements.lock"],
        "the packages could not be installed: the lines above say why (network? disk?). Then run the same command again.",
    )
    run(
        [tool, "pip", "install", "--quiet", *python, "--no-deps", "--editable", "."],
        "the project itself could not be installed: the lines above say why.",
    )
    (ENVIRONMENT / ".ready").touch()


if __name__ == "__main__":
    main()
