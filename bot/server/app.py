"""The HTTP server: Rasa's agent and channels in a Sanic app of our own, so that every route, limit and error is known.

Rasa's own server would add a page at /, take bodies of 100 MB, and answer errors with pages of text.
"""

from __future__ import annotations

import logging
import warnings
from asyncio import AbstractEventLoop
from functools import partial
from pathlib import Path

from rasa.core.agent import load_agent
from rasa.core.channels import channel
from rasa.core.channels.channel import InputChannel
from rasa.core.utils import AvailableEndpoints
from sanic import Request, Sanic
from sanic.exceptions import SanicException
from sanic.response import HTTPResponse

from bot import garbage, retention, tracker_store
from bot.channels.conversation import SORRY
from bot.channels.messaging import MessagingChannel
from bot.channels.problems import problem
from bot.operations import health, logs, routes
from bot.server import checks, gauges, operator_link
from bot.server.action_link import ActionLink
from bot.server.operator_link import OperatorLink
from bot.server.protocol import StrictSanic
from bot.settings import trusted_proxies

log = logging.getLogger(__name__)
LARGEST_HEADERS = 10_000
LARGEST_REQUEST = 110_000
"""Bytes, headers included; channels have smaller limits of their own, or a larger one for their own address."""
REQUEST_SECONDS = 15
"""How long a client may take to send a request."""
RESPONSE_SECONDS = 60
KEEP_ALIVE_SECONDS = 30
SAYS = {
    404: "There is nothing at this address.",
    405: "This address is asked in another way.",
    408: "The request took too long to arrive. Please send it again.",
    413: "That is too large to read. Please send less.",
    417: "This server cannot do what the request expects.",
}


def make(name: str, channels: list[InputChannel]) -> Sanic:
    """The app with its channels and without an agent. Raises SetupError for wrong settings."""
    app = StrictSanic(name, configure_logging=False)
    app.ctx.larger = {
        c.webhook(): c.largest_body + LARGEST_HEADERS
        for c in channels
        if isinstance(c, MessagingChannel) and c.largest_body > LARGEST_REQUEST
    }
    app.config.update({
        "REQUEST_MAX_SIZE": LARGEST_REQUEST, "REQUEST_TIMEOUT": REQUEST_SECONDS, "RESPONSE_TIMEOUT": RESPONSE_SECONDS,
        "KEEP_ALIVE_TIMEOUT": KEEP_ALIVE_SECONDS, "PROXIES_COUNT": trusted_proxies() or None, "REAL_IP_HEADER": None,
    })  # fmt: skip
    routes.add_to(app)
    health.add_to(app, checks.of_app)
    channel.register(channels, app, route="/webhooks/")
    app.error_handler.add(SanicException, _refused)
    app.error_handler.add(Exception, _failed)
    return app


def with_agent(app: Sanic, model: Path, endpoints: AvailableEndpoints) -> Sanic:
    """The app, with an agent that is loaded when the server starts. Raises SetupError for wrong settings."""
    if link := ActionLink.of_settings():
        endpoints.action = link
        app.register_listener(lambda *_: link.close(), "after_server_stop")
    app.register_listener(partial(_load, model, endpoints), "before_server_start")
    operator_link.add_to(app)
    app.register_listener(lambda *_: garbage.settle(), "after_server_start")
    app.register_listener(_close, "after_server_stop")
    return app


async def _load(model: Path, endpoints: AvailableEndpoints, app: Sanic, loop: AbstractEventLoop) -> None:
    with warnings.catch_warnings():
        # Rasa warns of an agent without a model: ours gets one that was checked, and no other
        warnings.simplefilter("ignore")
        app.ctx.agent = agent = tracker_store.unwrap(await load_agent(endpoints=endpoints, loop=loop))
    app.ctx.operators = operators = OperatorLink(agent)
    await operators.load(model)
    gauges.agent(agent)
    app.add_task(gauges.keep(app))
    if store := tracker_store.of_agent(agent):
        app.add_task(retention.keep(store.engine))
    # from here on libraries may speak of what people type
    logs.serving()


async def _close(app: Sanic, _: AbstractEventLoop) -> None:
    agent = getattr(app.ctx, "agent", None)
    if agent and agent.tracker_store.event_broker:
        await agent.tracker_store.event_broker.close()


def _refused(_: Request, error: SanicException) -> HTTPResponse:
    """What Sanic refuses itself. Its own words may repeat what was sent."""
    status = getattr(error, "status_code", None) or 500
    if status >= 500:
        log.error("a request failed: %s", type(error).__name__)
        return problem(status, SORRY)
    refusal = problem(status, SAYS.get(status, "This request cannot be understood."))
    refusal.headers.update({k: v for k, v in (getattr(error, "headers", None) or {}).items() if k.lower() == "allow"})
    return refusal


def _failed(_: Request, error: Exception) -> HTTPResponse:
    log.error("a request failed", exc_info=error)
    return problem(500, SORRY)
