""" "Crime near me" in words: the newest month's counts in the area of a ward's police team, without small numbers.

Below a borough, a count under ten could point at somebody: it is said as "fewer than 10", and what is shown leaves no
way to work it out.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from actions.statistics.wording import amount, listed
from bot.clock import spell
from bot.sources.street_crime import StreetCounts, StreetCrimeClient

FEWEST = 10
FEWER = f"fewer than {FEWEST}"
MOST_NAMED = 3
KINDS = {
    "bicycle-theft": "bicycle theft",
    "burglary": "burglary",
    "criminal-damage-arson": "criminal damage and arson",
    "drugs": "drugs",
    "other-crime": "other crime",
    "other-theft": "other theft",
    "possession-of-weapons": "possession of weapons",
    "public-order": "public order",
    "robbery": "robbery",
    "shoplifting": "shoplifting",
    "theft-from-the-person": "theft from the person",
    "vehicle-crime": "vehicle crime",
    "violent-crime": "violence and sexual offences",
}
"""Names of the service's categories, as data.police.uk shows them; a new one goes by its own."""
TITLE, URL = "data.police.uk street-level crime", "https://data.police.uk/"
CHANGES = "The newest month can still change."
ANOTHER_WAY = "Do not compare this with the Met's counts for a borough. They are made in another way."
LEFT_OUT = (
    "A kind is left out if its count is under 10, or if such a count could be worked out from it. So nobody can be "
    "picked out."
)
ROUGH = "The police put each crime at a point nearby, not at the true address, so counts at the edge are rough."


@dataclass(frozen=True)
class NearAnswer:
    """`month`: its first day. `sources`: {title, url, as_at}. `labels`, `values`: bars, the largest first; may be empty."""

    text: str
    more: str
    sources: list[dict[str, str]]
    month: date
    labels: tuple[str, ...]
    values: tuple[int, ...]


async def near(place: Mapping[str, Any], street: StreetCrimeClient, *, deadline: float) -> NearAnswer | None:
    """The newest month in the area of the place's police team; None for a place without one. `deadline`: seconds.

    `place`: as bot/places.py makes it. Raises SourceError when the service gives no counts: then no number may be said.
    """
    force, team = place.get("force"), place.get("team")
    if not (force and team):
        return None
    ends = time.monotonic() + deadline
    month = await street.last_updated(deadline)
    return in_words(place, await street.counts(str(force), str(team), month, ends - time.monotonic()))


def in_words(place: Mapping[str, Any], found: StreetCounts) -> NearAnswer:
    """The answer that the counts give."""
    month = f"{found.month:%B %Y}"
    shown = shown_kinds(found.counts)
    named = [f"{_name(slug)} ({amount(count)})" for slug, count in shown]
    lines = [f"In {month}, police recorded {_said(found.total)} crimes in {_where(place)}."]
    if named:
        most = "The most common kind was" if len(named) == 1 else "The most common kinds were"
        lines.append(f"{most} {listed(named[:MOST_NAMED])}.")
    lines.append(f"There were also {_said(found.asb)} reports of anti-social behaviour.")
    others = [f"Other kinds in {month}: {listed(named[MOST_NAMED:])}."] if named[MOST_NAMED:] else []
    return NearAnswer(
        text=" ".join([*lines, CHANGES, ANOTHER_WAY]),
        more=" ".join([*others, LEFT_OUT, ROUGH]),
        sources=[{"title": TITLE, "url": URL, "as_at": f"{month}, as of {spell(found.as_of)}"}],
        month=found.month,
        labels=tuple(_capital(_name(slug)) for slug, _ in shown),
        values=tuple(count for _, count in shown),
    )


def shown_kinds(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The kinds whose counts can be said, the most common first.

    Counts under FEWEST are left out. If the total, less what is shown, would tell one of them or their sum, the smallest
    of the others is left out too.
    """
    shown = sorted(((s, n) for s, n in counts.items() if n >= FEWEST), key=lambda kind: (-kind[1], kind[0]))
    rest = sum(counts.values()) - sum(count for _, count in shown)
    hidden = (KINDS.keys() | counts.keys()) - {slug for slug, _ in shown}
    # so large a rest can only be when each of the hidden kinds has the most that it may have
    told = rest < FEWEST or rest == (FEWEST - 1) * len(hidden)
    return shown[:-1] if told else shown


def _said(count: int) -> str:
    return FEWER if count < FEWEST else amount(count)


def _name(slug: str) -> str:
    return KINDS.get(slug) or " ".join(slug.replace("-", " ").split()) or slug


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _where(place: Mapping[str, Any]) -> str:
    ward, borough = str(place.get("ward") or ""), str(place.get("borough") or "")
    if not ward:
        # a borough alone would sound as if it were the whole of it
        return f"the area of your local police team in {borough}" if borough else "the area of your local police team"
    named = ward if ward.lower().endswith(" ward") else f"{ward} ward"
    return f"the police area of {named}, {borough}" if borough else f"the police area of {named}"
