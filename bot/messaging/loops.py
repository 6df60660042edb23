"""Stops answering where answers lead nowhere: another machine that talks back, and refusals that nobody reads.

Words of danger are always answered, if only once a minute when the same come without end.
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
MOST_CHOICES = 12
"""The same for a text that is as short as a choice: "1" and "yes" mean something else each time."""
LONGEST_CHOICE = 3
MOST_ALARMS, ALARM_SECONDS = 20, 60.0
"""So often in a row the same words of danger are answered in full; from then on once in so many seconds."""
ALIKE_SECONDS = 600.0
REFUSAL_SECONDS = 10.0
ENOUGH_SECONDS = 3_600.0
"""A machine would answer the refusal too: it is said once an hour."""
MOST_REMEMBERED = 20_000
DAY_MINUTES = 1_440
ENOUGH = (
    "I have sent you a great many answers today, so until tomorrow I answer only now and then. "
    "If you are in danger, call 999."
)
STUCK = (
    "You have sent me the same message several times, and I have no other answer to it. Please ask in other words, "
    "or reply: speak to a person. If you are in danger, call 999."
)


def most_alike(text: str) -> int:
    """How often in a row a text is answered as usual."""
    return MOST_CHOICES if len(text.strip()) <= LONGEST_CHOICE else MOST_ALIKE


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
        """How often in a row this text came, this time included; capitals and spaces make no other text."""
        plain = " ".join(text.split()).casefold()
        now, digest = self._clock(), blake2b(plain.encode("utf-8", "replace"), digest_size=16).digest()
        seen = self._texts.pop(sender, None)
        alike = seen and seen.text == digest and now - seen.at < ALIKE_SECONDS
        count = seen.count + 1 if seen and alike else 1
        self._texts[sender] = _Seen(digest, count, now)
        if len(self._texts) > MOST_REMEMBERED:
            self._texts.popitem(last=False)
        return count

    def refuses_again(self, sender: str, reason: str, seconds: float = REFUSAL_SECONDS) -> bool:
        """Whether the same refusal was said in these last seconds: once is enough."""
        now, key = self._clock(), (sender, reason)
        before = self._refused.pop(key, None)
        again = before is not None and now - before < seconds
        self._refused[key] = before if again and before is not None else now
        if len(self._refused) > MOST_REMEMBERED:
            self._refused.popitem(last=False)
        return again
