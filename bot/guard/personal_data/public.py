"""Numbers and e-mail addresses of the services directory: nobody's own, so they may stay."""

from __future__ import annotations

from functools import lru_cache

from bot.content import numbers
from bot.content.store import shared
from bot.errors import ContentError


def is_number(written: str) -> bool:
    """Whether it is the number of a service, however it is written."""
    return numbers.digits(written) in _of_services()[0]


def is_email(written: str) -> bool:
    """Whether it is the e-mail address of a service."""
    return written.casefold().strip(".") in _of_services()[1]


def _of_services() -> tuple[frozenset[str], frozenset[str]]:
    try:
        services = shared().current().services
    except ContentError:
        # without the directory nothing is known to be public
        return frozenset(), frozenset()
    return _collected(_Same(services))


class _Same:
    """A key that is the same for the same object: the directory is a new one only when its file has changed."""

    def __init__(self, services: dict) -> None:
        self.services = services

    def __hash__(self) -> int:
        return id(self.services)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.services is self.services


@lru_cache(maxsize=1)
def _collected(key: _Same) -> tuple[frozenset[str], frozenset[str]]:
    phones, emails = set(), set()
    for service in key.services.values():
        told = (service.phone, service.out_of_hours, service.text, service.textphone, service.relay)
        phones |= {numbers.digits(number) for number in told if number}
        if service.email:
            emails.add(service.email.casefold())
    return frozenset(phones), frozenset(emails)
