"""Redis, for what several workers share: whose turn it is, and how much somebody has sent. `PLAN_REDIS=redis://...` turns it on.

Nothing in it has to last, so a Redis that is down stops nobody: each worker then goes by what it knows itself.
"""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import Sequence
from typing import Any

from bot.errors import SetupError, SharedStateError

log = logging.getLogger(__name__)
VARIABLE = "PLAN_REDIS"
CALL_SECONDS = 1.0
PAUSE_SECONDS = 1.0
"""How long a Redis that failed is left alone: without it, every message would wait for it in turn."""


class RedisLink:
    """`url`: redis://..., rediss://... or unix://... Raises SetupError for what is none. Connected at the first call."""

    def __init__(self, url: str, prefix: str = "plan") -> None:
        from redis.asyncio import Redis
        from redis.asyncio.retry import Retry
        from redis.backoff import NoBackoff

        try:
            self._redis = Redis.from_url(
                url, socket_timeout=CALL_SECONDS, socket_connect_timeout=CALL_SECONDS,
                # a connection that a restart has closed is opened anew, once
                retry=Retry(NoBackoff(), 1), retry_on_error=[ConnectionError],
            )  # fmt: skip
        except ValueError as error:
            # the address may hold a password, so it is not repeated
            raise SetupError(f"{VARIABLE} is no address of a Redis: write redis://host:6379/0, or unset it.") from error
        self._prefix = prefix
        self._scripts: dict[str, Any] = {}
        self._paused_until = 0.0

    async def run(self, script: str, keys: Sequence[str], arguments: Sequence[Any]) -> Any:
        """What a Lua script gives; the prefix is put before every key. Raises SharedStateError when Redis does not answer."""
        from redis.exceptions import RedisError

        if time.monotonic() < self._paused_until:
            raise SharedStateError("Redis did not answer a moment ago.")
        prepared = self._scripts.get(script)
        if prepared is None:
            prepared = self._scripts[script] = self._redis.register_script(script)
        try:
            return await prepared(keys=[f"{self._prefix}:{key}" for key in keys], args=list(arguments))
        except (RedisError, OSError, asyncio.TimeoutError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            log.warning("Redis does not answer (%s): each worker goes by itself for now", type(error).__name__)
            raise SharedStateError("Redis does not answer.") from error

    async def answers(self) -> bool:
        """Whether it can be reached just now."""
        try:
            return bool(await self.run("return 1", [], []))
        except SharedStateError:
            return False

    async def close(self) -> None:
        """Closes the connections."""
        await self._redis.close()


_link: RedisLink | None = None


def link() -> RedisLink | None:
    """This process's link, made at the first call; None when PLAN_REDIS is not set. Raises SetupError for a wrong address."""
    global _link
    url = os.environ.get(VARIABLE, "").strip()
    if _link is None and url:
        _link = RedisLink(url)
    return _link if url else None


def forget_link() -> None:
    """For a new event loop, as in tests: the next call of `link` makes a new one."""
    global _link
    _link = None
