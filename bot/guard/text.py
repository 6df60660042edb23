"""Makes a message plain: one Unicode form, no hidden or control characters, single spaces."""

from __future__ import annotations

import re
import unicodedata

# joiners hold emoji and some scripts (Persian, Hindi) together; everything else of category Cf hides text
KEPT_FORMAT = frozenset("\u200c\u200d")
# between Latin letters and digits a joiner only hides an address from the eye that looks for one
JOINER_IN_LATIN = re.compile(r"(?<=[\x00-\x7f])[\u200c\u200d]+|(?<![\u200c\u200d])[\u200c\u200d]+(?=[\x00-\x7f])")
# phones type curly ones; words are known with straight ones
STRAIGHT = str.maketrans("‘’ʼ“”", "'''\"\"")
MARKUP = re.compile(r"</?[a-zA-Z][^<>]{0,200}>")
HIDDEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})


def plain(text: str) -> str:
    """The text in NFKC, with hidden and control characters and HTML tags taken out and white space folded."""
    joined = JOINER_IN_LATIN.sub("", unicodedata.normalize("NFKC", text))
    joined = joined.translate(STRAIGHT)
    joined = MARKUP.sub("", joined)
    kept = (
        " " if character.isspace() else character
        for character in joined
        if character.isspace() or character in KEPT_FORMAT or unicodedata.category(character) not in HIDDEN
    )
    return " ".join("".join(kept).split())


def has_words(text: str) -> bool:
    """Whether there is a letter or a digit in it: emoji and signs alone say nothing that can be answered."""
    return any(character.isalnum() for character in text)
