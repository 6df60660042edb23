"""Makes a running server change over to the model that an operator chose, while the old one goes on answering.

The new one is loaded in a thread and must answer a probe; then it takes the place of the old one in one step. Turns in progress
finish with the old one; conversations, locks, actions and words stay the same. One that cannot serve changes nothing.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor

from bot import garbage
from bot.errors import ModelRefusedError
from bot.models import loading, manifest, registry
from bot.models.manifest import name_of
from bot.operations.state import MODEL, Choice, Service, shared

log = logging.getLogger(__name__)
EVERY_SECONDS = 0.5
AGAIN_SECONDS = 30.0
"""A model that could not serve is looked at again: its files may have come."""
LAST_TURNS_SECONDS = 60.0

Probe = Callable[[Any], Coroutine[Any, Any, bool]]
"""Whether what has a `processor` and an `nlg` answers a question."""


class Changeover:
    """`agent`: the one that serves; `trouble`: why the model that was chosen does not serve here, "" when all is well."""

    def __init__(self, agent: Agent, probe: Probe, service: Service | None = None) -> None:
        self._agent, self._probe, self._service = agent, probe, service or shared()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="plan-model")
        self._tried: tuple[int, float] = (0, 0.0)
        self.trouble = ""

    @property
    def serves(self) -> str:
        """The name of the model that answers now."""
        processor = self._agent.processor
        return name_of(processor.model_path) if processor else ""

    def told(self) -> tuple[str, str]:
        """What other machines should know: see bot/operations/watch.py."""
        return self.serves, self.trouble

    async def run(self, every: float = EVERY_SECONDS) -> None:
        """Looks again and again, until it is cancelled."""
        while True:
            try:
                await self.look()
            except Exception:
                log.exception("the choice of a model could not be looked at")
            await asyncio.sleep(every)

    async def look(self) -> None:
        """Changes over if another model was chosen since the one that serves was trained."""
        state = self._service.current()
        choice, decision = state.choice, state.decision(MODEL)
        if choice is None or decision is None or choice.model == self.serves or self._is_newer(decision.at):
            self.trouble = ""
            return
        number, at = self._tried
        if number == decision.number and time.monotonic() - at < AGAIN_SECONDS:
            return
        trouble = await self._change(choice)
        if trouble and trouble != self.trouble:
            log.error("the model %s does not serve: %s; %s goes on", choice.model, trouble, self.serves)
        self.trouble, self._tried = trouble, (decision.number, time.monotonic())

    def _is_newer(self, chosen_at: float) -> bool:
        """Whether the model that serves was trained after the choice."""
        try:
            return registry.made_at(manifest.read(manifest.path_of(self.serves))) > chosen_at
        except ModelRefusedError:
            return False

    async def _change(self, choice: Choice) -> str:
        """Why it could not be done; "" when it was."""
        log.info("loading the model %s; %s answers meanwhile", choice.model, self.serves)
        started, loop = time.monotonic(), asyncio.get_running_loop()
        try:
            fresh = await loop.run_in_executor(self._thread, self._ready, choice)
        except ModelRefusedError as error:
            return error.reason
        except Exception as error:
            log.exception("a model could not be loaded")
            return f"it cannot be loaded ({type(error).__name__})"
        old = self.serves
        loading.swap(self._agent, fresh)
        log.info("%s serves now in place of %s, after %.1f s", self.serves, old, time.monotonic() - started)
        del fresh
        # what the old one held is of circles, and large; collected when its last turns are over
        loop.call_later(LAST_TURNS_SECONDS, lambda: self._thread.submit(garbage.give_back))
        return ""

    def _ready(self, choice: Choice) -> MessageProcessor:
        """The model, loaded, tried and warm. Raises ModelRefusedError."""
        path = registry.may_serve(manifest.path_of(choice.model), choice).path
        fresh = loading.processor(self._agent, path)
        # to be asked anything is also what warms it
        if not asyncio.run(self._probe(SimpleNamespace(processor=fresh, nlg=self._agent.nlg))):
            raise ModelRefusedError(choice.model, "it has no answer to a plain question. Choose another")
        return fresh
