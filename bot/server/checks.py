"""What /health/ready looks at: the model, an action server, the stores, and one question answered without leaving a trace."""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import sqlalchemy as sa
from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import ActionExecuted, SessionStarted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Sanic

from bot import tracker_store
from bot.operations.health import Check, Health
from bot.server.action_link import ActionLink
from bot.stores import redis_link

PROBE, PROBE_ACTION, PROBE_SENDER = "What is the Police and Crime Plan?", "utter_ask_plan_overview", "health-probe"
ACTION_SECONDS = 2.0

metadata = sa.MetaData()
HEALTH = sa.Table(
    "health_probe",
    metadata,
    sa.Column("worker", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("at", sa.Float, nullable=False),
)


def of_app(app: Sanic) -> Health:
    """What a server looks at."""

    async def model() -> bool:
        return _agent(app) is not None

    async def actions() -> bool:
        link = getattr(_agent(app), "action_endpoint", None)
        return isinstance(link, ActionLink) and await link.is_ready(ACTION_SECONDS)

    async def store() -> bool:
        kept = tracker_store.of_agent(getattr(app.ctx, "agent", None))
        # in a thread: a file that somebody else has locked must not hold up answers
        return kept is not None and await asyncio.to_thread(_reads_and_writes, kept.engine)

    async def probe() -> bool:
        agent = _agent(app)
        return agent is not None and await answers(agent)

    async def redis() -> bool:
        link = redis_link.link()
        return link is not None and await link.answers()

    checks: dict[str, Check] = {"model": model, "actions": actions, "store": store}
    if os.environ.get(redis_link.VARIABLE, "").strip():
        checks["redis"] = redis
    return Health(checks, {"probe": probe})


def _agent(app: Sanic) -> Any:
    """The agent, once it has a model."""
    agent = getattr(app.ctx, "agent", None)
    return agent if getattr(agent, "processor", None) else None


def _reads_and_writes(engine: sa.engine.Engine) -> bool:
    """Whether what is written can be read: one row for each worker, always the same. Raises the database's own error."""
    metadata.create_all(engine)
    mine, now = HEALTH.c.worker == os.getpid(), time.time()
    with engine.begin() as connection:
        if not connection.execute(sa.update(HEALTH).where(mine).values(at=now)).rowcount:
            connection.execute(sa.delete(HEALTH).where(HEALTH.c.at < now - 86_400))
            connection.execute(sa.insert(HEALTH).values(worker=os.getpid(), at=now))
    with engine.connect() as connection:
        return connection.execute(sa.select([HEALTH.c.at]).where(mine)).scalar() is not None


async def answers(agent: Any) -> bool:
    """Whether a question is understood, its answer is chosen, and that has words. Nothing is kept."""
    processor = agent.processor
    begun = [ActionExecuted("action_session_start"), SessionStarted(), ActionExecuted("action_listen")]
    tracker = DialogueStateTracker.from_events(PROBE_SENDER, begun, processor.domain.slots, domain=processor.domain)
    parsed = await processor.parse_message(UserMessage(PROBE, sender_id=PROBE_SENDER), tracker)
    tracker.update(UserUttered(PROBE, parsed["intent"], parsed["entities"], parsed), processor.domain)
    chosen = processor._predict_next_with_tracker(tracker).max_confidence_index
    action = processor.domain.action_names_or_texts[chosen]
    if action != PROBE_ACTION:
        return False
    said = await agent.nlg.generate(action, tracker, "web")
    return bool(said and said.get("text"))
