"""What once broke something does so no more: each file of found/ is an input of the target that its folder names."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.fuzz import targets
from tests.fuzz.reading import One
from tests.fuzz.seeds import SEEDS

FOUND = Path(__file__).parent / "found"
FILES = sorted(FOUND.glob("*/*.bin"))


@cache
def target(name: str) -> One:
    return targets.TARGETS[name]()


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_what_was_found(path: Path) -> None:
    target(path.parent.name)(path.read_bytes())


@pytest.mark.parametrize("name", targets.TARGETS)
def test_where_runs_begin(name: str) -> None:
    for seed in (*SEEDS[name], b"", b"\x00", b"\xff" * 10):
        target(name)(seed)


def test_every_folder_is_a_target() -> None:
    assert {path.name for path in FOUND.iterdir()} <= set(targets.TARGETS)
    assert FILES
