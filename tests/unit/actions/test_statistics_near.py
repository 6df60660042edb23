""" "Crime near me": the words of a ward's counts, what small numbers become, and no number at all when the service fails."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncIterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.statistics.near import FEWEST, KINDS, NearAnswer, in_words, near, shown_kinds
from bot.content.reading import OLDEST_READER, reading_age
from bot.errors import SourceError
from bot.settings import SourceSettings
from bot.sources.clients import open_sources
from bot.sources.http import Waits
from bot.sources.street_crime import StreetCounts, StreetCrimeClient
from tests.misbehaving import MODES, Misbehaving
from tests.service_answers import BORDER_TEAM, PECKHAM_TEAM

PLACE = {"status": "found", "ward": "Peckham", "borough": "Southwark", "force": "metropolitan", "team": PECKHAM_TEAM}
BAD = [m for m in MODES if m != "well" and not m.endswith("_once")]
WAITS = Waits(first=0.01, longest=0.05, jitter=0.01, longest_told=2.0)


@pytest.fixture
async def street(server: Misbehaving, tmp_path: Path) -> AsyncIterator[StreetCrimeClient]:
    sources = open_sources(SourceSettings(server.postcodes_url, server.police_url, tmp_path / "c.db"), WAITS)
    yield sources.street
    await sources.close()


def said(counts: dict[str, int], asb: int = 31, place: dict[str, Any] | None = None) -> NearAnswer:
    found = StreetCounts(
        as_of=date(2026, 11, 22), month=date(2026, 8, 1), counts=counts, total=sum(counts.values()), asb=asb
    )
    return in_words(PLACE if place is None else place, found)


def numbers(text: str) -> set[int]:
    return {int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", text)}


async def test_the_newest_month_of_a_ward(street: StreetCrimeClient) -> None:
    found = await near(PLACE, street, deadline=5)
    assert found
    assert found.text == (
        "In September 2026, police recorded 184 crimes in the police area of Peckham ward, Southwark. The most common "
        "kinds were violence and sexual offences (64), theft from the person (40) and shoplifting (25). There were also "
        "31 reports of anti-social behaviour. The newest month can still change. Do not compare this with the Met's "
        "counts for a borough. They are made in another way."
    )
    assert "vehicle crime (18), a new kind (13) and burglary (11)" in found.more
    assert "drugs" not in found.more and "bicycle" not in found.more
    assert found.sources == [
        {
            "title": "data.police.uk street-level crime",
            "url": "https://data.police.uk/",
            "as_at": "September 2026, as of 22 November 2026",
        }
    ]
    assert found.month == date(2026, 9, 1)
    assert found.labels[:2] == ("Violence and sexual offences", "Theft from the person")
    assert found.values == (64, 40, 25, 18, 13, 11)


async def test_fewer_than_ten_are_never_said(street: StreetCrimeClient) -> None:
    place = {**PLACE, "ward": "Barnet Vale", "borough": "Barnet", "team": BORDER_TEAM}
    found = await near(place, street, deadline=5)
    assert found
    assert found.text.startswith(
        "In September 2026, police recorded fewer than 10 crimes in the police area of Barnet Vale ward, Barnet. "
        "There were also fewer than 10 reports of anti-social behaviour."
    )
    assert found.labels == found.values == ()
    assert numbers(found.text + found.more) <= {2026, FEWEST}


@pytest.mark.parametrize(
    "place", [{}, {"status": "unavailable", "borough": "Barnet"}, {**PLACE, "team": None}, {**PLACE, "force": ""}]
)
async def test_no_team(street: StreetCrimeClient, server: Misbehaving, place: dict[str, Any]) -> None:
    assert await near(place, street, deadline=5) is None
    assert not server.asked


@pytest.mark.parametrize("mode", BAD)
async def test_a_service_that_fails_gives_no_number(server: Misbehaving, street: StreetCrimeClient, mode: str) -> None:
    server.mode = mode
    started = time.monotonic()
    with pytest.raises(SourceError):
        await near(PLACE, street, deadline=1.0)
    assert time.monotonic() - started < 1.6


async def test_the_deadline_is_for_all_calls_together(server: Misbehaving, street: StreetCrimeClient) -> None:
    server.mode_at = {"/api/crimes-street": "slow_headers"}
    started = time.monotonic()
    with pytest.raises(SourceError):
        await near(PLACE, street, deadline=1.0)
    assert time.monotonic() - started < 1.6


def test_places_in_words() -> None:
    def where(**place: str) -> str:
        return (
            said({"burglary": 40, "robbery": 20, "drugs": 5, "other-crime": 7}, place=place)
            .text.split(" crimes in ")[1]
            .split(". ")[0]
        )

    assert where(ward="St James's", borough="Westminster") == "the police area of St James's ward, Westminster"
    assert where(ward="Castle Ward", borough="X") == "the police area of Castle Ward, X"
    assert where(ward="Peckham") == "the police area of Peckham ward"
    assert where(borough="Southwark") == "the area of your local police team in Southwark"
    assert where() == "the area of your local police team"


def test_one_kind_only() -> None:
    text = said({"burglary": 40, "drugs": 5, "other-crime": 7}).text
    assert "recorded 52 crimes" in text and "The most common kind was burglary (40)." in text


def test_the_total_does_not_tell_a_small_count() -> None:
    # 102 less 50, 30 and 20 would tell the 2
    found = said({"violent-crime": 50, "burglary": 30, "robbery": 20, "drugs": 2})
    assert found.values == (50, 30)
    assert "20" not in re.findall(r"\b\d+\b", found.text + found.more)
    # nor that there was nothing else
    assert said({"violent-crime": 50, "burglary": 30}).values == (50,)
    assert said({"violent-crime": 12}).values == ()
    # two small ones that can only be nine each
    assert shown_kinds({**dict.fromkeys(list(KINDS)[2:], 20), **dict.fromkeys(list(KINDS)[:2], 9)})[10:] == []


@pytest.mark.parametrize("asb", [0, 1, 9])
def test_few_reports_of_anti_social_behaviour(asb: int) -> None:
    assert "also fewer than 10 reports" in said({"burglary": 40}, asb).text


def test_large_numbers_have_commas() -> None:
    text = said({"shoplifting": 1234, "theft-from-the-person": 2345, "drugs": 5, "other-crime": 7}, 1001).text
    assert "3,591 crimes" in text and "shoplifting (1,234)" in text and "1,001 reports" in text


def test_it_is_easy_to_read() -> None:
    counts = dict(zip(KINDS, range(9, 200, 14), strict=False))
    found = said(counts, place={"ward": "Peckham", "borough": "Southwark"})
    assert reading_age(found.text) <= OLDEST_READER
    assert reading_age(found.more) <= OLDEST_READER
    assert len(found.text) < 500 and "None" not in found.text + found.more


@given(st.dictionaries(st.sampled_from([*KINDS, "a-new-kind"]), st.integers(1, 40)), st.integers(0, 40))
def test_no_small_count_is_said_or_can_be_worked_out(counts: dict[str, int], asb: int) -> None:
    found = said(counts, asb)
    shown = dict(shown_kinds(counts))
    assert found.values == tuple(sorted(shown.values(), reverse=True))
    assert all(counts[slug] == count >= FEWEST for slug, count in shown.items())
    rest = sum(counts.values()) - sum(shown.values())
    told = sum(counts.values()) >= FEWEST
    assert not told or rest >= FEWEST  # the total less all that is shown
    small = {n for n in numbers(found.text + found.more) if n < FEWEST}
    assert not small
    if told and shown:
        # another month could have had the same words: one hidden kind more, another less
        hidden = {kind: counts.get(kind, 0) for kind in {*KINDS, *counts} - shown.keys()}
        for kind, count in hidden.items():
            assert any((other < FEWEST - 1 and count) or (other and count < FEWEST - 1) or other >= FEWEST
                       for name, other in hidden.items() if name != kind) or count >= FEWEST  # fmt: skip
