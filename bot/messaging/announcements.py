"""What operators announce (`planbot notice`): told to each person once, with an answer for which there is time to read it."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from bot.errors import SharedStateError
from bot.messaging.notice import MOST_REMEMBERED, has_no_time
from bot.operations.state import Service, shared
from bot.stores.redis_link import RedisLink, link

TELL_ONCE = "return redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) and 1 or 0"


class Announcements:
    """Who was told is remembered by this worker, and by Redis for all of them, until the notice is over."""

    def __init__(self, service: Service | None = None, redis: RedisLink | None = None) -> None:
        self._service, self._redis = service or shared(), redis
        self._told: OrderedDict[str, None] = OrderedDict()

    async def text(self, sender: str, answer: Sequence[Mapping[str, Any]]) -> str:
        """What to tell with an answer, of which these are the parts; an empty text when there is nothing, or no time for it."""
        state = self._service.current()
        found = state.notice_now()
        if not found or state.off_now() or any(has_no_time(part) for part in answer):
            return ""
        number, notice = found
        key = f"notice:{number}:{sender}"
        if key in self._told:
            return ""
        self._told[key] = None
        while len(self._told) > MOST_REMEMBERED:
            self._told.popitem(last=False)
        return notice.message if await self._is_first(key, notice.until) else ""

    async def _is_first(self, key: str, until: float) -> bool:
        redis = self._redis or link()
        if redis is None:
            return True
        try:
            return bool(await redis.run(TELL_ONCE, [key], [max(1, int(until - time.time()))]))
        except SharedStateError:
            # told twice is better than not at all
            return True
