"""The actions, served from this process: one clock and one set of files for the dialogue and for them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

HOST = "127.0.0.1"
LARGEST_CALL = 10**8
"""Bytes: every call brings the whole conversation along."""


@asynccontextmanager
async def serve_actions() -> AsyncIterator[str]:
    """The address at which the actions of actions/ answer, for as long as the context lasts."""
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package("actions")

    async def webhook(request: web.Request) -> web.Response:
        return web.json_response(await executor.run(await request.json()))

    app = web.Application(client_max_size=LARGEST_CALL)
    app.router.add_post("/webhook", webhook)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, 0).start()
        yield f"http://{HOST}:{runner.addresses[0][1]}/webhook"
    finally:
        await runner.cleanup()
