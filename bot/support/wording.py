"""Shows services: as lines that anybody can read, and as cards for channels that can draw them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.content import numbers
from bot.content.services import Service
from bot.content.store import Content
from bot.support import opening

COST = {"free": "free", "charged": "normal call rate", "unknown": ""}
DOUBTFUL = "I could not confirm these details lately, so check them on its website."
DOUBTFUL_NO_SITE = "I could not confirm these details lately."


def list_services(ids: list[str], content: Content, now: datetime, *, deaf: bool = False) -> str:
    """One line a service: name, how to reach it, whether it is open, and what it is for; for `deaf` people without a call."""
    return "\n".join(f"• {line(content.services[i], now, deaf=deaf)}" for i in ids)


def line(service: Service, now: datetime, *, deaf: bool = False) -> str:
    """ "Galop: call 0800 999 5428, free, open now until 20:30. Helps LGBT+ people who ..." """
    how = (without_a_call(service) if deaf else "") or reached(service, now)
    sentences = [f"{service.name}: {how}." if how else f"{service.name}.", service.what]
    if service.afterwards:
        sentences.append(service.afterwards)
    if service.recheck:
        sentences.append(DOUBTFUL if service.web else DOUBTFUL_NO_SITE)
    return " ".join(sentences)


def reached(service: Service, now: datetime) -> str:
    """ "call 0800 999 5428, free, open now until 20:30"; empty when there is nothing to say."""
    facts = [*ways(service, now), COST[service.cost] if service.phone else "", _opening(service, now)]
    return ", ".join(fact for fact in facts if fact)


def without_a_call(service: Service) -> str:
    """The ways for somebody who cannot hear, as far as they are known."""
    relay = service.relay if service.relay != service.textphone else None
    named = {"text": service.text, "textphone": service.textphone, "relay": relay, "web chat": service.webchat}
    notes = [*service.languages, (service.hours.note or "") if service.hours else ""]
    signs = [note for note in notes if "BSL" in note or "Sign" in note][:1]
    if service.web and not (service.phone or service.text):
        signs.append(str(service.web))
    return "; ".join([*(f"{name} {value}" for name, value in named.items() if value), *signs])


def ways(service: Service, now: datetime) -> list[str]:
    """How to reach it at this hour, the best way first; never more than two, and the website only where there is no number."""
    found = []
    if service.phone and service.out_of_hours and opening.at(service.hours, now).open is None:
        found.append(f"call {service.phone} in office hours, {service.out_of_hours} at other times")
    elif number := number_now(service, now):
        note = service.phone_note if number == service.phone else "outside office hours"
        found.append(f"call {number}{f' ({note})' if note else ''}")
    if service.text:
        found.append(f"text {service.text}{f' ({service.text_note})' if service.text_note else ''}")
    if not found and service.textphone:
        found.append(f"textphone {service.textphone}")
    if not found and service.web:
        found.append(str(service.web))
    if not found and service.email:
        found.append(service.email)
    return found[:2]


def number_now(service: Service, now: datetime) -> str | None:
    """The number that is answered at this hour: outside its hours a service may have another."""
    if not service.out_of_hours:
        return service.phone
    known = opening.at(service.hours, now).open
    open_now = opening.in_office_hours(now) if known is None else known
    return service.phone if open_now else service.out_of_hours


def card(service_id: str, service: Service, now: datetime) -> dict[str, Any]:
    """The service as plain data, with links that dial, text or open a page, for channels that can draw them."""
    links = []
    if number := number_now(service, now):
        links.append({"title": f"Call {number}", "url": numbers.link(number)})
    if service.text:
        links.append({"title": f"Text {service.text}", "url": f"sms:{numbers.digits(service.text)}"})
    if service.web:
        links.append({"title": "Website", "url": str(service.web)})
    return {
        "id": service_id,
        "name": service.name,
        "what": service.what,
        "phone": number_now(service, now),
        "text": service.text,
        "web": str(service.web) if service.web else None,
        "opening": _opening(service, now),
        "cost": COST[service.cost],
        "recheck": service.recheck,
        "links": links,
    }


def cards(ids: list[str], content: Content, now: datetime) -> list[dict[str, Any]]:
    return [card(i, content.services[i], now) for i in ids]


def _opening(service: Service, now: datetime) -> str:
    if service.out_of_hours and not opening.at(service.hours, now).open:
        return ""
    return opening.describe(service.hours, now)
