"""action_find_local_police: the police team of a postcode or a district, how to reach it, what it works on, where to meet it."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from datetime import date
from typing import Any

from rasa_sdk import Tracker

from actions import turn
from actions.base import SafeAction
from actions.show_support import LAST_RESORT, ShowSupport
from bot import clock, places
from bot.content.store import Content
from bot.dialogue.message import Parts, buttons, compose, sources
from bot.errors import SourceError
from bot.sources.clients import Sources, open_sources
from bot.sources.police_uk import Event, Priority, Team
from bot.support import local_police as words
from bot.support.meant import meant
from bot.support.request import Request
from bot.support.selection import CITY
from bot.support.wording import cards, list_services

INTENT = "ask_local_police"
STATION = re.compile(r"\b(?:stations?|front ?counters?|counters?|front desk|cop shop)\b", re.IGNORECASE)
TEAM, CITY_POLICE = "safer-neighbourhood-team", "city-of-london-police"
REMOTE_SECONDS = 3.5


class FindLocalPolice(SafeAction):
    """Asks the public services only for what the guard could not know; without them it still gives borough and link."""

    action_name = "action_find_local_police"

    def __init__(self, sources: Sources | None = None) -> None:
        self._sources = sources
        self._support = ShowSupport()

    @property
    def sources(self) -> Sources:
        self._sources = self._sources or open_sources()
        return self._sources

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        content = self.store.current()
        asked = turn.request(tracker, content)
        if meant(asked, turn.text(tracker), turn.about(tracker)) != INTENT and turn.intent(tracker) == INTENT:
            return self._support.ask_or_show(asked, tracker)
        place = (tracker.latest_message.get("metadata") or {}).get("place")
        if not place and STATION.search(turn.text(tracker)):
            return self._support.message(replace(asked, intent=INTENT, named=()))
        place = place or await self._place_named(tracker)
        if not place:
            return self._ask_where(content)
        team, priorities, events = await self._team(place)
        if team:
            return self._tell(place, team, priorities, events, content)
        return self._without_team(place, content)

    async def _place_named(self, tracker: Tracker) -> dict[str, Any] | None:
        """The place of an outward code or a name in the message: what is stored, and the team of the middle of a district."""
        for code in turn.entities(tracker, "postcode"):
            if places.offline(code.split()[0]).get("borough") == CITY:
                return {"status": places.CITY}
            if boroughs := [b for b, _ in places.boroughs_of(code.split()[0])]:
                return {"status": words.PART, "boroughs": boroughs, "named": code.split()[0]}
        found = next((e for e in tracker.latest_message.get("entities") or [] if e.get("entity") == "area"), None)
        if not found or found["value"] == "London":
            return None
        if found["value"] == CITY:
            return {"status": places.CITY}
        typed = turn.text(tracker)[found.get("start", 0) : found.get("end", 0)] or str(found["value"])
        place: dict[str, Any] = {"status": words.PART, "boroughs": [str(found["value"])], "named": typed}
        if typed.casefold() == str(found["value"]).casefold():
            return place
        try:
            district = await self.sources.postcodes.place(typed, REMOTE_SECONDS / 2)
            if district and district.borough == found["value"]:
                force, team = await self.sources.police.locate(
                    district.latitude, district.longitude, REMOTE_SECONDS / 2
                )
                place |= {"status": words.DISTRICT, "force": force, "team": team, "borough": district.borough}
        except SourceError:
            place["failed"] = True
        return place

    async def _team(self, place: dict[str, Any]) -> tuple[Team | None, list[Priority], list[Event]]:
        """The team, what it works on and its meetings; what could not be had is left out."""
        if not (place.get("force") and place.get("team")):
            return None, [], []
        key = (place["force"], place["team"])
        police = self.sources.police
        team, priorities, events = await asyncio.gather(
            police.team(*key, REMOTE_SECONDS),
            police.priorities(*key, REMOTE_SECONDS),
            police.events(*key, REMOTE_SECONDS),
            return_exceptions=True,
        )
        for failed in (team, priorities, events):
            if isinstance(failed, BaseException) and not isinstance(failed, SourceError):
                raise failed
        return (
            team if isinstance(team, Team) else None,
            priorities if isinstance(priorities, list) else [],
            events if isinstance(events, list) else [],
        )

    def _tell(
        self, place: dict[str, Any], team: Team, priorities: list[Priority], events: list[Event], content: Content
    ) -> dict[str, Any]:
        text = words.describe_team(place, team, priorities, events, clock.today())
        page = team.url or str(content.services[TEAM].web)
        origin = {"title": "data.police.uk", "url": page, "as_at": f"as of {clock.spell(team.as_of)}"}
        return self._message(text, [origin], [TEAM], content, more=words.more_of_team(team, priorities, events))

    def _without_team(self, place: dict[str, Any], content: Content) -> dict[str, Any]:
        text = words.describe_place(place)
        shown = [CITY_POLICE] if place["status"] == places.CITY else [TEAM]
        if place["status"] == places.OUTSIDE:
            shown = ["police-101"]
        text = f"{text}\n\n{list_services(shown, content, clock.now())}"
        origin = sources([content.services[i].sources[0] for i in shown])
        if as_of := place.get("as_of"):
            day = clock.spell(date.fromisoformat(as_of))
            origin.insert(0, {"title": "postcodes.io", "url": "https://api.postcodes.io", "as_at": f"as of {day}"})
        return self._message(text, origin, shown, content)

    def _ask_where(self, content: Content) -> dict[str, Any]:
        written = content.answer(INTENT, clock.today())
        text = f"{words.ASK_WHERE}\n\n{list_services([TEAM], content, clock.now())}"
        return self._message(text, sources(written.sources), [TEAM], content, more=written.more, simple=written.simple)

    def _message(
        self,
        text: str,
        origin: list[dict[str, str]],
        shown: list[str],
        content: Content,
        *,
        more: str | None = None,
        simple: str | None = None,
    ) -> dict[str, Any]:
        parts: Parts = {
            "name": INTENT,
            "more": more,
            "simple": simple,
            "sources": origin,
            "services": cards(shown, content, clock.now()),
            "question_asked": Request(intent=INTENT).as_dict(),
        }
        return compose(text, parts, buttons(["report_crime", "ask_have_say_now"], content.labels))

    def last_good(self, tracker: Tracker) -> str | None:
        return LAST_RESORT
