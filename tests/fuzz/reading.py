"""What targets make of bytes."""

from __future__ import annotations

from collections.abc import Callable

One = Callable[[bytes], None]


def as_text(data: bytes) -> str:
    """Any text, half surrogate pairs too, which JSON can bring."""
    return data.decode("utf-8", "surrogateescape")


def printable(text: str) -> str:
    return "".join(c for c in text if c.isprintable() or c == "\n")
