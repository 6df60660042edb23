"""Stops answering where answers lead nowhere: another machine that talks back, and refusals that nobody reads.

Words of danger are always answered, if only once a minute when the same come without end.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, fields
from hashlib import blake2b
from typing import Any

MOST_ALIKE = 4
"""The same text so often in a row is a machine's, or a person's whom the same answer does not help."""
MOST_CHOICES = 12
"""The same for a text that is as short as a choice: "1" and "yes" mean something else each time."""
LONGEST_CHOICE = 3
MOST_ALARMS, ALARM_SECONDS = 20, 60.0
"""So often in a row the same words of danger are answered in full; from then on once in so many seconds."""
DANGER_SECONDS = 600.0
"""For so long after the answer for danger, whatever comes counts as words of danger."""
ALIKE_SECONDS = 600.0
REFUSAL_SECONDS = 10.0
ENOUGH_SECONDS = 3_600.0
"""A machine would answer the refusal too: it is said once an hour."""
MOST_REMEMBERED = 20_000
DAY_SECONDS = 86_400.0
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
class _Counts:
    """`left`, `filled`: answers for today, and when that was so; `text`, `times`, `at`: the last text, how often in a row, when;
    `refused`: when each refusal was said; `danger`: when danger was answered.
    """

    left: float
    filled: float
    text: str = ""
    times: int = 0
    at: float = 0.0
    refused: dict[str, float] = field(default_factory=dict)
    danger: float = 0.0


class Loops:
    """`a_day`: answers to one person in a day, and in one burst. `clock`: seconds since 1970: workers count together."""

    def __init__(self, a_day: int, clock: Callable[[], float] = time.time) -> None:
        self._clock, self._a_day = clock, a_day
        self._people: OrderedDict[str, _Counts] = OrderedDict()

    def enough_today(self, sender: str) -> bool:
        """Counts an answer; True when there were so many that the other end is hardly a person."""
        counts, now = self._of(sender), self._clock()
        counts.left = min(self._a_day, counts.left + max(now - counts.filled, 0.0) * self._a_day / DAY_SECONDS)
        counts.filled = now
        if counts.left < 1:
            return True
        counts.left -= 1
        return False

    def times(self, sender: str, text: str) -> int:
        """How often in a row this text came, this time included; capitals and spaces make no other text."""
        plain = " ".join(text.split()).casefold()
        now, digest = self._clock(), blake2b(plain.encode("utf-8", "replace"), digest_size=16).hexdigest()
        counts = self._of(sender)
        alike = counts.text == digest and _within(now - counts.at, ALIKE_SECONDS)
        counts.text, counts.times, counts.at = digest, counts.times + 1 if alike else 1, now
        return counts.times

    def refuses_again(self, sender: str, reason: str, seconds: float = REFUSAL_SECONDS) -> bool:
        """Whether the same refusal was said in these last seconds: once is enough."""
        refused, now = self._of(sender).refused, self._clock()
        if reason in refused and _within(now - refused[reason], seconds):
            return True
        refused[reason] = now
        return False

    def note_danger(self, sender: str) -> None:
        """Danger was answered just now."""
        self._of(sender).danger = self._clock()

    def is_in_danger(self, sender: str) -> bool:
        """Whether danger was answered a short while ago: "hello?" five times in a row is no machine's then."""
        found = self._people.get(sender)
        return bool(found and found.danger and _within(self._clock() - found.danger, DANGER_SECONDS))

    def counts(self, sender: str) -> dict[str, Any] | None:
        """What was counted of a person, as plain data for the next worker; None for nothing."""
        found = self._people.get(sender)
        return asdict(found) if found else None

    def restore(self, sender: str, counts: Mapping[str, Any] | None) -> None:
        """What another worker has counted of a person, unless this one has counted since."""
        own = self._people.get(sender)
        if counts and not (own and own.at > counts.get("at", 0.0)):
            # a worker of another version may count other things
            known = {name: counts[name] for name in _NAMES if name in counts}
            self._people[sender] = _Counts(**{"left": float(self._a_day), "filled": self._clock(), **known})

    def _of(self, sender: str) -> _Counts:
        found = self._people.pop(sender, None) or _Counts(float(self._a_day), self._clock())
        self._people[sender] = found
        if len(self._people) > MOST_REMEMBERED:
            self._people.popitem(last=False)
        return found


_NAMES = tuple(f.name for f in fields(_Counts))


def _within(passed: float, seconds: float) -> bool:
    """A clock that was put back makes nobody wait."""
    return 0 <= passed < seconds
