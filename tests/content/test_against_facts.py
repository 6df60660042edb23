"""Every link, number and figure of content/ stands in the researched facts. Skipped where those are not at hand."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.content.store import shared
from bot.paths import CONTENT, ROOT

FACTS = ROOT.parent / "shared" / "facts"
pytestmark = pytest.mark.skipif(not FACTS.exists(), reason="the researched facts (../shared/facts) are not here")


@pytest.fixture(scope="module")
def services() -> dict[str, dict]:
    loaded = YAML(typ="safe").load((FACTS / "services.yml").read_text(encoding="utf-8"))
    return {s["id"]: s for s in loaded}


def known_addresses() -> str:
    return "\n".join(
        p.read_text(encoding="utf-8") for p in sorted(FACTS.iterdir()) if p.suffix in (".yml", ".md", ".csv")
    )


def address(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/").rstrip(".")


def test_every_source_is_one_of_the_facts() -> None:
    content = shared().current()
    known = known_addresses()
    listed = [(name, str(s.url)) for name, variants in content.answers.items() for a in variants for s in a.sources]
    listed += [(name, str(s.url)) for name, service in content.services.items() for s in service.sources]
    listed += [(e.id, str(s.url)) for e in content.editions.editions for s in e.sources]
    unknown = [(name, url) for name, url in listed if address(url) not in known]
    assert not unknown


def test_every_service_may_be_shown(services: dict[str, dict]) -> None:
    """As the facts say, or more carefully."""
    careful = ["show", "recheck-first", "info-only"]
    for name, ours in shared().current().services.items():
        assert careful.index(ours.display) >= careful.index(services[name]["display"]), name
        assert services[name]["verified"] != "unverified", name
        assert "closed" not in services[name]["flags"], name


def digits(text: object) -> str:
    return re.sub(r"\D", "", str(text or ""))


def test_every_number_is_the_one_of_the_facts(services: dict[str, dict]) -> None:
    for name, ours in shared().current().services.items():
        fact = services[name]
        for field, theirs in (("phone", fact["phone"]), ("text", fact["sms"])):
            number = digits(getattr(ours, field))
            assert not number or number in digits(theirs), f"{name}: {field} {number} is not {theirs}"


def test_every_figure_is_the_one_of_the_facts() -> None:
    with (
        (CONTENT / "statistics.csv").open(encoding="utf-8", newline="") as ours,
        Path(FACTS / "statistics.csv").open(encoding="utf-8", newline="") as theirs,
    ):
        rows, facts = list(csv.DictReader(ours)), list(csv.DictReader(theirs))
    # ours alone: which figures are not final, and a note in our own words
    columns = [c for c in rows[0] if c not in ("provisional", "notes")]
    assert {tuple(r[c] for c in columns) for r in rows} <= {tuple(f[c] for c in columns) for f in facts}
    assert len(rows) > 1500


def test_every_population_is_the_one_of_the_facts() -> None:
    with (
        (CONTENT / "populations.csv").open(encoding="utf-8", newline="") as ours,
        Path(FACTS / "populations.csv").open(encoding="utf-8", newline="") as theirs,
    ):
        rows, facts = list(csv.DictReader(ours)), list(csv.DictReader(theirs))
    assert {tuple(r.values()) for r in rows} <= {tuple(f[c] for c in rows[0]) for f in facts}
    assert len(rows) == 34 * 3
