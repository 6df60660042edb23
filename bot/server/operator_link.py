"""What ties a server to its operators: it knows their decisions before the first message, and hears of new ones while it runs."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from pathlib import Path

from rasa.core.agent import Agent
from sanic import Sanic

from bot import tracker_store
from bot.models import loading, registry
from bot.models.changeover import Changeover
from bot.operations import while_off
from bot.operations.state import MODEL, shared
from bot.operations.watch import Watch
from bot.server import checks


def add_to(app: Sanic) -> None:
    """Starts and stops the link that is in `app.ctx.operators` by then."""
    app.register_listener(_start, "after_server_start")
    app.register_listener(_stop, "before_server_stop")


async def _start(app: Sanic, loop: AbstractEventLoop) -> None:
    app.ctx.operators.start(loop)


async def _stop(app: Sanic, _: AbstractEventLoop) -> None:
    await app.ctx.operators.stop()


class OperatorLink:
    """`agent`: with its stores, and without a model as yet. `changeover`: says which model serves, and its trouble."""

    def __init__(self, agent: Agent) -> None:
        self._agent = agent
        self.changeover = Changeover(agent, checks.answers)
        store = tracker_store.of_agent(agent)
        self._watch = Watch(store.engine, self.changeover.told) if store else None
        self._tasks: list[asyncio.Task] = []

    async def load(self, asked: Path) -> None:
        """Hears what was decided, and loads the model that is to serve. Raises ModelRefusedError when none may."""
        if self._watch:
            await self._watch.look()
        state = shared().current()
        decision = state.decision(MODEL)
        model = registry.to_serve(asked, state.choice, decision.at if decision else 0.0)
        loading.load_into(self._agent, model)
        while_off.understanding().parse = self._agent.parse_message

    def start(self, loop: AbstractEventLoop) -> None:
        """From now on decisions hold as they are made."""
        if self._watch:
            self._tasks = [loop.create_task(self._watch.run()), loop.create_task(self.changeover.run())]

    async def stop(self) -> None:
        """The server stops."""
        for task in self._tasks:
            task.cancel()
        if self._watch:
            await self._watch.leave()
