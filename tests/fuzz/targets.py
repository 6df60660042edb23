"""What is fuzzed: each target takes any bytes, and raises when the program does what it must never do.

A target is made once (what it needs is imported then, under the eyes of the fuzzer), and called for each input. seeds.py has where
a run begins, `tests/fuzz/found/` what once broke something.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.fuzz import bodies, connections, texts
from tests.fuzz.reading import One
from tests.fuzz.seeds import SEEDS

TARGETS: dict[str, Callable[[], One]] = {
    "guard": texts.guard, "choices": texts.choices, "figures": texts.figures, "render": texts.render, "web": bodies.web,
    "channels": bodies.channels, "content": bodies.content, "models": bodies.models, "http": connections.http,
}  # fmt: skip


def name_of(data: bytes) -> str:
    """The name under which an input is kept."""
    return hashlib.sha256(data).hexdigest()[:16]


def seeds(target: str) -> Iterator[bytes]:
    """Where a run of the target begins, with what once broke it."""
    yield from SEEDS.get(target, [])
    found = Path(__file__).parent / "found" / target
    yield from (path.read_bytes() for path in sorted(found.glob("*")))
