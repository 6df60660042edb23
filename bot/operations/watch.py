"""Keeps a worker's knowledge of the service fresh: it looks several times a second, so that a decision holds within one.

A database that is down changes nothing: what was known last still holds.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import sqlalchemy as sa
from sqlalchemy.exc import SQLAlchemyError

from bot.operations.records import ServiceRecords, Worker
from bot.operations.state import Service, ServiceState, shared

log = logging.getLogger(__name__)
EVERY_SECONDS = 0.4
TELL_SECONDS = 5.0
"""How often a worker says that it is up, when nothing has changed."""

Told = tuple[str, str]
"""What a worker serves, and its trouble."""


def worker_name() -> str:
    """Of this process, among all workers on all machines."""
    return f"{socket.gethostname()}:{os.getpid()}"


class Watch:
    """`engine`: the tracker store's; `serves`: the model that serves here, and why it is not the one that was chosen."""

    def __init__(
        self, engine: sa.engine.Engine, serves: Callable[[], Told] = lambda: ("", ""), service: Service | None = None,
        name: str | None = None,
    ) -> None:  # fmt: skip
        self._records, self._serves, self._service = ServiceRecords(engine), serves, service or shared()
        self._name = name or worker_name()
        # its own: a database that hangs must not take the threads of others
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="plan-watch")
        self._ready, self._silent = False, False
        self._told: tuple[int, Told] | None = None
        self._told_at = float("-inf")

    async def run(self, every: float = EVERY_SECONDS) -> None:
        """Looks again and again, until it is cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(every)

    async def look(self) -> None:
        """Looks once. Never raises for a database that does not answer."""
        try:
            state = await asyncio.get_running_loop().run_in_executor(self._thread, self._look)
        except (SQLAlchemyError, OSError) as error:
            if not self._silent:
                log.warning("the switch cannot be read (%s); what was known last holds", type(error).__name__)
            self._silent = True
            return
        if self._silent:
            log.info("the switch can be read again")
        self._silent = False
        if state.number != self._service.current().number:
            log.info("decision %d of the operators holds here now", state.number)
        self._service.publish(state)
        await self._tell(state)

    def _look(self) -> ServiceState:
        if not self._ready:
            self._records.make_tables()
            self._ready = True
        return self._records.read()

    async def _tell(self, state: ServiceState) -> None:
        serves, now = self._serves(), time.monotonic()
        if self._told == (state.number, serves) and now - self._told_at < TELL_SECONDS:
            return
        worker = Worker(self._name, time.time(), state.number, *serves)
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._records.tell, worker)
            self._told, self._told_at = (state.number, serves), now
        except (SQLAlchemyError, OSError) as error:
            log.info("what this worker serves could not be noted (%s)", type(error).__name__)

    async def leave(self) -> None:
        """This worker stops."""
        try:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._records.leave, self._name)
        except (SQLAlchemyError, OSError):
            log.info("the end of this worker could not be noted")
        self._thread.shutdown(wait=False)
