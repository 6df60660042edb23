"""Lets several workers of one server show their metrics as one: each writes into a folder, and whoever is asked adds them up.

The folder is that of prometheus_client (PROMETHEUS_MULTIPROC_DIR), and must be named before its modules are imported.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
MEMORY = Path("/dev/shm")  # noqa: S108 - not a file but a folder, in which one with a name of its own is made
LIVE_FILE = re.compile(r"gauge_live\w*_(\d+)\.db")


def folder() -> Path | None:
    """Where the workers write; None when there is one process only."""
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named) if named else None


def new_folder() -> Path:
    """A new folder for the workers of one server, to be named in VARIABLE before the first of them starts.

    In memory where there is such a place: a worker whose file cannot grow on a full disk would be killed by the system.
    """
    in_memory = MEMORY if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) else None
    return Path(tempfile.mkdtemp(prefix="plan-metrics-", dir=in_memory))


def use_own(name: str) -> None:
    """Gives this server a folder of its own within the one that is named, if one is: other servers are told apart by it."""
    if named := folder():
        own = named / name
        own.mkdir(parents=True, exist_ok=True)
        os.environ[VARIABLE] = str(own)


def forget_the_dead(folder: Path) -> None:
    """Takes out what dead workers had in hand; what they have counted stays."""
    for file in folder.glob("gauge_live*.db"):
        found = LIVE_FILE.fullmatch(file.name)
        if found and not _is_alive(int(found[1])):
            file.unlink(missing_ok=True)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
