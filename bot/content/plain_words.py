"""Text as bare lower-case words, for looking for names and phrases in it."""

from __future__ import annotations

import re


def plain_words(text: str) -> str:
    """ "Women's Aid – live chat" becomes "womens aid live chat"."""
    return " ".join(re.sub(r"[^\w]+", " ", text.lower().replace("'", "").replace("’", "")).split())
