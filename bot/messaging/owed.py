"""To whom an answer may still wait in the outbox: what is newer goes behind it, so it is looked up before each sending to them.

Whoever claims a person is told by the same statement whether anything waits, so nobody else needs to be looked up.
"""

from __future__ import annotations

from collections import OrderedDict

MOST_REMEMBERED = 20_000


class Owed:
    """One channel's, in one worker. May name people for whom nothing waits any more, and after a long outage forgets some."""

    def __init__(self) -> None:
        self._people: OrderedDict[str, None] = OrderedDict()

    def note(self, sender: str) -> None:
        """Something waits for this person, or it could not be found out."""
        self._people[sender] = None
        self._people.move_to_end(sender)
        while len(self._people) > MOST_REMEMBERED:
            self._people.popitem(last=False)

    def clear(self, sender: str) -> None:
        """It was looked up: nothing waits."""
        self._people.pop(sender, None)

    def __contains__(self, sender: str) -> bool:
        return sender in self._people
