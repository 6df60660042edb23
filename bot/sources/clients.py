"""The clients, put together from the settings."""

from __future__ import annotations

from dataclasses import dataclass

from bot.settings import SourceSettings
from bot.sources.cache import Cache
from bot.sources.database import Database
from bot.sources.http import Fetcher, Waits
from bot.sources.limiter import Limiter
from bot.sources.police_uk import PoliceClient
from bot.sources.postcodes_io import PostcodesClient
from bot.sources.street_crime import StreetCrimeClient


@dataclass(frozen=True)
class Sources:
    """One of these serves a process; `close` it at the end."""

    postcodes: PostcodesClient
    police: PoliceClient
    street: StreetCrimeClient
    fetcher: Fetcher
    database: Database

    async def close(self) -> None:
        await self.fetcher.close()
        self.database.close()


def open_sources(settings: SourceSettings | None = None, waits: Waits | None = None) -> Sources:
    """The clients; nothing is opened before the first question. Raises SetupError for a wrong setting."""
    settings = settings or SourceSettings()
    database = Database(settings.cache)
    cache, fetcher = Cache(database), Fetcher(Limiter(database), waits)
    return Sources(
        PostcodesClient(settings.postcodes_url, fetcher, cache),
        PoliceClient(settings.police_url, fetcher, cache),
        StreetCrimeClient(settings.police_url, fetcher, cache),
        fetcher,
        database,
    )
