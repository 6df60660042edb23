"""The shape of every file under content/, checked by pydantic when it is read."""

from __future__ import annotations

from datetime import date
from enum import Enum
from typing import Optional

from pydantic import BaseModel, Extra, Field, HttpUrl, validator

LONGEST_TEXT = 600
LONGEST_TITLE = 40


class Phase(str, Enum):
    """Where an edition of the Plan stands on a given day."""

    COMING = "coming"
    OPEN = "open"
    CLOSING = "closing"
    CLOSED = "closed"
    IN_FORCE = "in_force"
    SUPERSEDED = "superseded"


class Strict(BaseModel):
    """Refuses keys that it does not know, so that a misspelt key is noticed."""

    class Config:
        extra = Extra.forbid
        anystr_strip_whitespace = True


class Source(Strict):
    """Where a statement comes from. `as_at`: what date or edition the page speaks for, in words."""

    title: str = Field(min_length=3)
    url: HttpUrl
    as_at: str = Field(min_length=4)


class Answer(Strict):
    """One answer of an intent, for all phases or for those that it names.

    `text` is at most 600 characters; `more` goes further; `simple` says it in plainer words; `next` names the
    intents offered as buttons; `older_plan` marks answers after which people must hear that a newer Plan exists.
    """

    phase: list[Phase] = []
    text: str = Field(min_length=10, max_length=LONGEST_TEXT)
    more: Optional[str] = None  # noqa: UP045 - pydantic 1 reads this at run time
    simple: Optional[str] = None  # noqa: UP045
    sources: list[Source] = []
    next: list[str] = Field(default=[], max_items=3)
    older_plan: bool = False
    reviewed: date

    @validator("text", "more", "simple")
    def no_braces(cls, value: str | None) -> str | None:
        """A brace would be filled with slots by Rasa, or raise."""
        if value and ("{" in value or "}" in value):
            raise ValueError("curly braces are not allowed: write [closes] for a date of the consultation")
        return value


class AnswerFile(BaseModel):
    """A file of content/answers: an intent (or the name of a fixed message) to its answers."""

    __root__: dict[str, list[Answer]]


class Consultation(Strict):
    """First and last day on which people could respond."""

    opens: date
    closes: date
    url: HttpUrl

    @validator("closes")
    def after_opening(cls, closes: date, values: dict) -> date:
        if "opens" in values and closes < values["opens"]:
            raise ValueError("closes before it opens")
        return closes


class Edition(Strict):
    """One Plan: its consultation, and the day it was published as final (None while it is a draft)."""

    id: str
    name: str
    consultation: Consultation
    published: Optional[date] = None  # noqa: UP045
    successor: Optional[str] = None  # noqa: UP045
    newer_plan_note: Optional[str] = None  # noqa: UP045
    sources: list[Source]


class EditionsFile(Strict):
    """content/editions.yml: the Plans, and which of them the assistant is about (`subject`)."""

    subject: str
    editions: list[Edition] = Field(min_items=1)

    @validator("editions")
    def subject_known(cls, editions: list[Edition], values: dict) -> list[Edition]:
        ids = [e.id for e in editions]
        if values.get("subject") not in ids:
            raise ValueError(f"subject must be one of {', '.join(ids)}")
        unknown = [e.successor for e in editions if e.successor and e.successor not in ids]
        if unknown:
            raise ValueError(f"successor {unknown[0]} is not among the editions")
        return editions


class Label(Strict):
    """An intent in words for people: `button` on a button, `topic` inside a sentence ("Do you mean …?")."""

    button: str = Field(min_length=2, max_length=LONGEST_TITLE)
    topic: str = Field(min_length=2, max_length=90)


class LabelFile(BaseModel):
    """content/labels.yml: an intent to its label."""

    __root__: dict[str, Label]
