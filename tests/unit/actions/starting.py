"""The events of an action server's start, without the start: Sanic can make a whole one only once in a process."""

from __future__ import annotations

from sanic import Sanic


async def happens(app: Sanic, when: str) -> None:
    """What the app does `before` and `after` it listens."""
    if not app.is_running:
        app.signalize()
        app.finalize()
        app.is_running = True
    await app._server_event("init", when)
