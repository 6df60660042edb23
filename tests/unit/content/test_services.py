"""The shape of a service: what is refused, so that no wrong number or hour is ever shown."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from bot.content.services import Audience, Hours, Need, Service
from bot.content.store import Content

GOOD: dict[str, Any] = {
    "name": "Some Help",
    "what": "Helps anybody.",
    "needs": ["fraud"],
    "audiences": ["everyone"],
    "area": "london",
    "phone": "0808 168 9111",
    "display": "show",
    "confirmed": "single",
    "sources": [{"title": "Some page", "url": "https://example.org/", "as_at": "2026"}],
    "checked": date(2026, 11, 22),
}


def test_a_good_service() -> None:
    assert Service(**GOOD).phone == "0808 168 9111"
    assert Service(**{**GOOD, "area": ["Camden"]}).area == ["Camden"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "0808 168 911"},
        {"phone": "0808 168 91111"},
        {"phone": "+44 808 168 9111"},
        {"phone": "call us"},
        {"out_of_hours": "12345"},
        {"text": "8525"},
        {"textphone": "18001"},
        {"confirmed": "no-number"},
        {"confirmed": "maybe"},
        {"display": "hold"},
        {"from_memory": True},
        {"unconfirmed": ["phone"]},
        {"needs": []},
        {"needs": ["happiness"]},
        {"audiences": []},
        {"audiences": ["aliens"]},
        {"sources": []},
        {"area": "wales"},
        {"email": "nobody"},
        {"web": "example"},
        {"cost": "cheap"},
        {"what": "x" * 161},
        {"hours": {"when": "Mo-Fr,PH 09:00-17:00"}},
        {"hours": {"when": "nine to five"}},
        {"hours": {"bank_holidays": "maybe"}},
    ],
    ids=str,
)
def test_a_wrong_service_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Service(**{**GOOD, **wrong})


@pytest.mark.parametrize("field", ["name", "what", "needs", "audiences", "area", "display", "confirmed", "checked"])
def test_a_service_without_what_it_needs_is_refused(field: str) -> None:
    with pytest.raises(ValidationError):
        Service(**{name: value for name, value in GOOD.items() if name != field})


@pytest.mark.parametrize(("when", "always"), [("24/7", True), ("Mo-Su 00:00-24:00", False), (None, False)])
def test_always(when: str | None, always: bool) -> None:
    assert Hours(when=when).always is always


@pytest.mark.parametrize(
    "when", ["24/7", "Mo-Fr 09:00-17:00", "Mo-Su 18:00-02:00", "Mo-Th 10:00-20:30; Fr 10:00-16:30"]
)
def test_hours_that_can_be_read(when: str) -> None:
    assert Hours(when=when).when == when


def test_every_need_has_somebody_with_a_contact(content: Content) -> None:
    for need in Need:
        having = [s for s in content.services.values() if need in s.needs and s.display != "info-only"]
        assert having, need


def test_every_audience_has_somebody(content: Content) -> None:
    assert {a for s in content.services.values() for a in s.audiences} == set(Audience)
