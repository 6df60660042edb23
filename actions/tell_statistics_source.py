"""action_tell_statistics_source: where the figures come from, and how fresh those are that are held here."""

from __future__ import annotations

import asyncio
from typing import Any

from rasa_sdk import Tracker

from actions.base import SafeAction
from actions.statistics.measures import ALL_CRIME
from actions.statistics.seed import ORIGIN
from actions.statistics.shared import store
from bot import clock
from bot.clock import spell
from bot.dialogue.message import from_content
from bot.errors import StoreError

INTENT = "ask_statistics_source"


class TellStatisticsSource(SafeAction):
    """The answer of content/ with the newest month of crime figures and the day of the last refresh."""

    action_name = "action_tell_statistics_source"

    async def answer(self, tracker: Tracker) -> dict[str, Any]:
        content, today = self.store.current(), clock.today()
        written = content.answer(INTENT, today)
        fresh = await asyncio.to_thread(freshness)
        if fresh:
            written = written.copy(update={"text": f"{fresh} {written.text}"})
        return from_content(INTENT, written, content.labels)

    def last_good(self, tracker: Tracker) -> str | None:
        return self.store.current().answer(INTENT, clock.today()).text


def freshness() -> str:
    """How far the crime figures reach; nothing when the store cannot say."""
    try:
        day = store().newest_day(ALL_CRIME.name)
        refreshed = [e for e in store().all_editions() if e.origin != ORIGIN]
    except StoreError:
        return ""
    if day is None:
        return ""
    line = f"My crime figures go up to {day:%B %Y}."
    return f"{line} I last took in new ones on {spell(refreshed[0].loaded.date())}." if refreshed else line
