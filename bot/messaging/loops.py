"""Stops answering where answers lead nowhere: another machine that talks back, and refusals that nobody reads.

Words of danger are always answered.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b

from bot.guard.rate import RateLimit

MOST_ALIKE = 4
"""The same text so often in a row is a machine's, or a person's whom the same answer does not help."""
ALIKE_SECONDS = 600.0
REFUSAL_SECONDS = 10.0
MOST_REMEMBERED = 20_000
DAY_MINUTES = 1_440
STUCK = (
    "You have sent me the same message several times, and I have no other answer to it. Please ask in other words, "
    "or reply: speak to a person. If you are in danger, call 999."
)


@dataclass
class _Seen:
    text: bytes
    count: int
    at: float


class Loops:
    """`a_day`: answers to one person in a day, and in one burst."""

    def __init__(self, a_day: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._day = RateLimit(a_day / DAY_MINUTES, a_day, clock)
        self._texts: OrderedDict[str, _Seen] = OrderedDict()
        self._refused: OrderedDict[tuple[str, str], float] = OrderedDict()

    def enough_today(self, sender: str) -> bool:
        """Counts an answer; True when there were so many that the other end is hardly a person."""
        return not self._day.allows(sender)

    def times(self, sender: str, text: str) -> int:
        """How often in a row this text came, this time included."""
        now, digest = self._clock(), blake2b(text.casefold().encode("utf-8", "replace"), digest_size=16).digest()
        seen = self._texts.pop(sender, None)
        alike = seen and seen.text == digest and now - seen.at < ALIKE_SECONDS
        count = seen.count + 1 if seen and alike else 1
        self._texts[sender] = _Seen(digest, count, now)
        if len(self._texts) > MOST_REMEMBERED:
            self._texts.popitem(last=False)
        return count

    def refuses_again(self, sender: str, reason: str) -> bool:
        """Whether the same refusal was said a moment ago: once is enough."""
        now, key = self._clock(), (sender, reason)
        before = self._refused.pop(key, None)
        again = before is not None and now - before < REFUSAL_SECONDS
        self._refused[key] = before if again and before is not None else now
        if len(self._refused) > MOST_REMEMBERED:
            self._refused.popitem(last=False)
        return again
