"""Which web pages may talk to the assistant: the named ones, and pages of this machine's own server."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class Origins:
    """`named`: origins such as https://www.london.gov.uk."""

    def __init__(self, named: Iterable[str]) -> None:
        self._named = frozenset(named)

    def allows(self, origin: str | None, host: str) -> bool:
        """Whether a request from `origin` to `host` (both as the browser says them) is answered.

        A request without an origin does not come from a page of another site: browsers name it on every POST.
        """
        return origin is None or origin in self._named or _is_own(origin, host)


def _is_own(origin: str, host: str) -> bool:
    """Whether the page was served by this server on this machine; other hosts must be named, or DNS could be made to lie."""
    try:
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK and parts.netloc == host.lower()
    except ValueError:
        return False
