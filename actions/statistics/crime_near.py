""" "Crime near me": the ward of a postcode in data.police.uk, as a message; the borough's figure when that service fails."""

from __future__ import annotations

import logging
from typing import Any

from rasa_sdk import Tracker

from actions.statistics.chart import Chart
from actions.statistics.measures import ANY_CRIME
from actions.statistics.near import near
from actions.statistics.question import COUNT, CRIME, Question
from bot.content.store import Content
from bot.dialogue.message import Parts, buttons, compose
from bot.errors import SourceError
from bot.sources.clients import Sources, open_sources

log = logging.getLogger(__name__)
TOPIC = "crime_near"
SECONDS = 6.0
SORRY = (
    "I am sorry, the police service with counts by ward does not answer just now. This is what I have for your borough."
)


class CrimeNear:
    """`sources`: opened at the first postcode unless given."""

    def __init__(self, sources: Sources | None = None) -> None:
        self._sources = sources

    @property
    def sources(self) -> Sources:
        self._sources = self._sources or open_sources()
        return self._sources

    async def message(
        self, tracker: Tracker, question: Question, content: Content
    ) -> tuple[dict[str, Any] | None, list[str]]:
        """The message, or None when this is no question about a ward; and lines to say before another answer."""
        place = (tracker.latest_message.get("metadata") or {}).get("place") or {}
        general = not question.crimes or question.crimes == (ANY_CRIME,)
        if (
            not place.get("team")
            or question.about != CRIME
            or question.kind != COUNT
            or question.periods
            or not general
        ):
            return None, []
        try:
            found = await near(place, self.sources.street, deadline=SECONDS)
        except SourceError as error:
            log.warning("no street-level counts: %s", error)
            return None, [SORRY]
        if found is None:
            return None, []
        parts: Parts = {"name": TOPIC, "more": found.more, "sources": found.sources}
        parts["question_asked"] = {**question.as_dict(), "areas": [place["borough"]] if place.get("borough") else []}
        if len(found.labels) > 1:
            source = f"{found.sources[0]['title']}, {found.sources[0]['as_at']}"
            title = f"Recorded crime in the ward, {found.month:%B %Y}"
            named = ", ".join(f"{label} {value:,}" for label, value in zip(found.labels, found.values, strict=True))
            chart = Chart("bar", title, f"Bars, kinds of crime in the ward in {found.month:%B %Y}: {named}.",
                          tuple(found.labels), tuple(found.values), "crimes", source)  # fmt: skip
            parts["chart"] = chart.as_dict()
        offered = (["tell_me_more"] if found.more else []) + ["ask_local_police", "ask_statistics_source"]
        return compose(found.text, parts, buttons(offered, content.labels)), []
