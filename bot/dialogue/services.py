"""Shows services: as lines that anybody can read, and as cards for channels that can draw them."""

from __future__ import annotations

from typing import Any

from bot.content.services import Service
from bot.content.store import Content


def list_services(ids: list[str], content: Content) -> str:
    """One line a service: name, how to reach it, when, and what it is for."""
    return "\n".join(f"• {_line(content.services[service])}" for service in ids)


def cards(ids: list[str], content: Content) -> list[dict[str, Any]]:
    """The services as plain data, with what a channel needs to draw a card and a call button."""
    return [
        {"id": i, **content.services[i].dict(include={"name", "what", "phone", "text", "web", "hours"})} for i in ids
    ]


def _line(service: Service) -> str:
    ways = []
    if service.phone:
        ways.append(f"call {service.phone}")
    if service.text:
        ways.append(f"text {service.text}")
    if service.textphone and not ways:
        ways.append(f"textphone {service.textphone}")
    if not ways and service.web:
        ways.append(str(service.web))
    hours = f" ({service.hours})" if service.hours else ""
    reached = f": {' or '.join(ways)}{hours}" if ways else hours
    return f"{service.name}{reached}. {service.what}"
