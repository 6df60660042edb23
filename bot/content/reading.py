"""How hard a text is to read, as the school age at which it is easy.

The Flesch-Kincaid grade plus five is the usual age in Britain. Names that cannot be avoided (content/names.yml) count as
one short word each, because a reader knows them as one thing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

OLDEST_READER = 13.0
WEB_ADDRESS = re.compile(r"https?://\S+")
GRADE_TO_AGE = 5


def reading_age(text: str, names: Iterable[str] = ()) -> float:
    """The reading age of the text in years, at least 5; `names` are replaced by one syllable first."""
    import textstat

    plain = WEB_ADDRESS.sub("", text)
    for name in sorted(names, key=len, reverse=True):
        plain = re.sub(rf"\b{re.escape(name)}\b", "John", plain)
    # a colon or semicolon ends a thought for the reader as a full stop does
    plain = re.sub(r"[:;](?=\s)", ".", plain)
    return max(5.0, textstat.flesch_kincaid_grade(plain) + GRADE_TO_AGE)
