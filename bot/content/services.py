"""content/services.yml and content/first_help.yml: who helps, and who is shown first for which need."""

from __future__ import annotations

from datetime import date
from typing import Optional, Union

from pydantic import BaseModel, Field, HttpUrl

from bot.content.schema import Source, Strict

MOST_SHOWN = 3
DEFAULT = "default"
GENERAL = frozenset(
    {"victim-support", "emergency", "report-crime", "witness", "young-people", "local-police", "police-complaint"}
)
"""Needs that say little: any other one that is named counts for more."""


class Service(Strict):
    """One service. Numbers are written as people read them; None means that none is confirmed."""

    name: str = Field(min_length=2)
    what: str = Field(min_length=5, max_length=160)
    phone: Optional[str] = None  # noqa: UP045 - pydantic 1 reads this at run time
    text: Optional[str] = None  # noqa: UP045
    textphone: Optional[str] = None  # noqa: UP045
    web: Optional[HttpUrl] = None  # noqa: UP045
    hours: Optional[str] = None  # noqa: UP045
    cost: Optional[str] = None  # noqa: UP045
    area: Union[str, list[str], None] = None  # noqa: UP007
    sources: list[Source] = Field(min_items=1)
    checked: date


class ServiceFile(BaseModel):
    """content/services.yml: an id to its service."""

    __root__: dict[str, Service]


class Need(Strict):
    """What is shown first for a need; `safe_device`: add the line on using a device the other person cannot check."""

    services: list[str] = Field(min_items=1, max_items=MOST_SHOWN)
    safe_device: bool = False


class FirstHelp(Strict):
    """content/first_help.yml. `audiences`: need to audience to services; `crimes`: crime_type to need."""

    needs: dict[str, Need]
    default: Need
    audiences: dict[str, dict[str, list[str]]] = Field(default={})
    crimes: dict[str, str] = Field(default={})
    reporting: dict[str, list[str]]

    def need_of(self, needs: list[str], crimes: list[str]) -> str | None:
        """The most particular need that was named or that a named crime brings; "victims of stalking" is about stalking."""
        named = [n for n in (*needs, *(self.crimes.get(c, "") for c in crimes)) if n in self.needs]
        return min(named, key=lambda need: need in GENERAL, default=None)

    def services_for(self, need: str | None, audiences: tuple[str, ...] = ()) -> list[str]:
        """At most three service ids: those for the audience first, then those of the need."""
        usual = self.needs[need].services if need in self.needs else self.default.services
        special = [s for a in audiences for s in self.audiences.get(need or "", {}).get(a, [])]
        return list(dict.fromkeys(special + usual))[:MOST_SHOWN]

    def needs_safe_device(self, need: str | None) -> bool:
        return bool(need in self.needs and self.needs[need].safe_device)

    def named(self) -> set[str]:
        """Every service id that this file mentions."""
        lists = [n.services for n in (*self.needs.values(), self.default)]
        lists += [ids for by in self.audiences.values() for ids in by.values()] + list(self.reporting.values())
        return {service for ids in lists for service in ids}
