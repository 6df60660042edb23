"""Whether the server can answer people just now: /health/ready, for load balancers and operators.

Each check has its time, and all of them run at most every few seconds, however often somebody asks. The document says which
checks pass; no address, no version, no words of an error.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any

from sanic import Request, Sanic, response
from sanic.response import HTTPResponse

log = logging.getLogger(__name__)
Check = Callable[[], Awaitable[bool]]
CHECK_SECONDS = 3.0
KEPT_SECONDS = 3.0
"""For so long the last look serves."""
READY, NOT_READY = "ready", "not_ready"


class Health:
    """`checks`: by name; each says whether it passes, or raises. `last`: those that keep the processor busy: after the others."""

    def __init__(
        self, checks: dict[str, Check], last: dict[str, Check] | None = None, *, seconds: float = CHECK_SECONDS,
        kept: float = KEPT_SECONDS, clock: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._rounds, self._seconds, self._kept, self._clock = (checks, last or {}), seconds, kept, clock
        self._running: dict[str, asyncio.Task[bool]] = {}
        self._look: asyncio.Task[dict[str, bool]] | None = None
        self._last: tuple[float, dict[str, bool]] | None = None
        self._before: dict[str, bool] = {}

    async def passes(self) -> dict[str, bool]:
        """Each check and whether it passes, now or some seconds ago."""
        if self._last and self._clock() - self._last[0] < self._kept:
            return self._last[1]
        if self._look is None or self._look.done():
            self._look = asyncio.ensure_future(self._all())
        # whoever asks may leave; the look goes on for the others
        return await asyncio.shield(self._look)

    async def _all(self) -> dict[str, bool]:
        found: dict[str, bool] = {}
        for together in self._rounds:
            passed = await asyncio.gather(*(self._one(name, check) for name, check in together.items()))
            found |= zip(together, passed, strict=True)
        for name, passes in found.items():
            if passes != self._before.get(name, True):
                log.log(
                    logging.INFO if passes else logging.WARNING, "health: %s %s", name, "passes" if passes else "fails"
                )
        self._before, self._last = found, (self._clock(), found)
        return found

    async def _one(self, name: str, check: Check) -> bool:
        """One that has not come back from the last look is not begun a second time: what hangs would pile up."""
        task = self._running.get(name)
        if task is None:
            task = self._running[name] = asyncio.ensure_future(check())
            task.add_done_callback(lambda _: self._running.pop(name, None))
        await asyncio.wait({task}, timeout=self._seconds)
        if not task.done():
            return False
        with contextlib.suppress(asyncio.CancelledError):
            if (error := task.exception()) is None:
                return bool(task.result())
            log.warning("health: %s: %s", name, error)
        return False


def add_to(app: Sanic, health_of: Callable[[Sanic], Health]) -> None:
    """Adds /health/ready; `health_of` is called at the first request, when the agent is there."""

    @app.get("/health/ready")
    async def ready(request: Request) -> HTTPResponse:
        health = getattr(request.app.ctx, "health", None)
        if health is None:
            health = request.app.ctx.health = health_of(request.app)
        document, is_ready = told(await health.passes())
        return response.json(document, status=200 if is_ready else 503, headers={"Cache-Control": "no-store"})


def told(passed: dict[str, bool]) -> tuple[dict[str, Any], bool]:
    """The document, and whether all is well."""
    is_ready = all(passed.values())
    checks = {name: "passes" if passes else "fails" for name, passes in passed.items()}
    return {"status": READY if is_ready else NOT_READY, "checks": checks}, is_ready
