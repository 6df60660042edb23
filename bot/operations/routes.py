"""What both servers tell an operator over HTTP: /health/live and /metrics; and the trace that every request gets."""

from __future__ import annotations

import os

from prometheus_client import REGISTRY, CollectorRegistry, disable_created_metrics, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.multiprocess import MultiProcessCollector
from sanic import Request, Sanic, response
from sanic.response import HTTPResponse

from bot.channels.problems import problem
from bot.operations import access, multiprocess, trace

SHOWS_TRACE = ("/chat/", "/webhooks/")
NOT_FOR_YOU = f"Metrics are for this machine, or with the token of {access.METRICS_TOKEN}."


def add_to(app: Sanic) -> None:
    """Adds the routes to an app. Raises SetupError for a token that can be guessed."""
    access.secret_of(access.METRICS_TOKEN)
    disable_created_metrics()
    worker = os.urandom(4).hex()

    @app.on_request
    async def traced(request: Request) -> None:
        request.ctx.trace = trace.begin(request.headers.get(trace.HEADER)).id

    @app.on_response
    async def shown(request: Request, answered: HTTPResponse) -> None:
        told = getattr(request.ctx, "trace", None)
        if told and request.path.startswith(SHOWS_TRACE):
            answered.headers[trace.SHOWN] = told

    @app.get("/health/live")
    async def live(_: Request) -> HTTPResponse:
        return response.json({"status": "live", "worker": worker}, headers={"Cache-Control": "no-store"})

    @app.get("/metrics")
    async def metrics(request: Request) -> HTTPResponse:
        if not access.may_read_metrics(request):
            return problem(403, NOT_FOR_YOU)
        return response.raw(text(), content_type=CONTENT_TYPE_PLAIN_0_0_4, headers={"Cache-Control": "no-store"})


def text() -> bytes:
    """All metrics of this server in Prometheus's format, those of its workers together."""
    folder = multiprocess.folder()
    if folder is None:
        return bytes(generate_latest(REGISTRY))
    multiprocess.forget_the_dead(folder)
    together = CollectorRegistry()
    MultiProcessCollector(together, str(folder))
    return bytes(generate_latest(together))
