"""The target that reads bytes of a connection: HTTP itself."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.fuzz.reading import One


def http() -> One:
    """Any bytes on a connection: an answer below 500 and an end to it, or silence."""
    from sanic import Sanic
    from sanic.models.server_types import Signal

    from bot.channels.rest import RestChannel
    from bot.server.app import make
    from bot.server.protocol import StrictProtocol

    # a thread of its own: Sanic changes what a thread takes for its event loop
    thread = ThreadPoolExecutor(max_workers=1)
    loop = thread.submit(asyncio.new_event_loop).result()
    app = make("fuzzed", [RestChannel()])
    app.config.ACCESS_LOG = False
    before, Sanic.test_mode = Sanic.test_mode, True
    try:
        thread.submit(loop.run_until_complete, app._startup()).result()
    finally:
        Sanic.test_mode = before

    async def exchange(data: bytes) -> bytes:
        transport = Transport()
        connection = StrictProtocol(loop=loop, app=app, signal=Signal(), connections=set(), state={})
        connection.connection_made(transport)
        for start in range(0, len(data), 4_096):
            if transport.closed:
                break
            connection.data_received(data[start : start + 4_096])
            for _ in range(12):
                await asyncio.sleep(0)
        task = connection._task
        connection.connection_lost(None)
        if task:
            await asyncio.wait([task], timeout=10)
            assert task.done(), "the connection goes on without a client"
        return bytes(transport.written)

    def answer_to(work: Coroutine[Any, Any, bytes]) -> bytes:
        return loop.run_until_complete(asyncio.wait_for(work, 20))

    def one(data: bytes) -> None:
        answered = thread.submit(answer_to, exchange(data)).result()
        assert not answered or answered.startswith(b"HTTP/1.1 ")
        # what a client that left is told does not matter
        assert b"HTTP/1.1 500" not in answered, answered[:300]

    return one


class Transport(asyncio.Transport):
    """A connection to nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.written = bytearray()
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closed = True

    abort = close

    def is_closing(self) -> bool:
        return self.closed

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return ("127.0.0.1", 1) if name in ("peername", "sockname") else default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        pass

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass
