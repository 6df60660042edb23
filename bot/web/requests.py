"""What the widget may send, as pydantic models: they check the requests, and describe them in the OpenAPI document."""

from __future__ import annotations

import json
from typing import Any, Optional, TypeVar

from pydantic import BaseModel, Extra, Field, StrictBool, StrictStr, ValidationError

from bot.errors import BadRequestError
from bot.web.ids import LONGEST_ID

LARGEST_BODY = 64_000
"""Bytes: a message of the greatest length that is read for words of danger, with every letter escaped."""
LONGEST_COMMENT = 1_000

Id = Field(..., min_length=1, max_length=LONGEST_ID, description="The id that POST /chat/conversations gave.")


class Request(BaseModel):
    """Refuses what it does not know."""

    class Config:
        extra = Extra.forbid

        @staticmethod
        def schema_extra(schema: dict[str, Any], model: type[BaseModel]) -> None:
            """pydantic 1 does not describe that null is as good as nothing, and other languages know no \\Z."""
            for name, field in model.__fields__.items():
                described = schema["properties"][name]
                if field.allow_none:
                    described["type"] = [described["type"], "null"]
                if "pattern" in described:
                    described["pattern"] = described["pattern"].replace(r"\Z", "$")


class NewConversation(Request):
    """Nothing is needed to begin."""


class Message(Request):
    """What the person typed, or the payload of the button that was chosen."""

    conversation: StrictStr = Id
    message: StrictStr = Field(
        ..., description="Text or a button's payload. A text of 1 to 500 characters is answered."
    )
    message_id: Optional[StrictStr] = Field(  # noqa: UP045 - pydantic 1 reads this at run time
        None, regex=r"^[A-Za-z0-9-]{8,64}\Z",
        description="Chosen by the page. The same message sent again with the same id is answered from memory, not twice.",
    )  # fmt: skip


class Conversation(Request):
    """A conversation alone."""

    conversation: StrictStr = Id


class Feedback(Request):
    """Was this helpful?"""

    conversation: StrictStr = Id
    answer: StrictStr = Field(
        ..., min_length=3, max_length=200, description="The `id` of an answer of this conversation."
    )
    helpful: StrictBool
    comment: Optional[StrictStr] = Field(None, max_length=LONGEST_COMMENT)  # noqa: UP045


Kind = TypeVar("Kind", bound=Request)


def read(kind: type[Kind], body: bytes) -> Kind:
    """The request in a body. Raises BadRequestError with a line that says what is wrong, and nothing of what was sent."""
    try:
        document = json.loads(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise BadRequestError("The body must be a JSON object.") from error
    if not isinstance(document, dict):
        raise BadRequestError("The body must be a JSON object.")
    try:
        return kind.parse_obj(document)
    except TypeError as error:  # a field named as pydantic's own argument is
        raise BadRequestError(_only_known(kind)) from error
    except ValidationError as error:
        known = kind.__fields__
        # names of our own fields only: what was sent is not repeated
        wrong = sorted({str(e["loc"][0]) for e in error.errors() if e["loc"][0] in known})
        raise BadRequestError(f"Wrong or missing: {', '.join(wrong)}." if wrong else _only_known(kind)) from error


def _only_known(kind: type[Request]) -> str:
    return f"Only these are known: {', '.join(kind.__fields__) or 'none'}."
