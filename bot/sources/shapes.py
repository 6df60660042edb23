"""What the clients return, and how it is kept as JSON."""

from __future__ import annotations

import json
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, Extra, ValidationError

from bot.errors import BadAnswerError


class Part(BaseModel):
    """Base of what is part of a shape."""

    class Config:
        extra = Extra.forbid
        frozen = True


class Shape(Part):
    """Base of what the clients return. `as_of`: the day on which the source said so."""

    as_of: date


S = TypeVar("S", bound=Shape)


def stored(shape: Shape) -> Any:
    """The shape as a JSON value."""
    return json.loads(shape.json())


def loaded(kind: type[S], value: Any) -> S:
    """The shape that was stored. Raises BadAnswerError when it is another."""
    try:
        return kind.parse_obj(value)
    except (ValidationError, OverflowError) as error:
        raise BadAnswerError(f"What is kept is no {kind.__name__}: it is asked for again.") from error
