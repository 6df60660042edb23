"""What was read a moment ago is not read again: figures change once a month, and many people ask for the same ones."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")
SECONDS = 30.0
"""How long another process's new figures may stay unseen."""
MOST = 2_000


class Recent:
    """For several threads: two that ask at once may both read. `clock`: seconds that never go back."""

    def __init__(self, seconds: float = SECONDS, most: int = MOST, clock: Callable[[], float] = time.monotonic) -> None:
        self._seconds, self._most, self._clock = seconds, most, clock
        self._kept: OrderedDict[Hashable, tuple[float, Any]] = OrderedDict()

    def get(self, key: Hashable, read: Callable[[], T]) -> T:
        """What `read` gave for the key, or gives now. What it raises is raised, and not kept."""
        found = self._kept.get(key)
        if found and self._clock() - found[0] < self._seconds:
            return found[1]
        kept = self._kept
        value = read()
        # whoever clears it while this was read puts another in its place
        kept[key] = (self._clock(), value)
        kept.move_to_end(key)
        if len(kept) > self._most:
            kept.popitem(last=False)
        return value

    def clear(self) -> None:
        """Everything is read anew."""
        self._kept = OrderedDict()
