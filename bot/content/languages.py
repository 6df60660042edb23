"""The shape of content/languages.yml: one short message for people who write in another language."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from pydantic import BaseModel, Field, validator

from bot.content.reader import read
from bot.content.schema import Source, Strict
from bot.paths import CONTENT

LANGUAGES = CONTENT / "languages.yml"
LONGEST_MESSAGE = 350
NUMBERS = frozenset({"999", "101"})
RIGHT_TO_LEFT = frozenset({"ar", "ur"})


class Language(Strict):
    """One language. `name`: in English, the word that people say on the phone; `own_name`: as its speakers write it.

    `text`: the message; `english`: what it says, for editors. It names no number but 999 and 101.
    """

    name: str = Field(regex=r"^[A-Z][a-z]+$")
    own_name: str = Field(min_length=2, max_length=20)
    text: str = Field(min_length=40, max_length=LONGEST_MESSAGE)
    english: str = Field(min_length=40)
    sources: list[Source] = Field(min_items=1)
    reviewed: date

    @validator("text", "english")
    def says_where_to_call(cls, value: str) -> str:
        if "{" in value or "}" in value:
            raise ValueError("curly braces are not allowed")
        if (found := set(re.findall(r"\d+", value))) != NUMBERS:
            raise ValueError(f"names {', '.join(sorted(found)) or 'no number'}: it must be 999 and 101, and no other")
        return value

    @validator("text", "english")
    def says_the_language_in_english(cls, value: str, values: dict) -> str:
        """The word to say on the phone stands in it as it is said."""
        if "name" in values and values["name"] not in value:
            raise ValueError(f"does not say {values['name']!r}, the word to say on the phone")
        return value


class LanguageFile(BaseModel):
    """content/languages.yml: an ISO 639-1 code to its language."""

    __root__: dict[str, Language]

    @validator("__root__")
    def codes_have_two_letters(cls, value: dict[str, Language]) -> dict[str, Language]:
        if wrong := [code for code in value if not re.fullmatch(r"[a-z]{2}", code)]:
            raise ValueError(f"{wrong[0]!r} is not an ISO 639-1 code")
        return value


def load(path: Path = LANGUAGES) -> dict[str, Language]:
    """Every prepared language by its code. Raises ContentError with file, line and reason."""
    return read(path, LanguageFile).__root__
