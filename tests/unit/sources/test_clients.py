"""The settings of the sources, and what they make."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import SetupError
from bot.paths import ROOT
from bot.settings import SourceSettings
from bot.sources.clients import open_sources
from tests.misbehaving import Misbehaving
from tests.service_answers import PECKHAM, PECKHAM_TEAM


@pytest.fixture(autouse=True)
def _unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("POSTCODES_URL", "POLICE_URL", "PLAN_CACHE"):
        monkeypatch.delenv(variable, raising=False)


def test_usual_settings() -> None:
    assert SourceSettings() == SourceSettings(
        "https://api.postcodes.io", "https://data.police.uk/api", ROOT / ".rasa" / "cache.db"
    )


@pytest.mark.parametrize("variable", ["POSTCODES_URL", "POLICE_URL"])
@pytest.mark.parametrize("value", ["here", "ftp://x.org", "https://", "https://x.org/?a=b", "https://[x"])
def test_a_wrong_address_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SetupError, match=variable):
        SourceSettings()


async def test_from_a_postcode_to_its_team(
    server: Misbehaving, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("POSTCODES_URL", server.postcodes_url + "/")
    monkeypatch.setenv("POLICE_URL", server.police_url)
    monkeypatch.setenv("PLAN_CACHE", str(tmp_path / "cache.db"))
    sources = open_sources()
    place = await sources.postcodes.lookup(PECKHAM)
    force, team_id = await sources.police.locate(place.latitude, place.longitude)
    team = await sources.police.team(force, team_id)
    await sources.close()
    assert (team.id, team.name) == (PECKHAM_TEAM, "Peckham")
    assert (tmp_path / "cache.db").exists()
