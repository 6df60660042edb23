"""Takes personal data out of a message before anything is stored: addresses, numbers, whole postcodes.

Names are not taken out: no rule finds them without breaking ordinary sentences, and the chat says so. Of a postcode the
outward part stays ("SE15"), which is enough for a borough. Numbers and addresses of the services directory stay: they are
nobody's own, and people ask about them. Every rule looks a bounded number of characters ahead, so time grows with the text.
"""

from __future__ import annotations

from bot.guard.personal_data import contacts, dates, documents, numbers, places
from bot.guard.personal_data.places import POSTCODE
from bot.guard.personal_data.writing import Span, folded, lowered

__all__ = ["POSTCODE", "REMOVED", "mask"]
REMOVED = "(removed)"


def mask(text: str) -> str:
    """The text without personal data; what is taken out is replaced by "(removed)"."""
    plain = folded(text)
    low = lowered(plain)
    found = [*contacts.find(low), *numbers.spelt(low)]
    if any(map(str.isdigit, low)):
        found += dates.find(low)
        found += documents.find(low, plain)
        found += numbers.find(low)
        found += places.find(low)
    return places.outward_only(_without(text, found) if found else text)


def _without(text: str, found: list[Span]) -> str:
    parts, done = [], 0
    for start, end in sorted(found):
        if start >= done:
            parts += [text[done:start], REMOVED]
        done = max(done, end)
    return "".join([*parts, text[done:]])
