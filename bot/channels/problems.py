"""Refusals as problem details (RFC 9457): a status, and a line for people that says what to do."""

from __future__ import annotations

from http import HTTPStatus

from sanic import response
from sanic.response import HTTPResponse

CONTENT_TYPE = "application/problem+json"


def problem(
    status: int, detail: str, *, kind: str = "about:blank", retry_after: int | None = None, title: str | None = None
) -> HTTPResponse:
    """The response; `kind` names the problem for programs, `retry_after` is in seconds. Never repeats what was sent."""
    headers = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    if retry_after is not None:
        headers["Retry-After"] = str(retry_after)
    body = {"type": kind, "title": title or HTTPStatus(status).phrase, "status": status, "detail": detail}
    return response.json(body, status=status, headers=headers, content_type=CONTENT_TYPE)
