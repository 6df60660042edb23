"""What tests of the stores share: a clock that stands where it is put, and both databases."""

from __future__ import annotations


class Clock:
    """Seconds since 1970, as a test wants them."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now
