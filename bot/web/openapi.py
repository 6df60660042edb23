"""The description of the web channel (OpenAPI 3.1), made from the models that check requests and answers."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from bot.channels.problems import CONTENT_TYPE
from bot.web import requests, schemas

SAYS = {
    400: "Not JSON, or other fields than these.",
    401: "The id was not given out here.",
    403: "Pages of this origin may not ask.",
    410: "The conversation has expired or was ended: begin a new one.",
    413: "The body is too large.",
    429: "Too many requests: wait as long as Retry-After says.",
    503: "No answer just now; `detail` is an apology for people. Try again with the same message_id.",
}
WITH_ID = (400, 401, 403, 410, 413, 429, 503)

Operation = tuple[str, str, type[BaseModel], int, type[BaseModel] | None, tuple[int, ...]]
OPERATIONS: tuple[Operation, ...] = (
    ("conversations", "Begin a conversation", requests.NewConversation, 201, schemas.Begun, (400, 403, 413, 429, 503)),
    ("messages", "Say something, and hear the answer", requests.Message, 200, schemas.Answer, WITH_ID),
    ("history", "What was said so far", requests.Conversation, 200, schemas.History, WITH_ID),
    ("end", "End the conversation and delete it", requests.Conversation, 204, None, WITH_ID),
    ("feedback", "Was an answer helpful?", requests.Feedback, 204, None, WITH_ID),
)


def describe() -> dict[str, Any]:
    """The whole document. Bodies are JSON of whatever content type, so that browsers need not ask first."""
    models = [m for o in OPERATIONS for m in (o[2], o[4]) if m]
    return {
        "openapi": "3.1.0",
        "info": {"title": "Plan assistant: web channel", "version": "1.0.0"},
        "paths": {f"/chat/{operation[0]}": {"post": _operation(operation)} for operation in OPERATIONS},
        "components": {"schemas": schemas.definitions(*models, schemas.Problem)},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    name, summary, body, status, result, problems = operation
    good: dict[str, Any] = {"description": summary}
    needed = any(field.required for field in body.__fields__.values())
    if result:
        good["content"] = {"application/json": {"schema": _ref(result)}}
    return {
        "operationId": name,
        "summary": summary,
        "requestBody": {"required": needed, "content": {"application/json": {"schema": _ref(body)}}},
        "responses": {
            str(status): good,
            **{
                str(code): {"description": SAYS[code], "content": {CONTENT_TYPE: {"schema": _ref(schemas.Problem)}}}
                for code in problems
            },
        },
    }


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}
