"""How many messages a conversation may send: a bucket of tokens each, the least recently used forgotten first."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from bot.errors import SharedStateError
from bot.stores.redis_link import RedisLink, link

MOST_REMEMBERED = 50_000
# Redis's own clock, for all workers; one that goes back gives nothing and takes nothing
TAKE_FROM_BUCKET = """
local time = redis.call('TIME')
local now, rate, burst = time[1] + time[2] / 1000000, tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(bucket[1]) or burst, tonumber(bucket[2]) or now
tokens = math.min(burst, tokens + math.max(0, now - at) * rate)
local allowed = tokens >= 1
if allowed then tokens = tokens - 1 end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%.6f', now))
redis.call('PEXPIRE', KEYS[1], math.ceil((burst - tokens) / rate * 1000) + 1000)
return allowed and 1 or 0
"""


class RateLimit:
    """`burst` messages at once, then `per_minute` a minute, for each conversation."""

    def __init__(self, per_minute: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.per_second, self.burst, self.clock = per_minute / 60, burst, clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, conversation: str) -> bool:
        """Takes one token; False when there is none left."""
        now = self.clock()
        tokens, then = self._buckets.pop(conversation, (float(self.burst), now))
        tokens = min(float(self.burst), tokens + (now - then) * self.per_second)
        allowed = tokens >= 1
        self._buckets[conversation] = (tokens - 1 if allowed else tokens, now)
        if len(self._buckets) > MOST_REMEMBERED:
            self._buckets.popitem(last=False)
        return allowed


class SharedLimit:
    """The same for all workers together, by Redis where there is one; each by itself while it does not answer.

    `name`: what is limited; keys of different limits are different.
    """

    def __init__(self, name: str, per_minute: float, burst: int, shared: Callable[[], RedisLink | None] = link) -> None:
        self.local = RateLimit(per_minute, burst)
        self._name, self._shared = name, shared

    async def allows(self, key: str) -> bool:
        """Takes one token; False when there is none left."""
        if shared := self._shared():
            try:
                arguments = [self.local.per_second, self.local.burst]
                return bool(await shared.run(TAKE_FROM_BUCKET, [f"rate:{self._name}:{key}"], arguments))
            except SharedStateError:
                pass
        return self.local.allows(key)
