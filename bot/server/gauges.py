"""Keeps the metrics that are no counts: which model answers, what waits, whether the service is off; and times the store."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import sqlalchemy as sa
from sanic import Sanic

from bot import tracker_store
from bot.messaging.tables import OUTBOX
from bot.operations import metrics, state, turn

log = logging.getLogger(__name__)
EVERY_SECONDS = 5.0
TIMED = "plan_timed"
WAITING = sa.select([OUTBOX.c.channel, sa.func.count()]).group_by(OUTBOX.c.channel)


def agent(agent: Any) -> None:
    """Takes the labels from the agent's domain, and times what it does with the store. Called for each agent that serves."""
    model(agent)
    store = tracker_store.of_agent(agent)
    if store is not None and not getattr(store, TIMED, False):
        # on this one object: the store itself needs to know nothing of metrics
        setattr(store, TIMED, True)
        setattr(store, "retrieve", turn.timed("store_read", store.retrieve))  # noqa: B010
        setattr(store, "save", turn.timed("store_write", store.save))  # noqa: B010


def model(agent: Any) -> None:
    """Notes which model answers: another one may have taken its place."""
    domain = getattr(agent, "domain", None)
    metrics.intents.learn(domain.intents if domain else ())
    metrics.actions.learn(domain.user_actions if domain else ())
    processor = getattr(agent, "processor", None)
    metrics.model.is_now(str(processor.model_filename).partition(".")[0] if processor else None)


async def keep(app: Sanic) -> None:
    """Looks again every few seconds, for as long as the server runs."""
    while True:
        try:
            model(getattr(app.ctx, "agent", None))
            for name, desk in getattr(app.ctx, "desks", {}).items():
                metrics.MAILBOXES.labels(name).set(desk.mailboxes.waiting)
            metrics.OFF.set(1 if state.shared().current().off_now() else 0)
            await asyncio.wait_for(asyncio.to_thread(_count_outbox, app), EVERY_SECONDS)
        except asyncio.TimeoutError:
            log.warning("what waits could not be counted: the database does not answer")
        except Exception as error:
            log.warning("what waits could not be counted: %s", error)
        await asyncio.sleep(EVERY_SECONDS)


def _count_outbox(app: Sanic) -> None:
    store = tracker_store.of_agent(getattr(app.ctx, "agent", None))
    if store is None or not sa.inspect(store.engine).has_table(OUTBOX.name):
        return
    with store.engine.connect() as connection:
        waiting = dict(connection.execute(WAITING).fetchall())
    for channel in metrics.CHANNELS - {"web", "rest"}:
        metrics.OUTBOX.labels(channel).set(waiting.get(channel, 0))
