"""Who may read what is for operators only, and whether a caller knows a shared secret."""

from __future__ import annotations

import hmac
import ipaddress
import os

from sanic import Request

from bot.errors import SetupError

FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
METRICS_TOKEN = "PLAN_METRICS_TOKEN"  # noqa: S105 - the name of a variable
SHORTEST_SECRET = 16
BEARER = "bearer "


def from_this_machine(request: Request) -> bool:
    """Whether the other end is this machine itself; a proxy on this machine speaks for others, and says so."""
    try:
        here = ipaddress.ip_address(request.ip).is_loopback
    except ValueError:
        return False
    return here and not any(name in request.headers for name in FORWARDED)


def may_read_metrics(request: Request) -> bool:
    """Whether it comes from this machine, or brings the token of PLAN_METRICS_TOKEN."""
    token = secret_of(METRICS_TOKEN)
    return from_this_machine(request) or (token is not None and brings(request, token))


def brings(request: Request, secret: str) -> bool:
    """Whether the request has `Authorization: Bearer <secret>`; compared in constant time."""
    told = request.headers.get("authorization", "")
    if told[: len(BEARER)].lower() != BEARER:
        return False
    return hmac.compare_digest(told[len(BEARER) :].strip().encode("utf-8", "surrogateescape"), secret.encode())


def secret_of(variable: str) -> str | None:
    """The secret in an environment variable; None when it is not set. Raises SetupError for one that can be guessed."""
    told = os.environ.get(variable, "").strip()
    if told and (len(told) < SHORTEST_SECRET or not told.isascii()):
        raise SetupError(f"{variable} must have at least {SHORTEST_SECRET} ASCII characters: choose a random one.")
    return told or None
