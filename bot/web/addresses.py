"""How much one network address may ask for. Addresses are kept as keyed hashes, in memory or Redis, and forgotten."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable

from bot.guard.rate import SharedLimit
from bot.settings import WebSettings

# words of danger are let through beyond the limit, but not without end
IN_DANGER = 5
# some proxies say the port too, which is another one for every connection
WITH_PORT = re.compile(r"(\[[^\]]+\]|[\d.]+):\d+")


class AddressLimits:
    """`hide`: the keyed hash. An address may be a school or an office, so the limits are those of many people."""

    def __init__(self, settings: WebSettings, hide: Callable[[str], str]) -> None:
        self._hide = hide
        self._requests = SharedLimit("requests", settings.address_per_minute, settings.address_burst)
        self._conversations = SharedLimit(
            "conversations", settings.conversations_per_minute, settings.conversations_burst
        )
        self._danger = SharedLimit(
            "danger", settings.address_per_minute * IN_DANGER, settings.address_burst * IN_DANGER
        )

    async def allows(self, address: str, *, danger: Callable[[], bool]) -> bool:
        """Counts one request; False when there were too many. `danger` is asked only then."""
        key = self._hide(network(address))
        return await self._requests.allows(key) or (danger() and await self._danger.allows(key))

    async def allows_conversation(self, address: str) -> bool:
        """Counts one new conversation; False when there were too many."""
        return await self._conversations.allows(self._hide(network(address)))


def network(address: str) -> str:
    """What counts as one address: an IPv6 household has a /64 of them to choose from."""
    try:
        named = WITH_PORT.fullmatch(address)
        parsed = ipaddress.ip_address((named[1] if named else address).strip("[]"))
    except ValueError:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)
