"""The one store of a process, opened at the first question."""

from __future__ import annotations

from functools import lru_cache

from actions.statistics.store import Store


@lru_cache(maxsize=1)
def store() -> Store:
    """The store of the settings (PLAN_STATISTICS_DB)."""
    return Store()


@lru_cache(maxsize=1)
def own_figures() -> Store:
    """The project's own figures, in memory: for when the store fails."""
    return Store.of_the_project()
