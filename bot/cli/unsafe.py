"""bandit over bot/, actions/ and tools/, with the excuses that ruff's rules of the same numbers have already."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bot.paths import ROOT

FOLDERS = ("bot", "actions", "tools")
CONFIG = ROOT / ".bandit.yml"
EXCUSED = re.compile(r"#\s*noqa:\s*([A-Z0-9, ]+)")


def problems(root: Path = ROOT) -> Iterator[str]:
    """A line for each finding that nobody has excused. Raises ValueError when bandit could not do its work."""
    command = [sys.executable, "-m", "bandit", "--quiet", "--recursive", *FOLDERS, "--configfile", str(CONFIG)]
    told = subprocess.run([*command, "--format", "json"], cwd=root, capture_output=True, text=True)  # noqa: S603
    report = json.loads(told.stdout)
    for error in report["errors"]:
        yield f"{error['filename']}: {error['reason']}"
    for found in report["results"]:
        if not _is_excused(found, root):
            yield f"{found['filename']}:{found['line_number']}: {found['test_id']} {found['issue_text']}"


def _is_excused(found: dict[str, Any], root: Path) -> bool:
    """Whether a line of what was found carries ruff's excuse: bandit's B608 is its S608."""
    lines = (root / found["filename"]).read_text(encoding="utf-8").splitlines()
    rule = f"S{found['test_id'][1:]}"
    marked = (EXCUSED.search(lines[number - 1]) for number in found["line_range"] if number <= len(lines))
    return any(rule in re.split(r"[ ,]+", mark[1]) for mark in marked if mark)
