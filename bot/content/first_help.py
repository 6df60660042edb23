"""The shape of content/first_help.yml: which services come first for which need, audience, crime and door."""

from __future__ import annotations

from typing import Optional

from pydantic import Field

from bot.content.schema import Strict
from bot.content.services import Audience, Need

DEFAULT = "default"


class NeedHelp(Strict):
    """What helps with a need.

    `label`: the need in words for people. `services`: ids in the order of the facts. `to_talk`: another order
    for who asks for support and not to report. `urgent`: 999 stands before them.
    `by_hour`: a line that is open now comes before one that is closed. `local_first`: the borough's own service leads.
    `safe_device`: add the line on using a device that the other person cannot check. `ask`: a choice of the first question.
    """

    label: str = Field(min_length=3, max_length=60)
    services: list[str] = Field(min_items=1, max_items=6)
    to_talk: list[str] = Field(default=[], max_items=6)
    urgent: bool = False
    by_hour: bool = False
    local_first: bool = False
    safe_device: bool = False
    ask: Optional[str] = Field(default=None, max_length=40)  # noqa: UP045 - pydantic 1 reads this at run time


class Door(Strict):
    """The right door for what a message is about, by its words.

    `words`: how people name it, lower case; `but_not`: what holds such a word and means
    something else. `needs`: only when one of these is named too. `for_young`: the services for
    somebody under 18. `for_help`: also for somebody who
    asks for help, not only for a report. `alone`: in place of the need's own services, even where it may be urgent.
    """

    words: list[str] = Field(min_items=1)
    but_not: list[str] = Field(default=[])
    needs: list[Need] = Field(default=[])
    services: list[str] = Field(min_items=1, max_items=3)
    for_young: list[str] = Field(default=[], max_items=3)
    for_help: bool = False
    alone: bool = False


class Meaning(Strict):
    """What a label of the classifier means (bot/nlu/about_classifier.py), where it is no need by itself."""

    needs: list[Need] = Field(default=[])
    doors: list[str] = Field(default=[])


class FirstHelp(Strict):
    """content/first_help.yml. The order of `needs` decides when a message names several: the first one counts.

    `audiences`: need to audience to services. `crimes`: crime_type to need. `reporting`: crime_type or need to the doors for a
    report. `intents`: intents whose doors are always the same. `doors`: other doors, by the words of the message. `lead`:
    services that come first whatever the hour, because no other takes their place. `ways`: who can be reached in a way ("text")
    when none of the services shown can. `about`: what the classifier's labels mean.
    """

    needs: dict[Need, NeedHelp]
    default: list[str] = Field(min_items=1, max_items=3)
    audiences: dict[Need, dict[Audience, list[str]]] = Field(default={})
    crimes: dict[str, Need] = Field(default={})
    reporting: dict[str, list[str]]
    intents: dict[str, list[str]] = Field(default={})
    doors: dict[str, Door] = Field(default={})
    lead: list[str] = Field(default=[])
    ways: dict[str, list[str]] = Field(default={})
    about: dict[str, Meaning] = Field(default={})

    def needs_of(self, needs: tuple[str, ...], crimes: tuple[str, ...]) -> list[Need]:
        """The needs that were named, or that a named crime brings, the most particular first."""
        brought = {str(self.crimes[c].value) for c in crimes if c in self.crimes}
        return [need for need in self.needs if need.value in {*needs, *brought}]

    def named(self) -> set[str]:
        """Every service id that this file mentions."""
        lists = [n.services + n.to_talk for n in self.needs.values()] + [self.default, self.lead]
        lists += [ids for by in self.audiences.values() for ids in by.values()]
        lists += [
            *self.reporting.values(),
            *self.intents.values(),
            *self.ways.values(),
            *(d.services + d.for_young for d in self.doors.values()),
        ]
        return {service for ids in lists for service in ids}
