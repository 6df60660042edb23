"""What the web channel sends, as pydantic models: they describe it in the OpenAPI document, and tests hold answers to them."""

# pydantic 1 reads annotations at run time, so they are written with Optional: ruff: noqa: UP045
from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Extra, Field

from bot.operations.status import Status


class Strict(BaseModel):
    class Config:
        extra = Extra.forbid


class Button(Strict):
    title: str = Field(..., min_length=1)
    payload: str = Field(..., min_length=1, description="Send this as the next message.")


class Link(Strict):
    title: str
    url: str


class Source(Strict):
    title: str
    url: str
    as_at: str = Field(..., description="What day or edition the source speaks for, in words.")


class Service(Strict):
    """Somebody who can help. `links`: tel:, sms:, mailto: and https: addresses, the first one first."""

    name: str
    what: str | None = None
    opening: str | None = None
    cost: str | None = None
    links: list[Link]


class Chart(Strict):
    """A figure as data. `labels` and `values` are of equal length; a value may be missing."""

    type: str
    title: str
    alt: str
    labels: list[str]
    values: list[float | None]
    unit: str
    source: str

    class Config:
        @staticmethod
        def schema_extra(schema: dict[str, Any]) -> None:
            """pydantic 1 would describe the values as numbers only."""
            schema["properties"]["values"]["items"] = {"type": ["number", "null"]}


class Picture(Strict):
    url: str
    alt: str


class Part(Strict):
    """One thing that is said. `warning`: what to do in danger, said above the text."""

    text: str
    safety: bool = False
    warning: str | None = None
    language: str = "en"
    buttons: list[Button] = []
    sources: list[Source] = []
    services: list[Service] = []
    chart: Chart | None = None
    picture: Picture | None = None


class Notice(Strict):
    """What is announced just now, such as planned work. `until`: when it is over, in ISO 8601."""

    text: str
    until: str


class Answer(Strict):
    """One answer, whole. `at`: when, in ISO 8601. `feedback`: whether "was this helpful?" makes sense after it.

    `kept`: whether the history shows it later, with its question.
    """

    id: str
    at: str
    status: Status
    feedback: bool
    kept: bool
    parts: list[Part] = Field(..., min_items=1)
    notice: Notice | None = None


class Begun(Strict):
    """A new conversation: `conversation` is the only key to it; keep it for this browser session only."""

    conversation: str
    expires: str
    longest_message: int
    greeting: Answer


class Said(Strict):
    """A line of the history: either `text` of the person, or an `answer`."""

    by: Literal["person", "assistant"]
    at: str
    text: str | None = None
    answer: Answer | None = None


class History(Strict):
    expires: str
    longest_message: int
    greeting: Answer
    said: list[Said]


class Problem(BaseModel):
    """Problem details (RFC 9457); `detail` is written for people."""

    type: str
    title: str
    status: int
    detail: str


def definitions(*models: type[BaseModel]) -> dict[str, Any]:
    """The JSON schemas of the models and of what they hold, by name."""
    from pydantic.schema import schema

    return schema(models, ref_prefix="#/components/schemas/")["definitions"]
