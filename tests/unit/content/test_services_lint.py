"""The checks of the directory: ours passes, and each rule can fail."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from bot.content.services_lint import lint_services, stray_number, unchecked

SERVICE = """
some-help:
  name: Some Help
  what: Helps anybody.
  also_called: [helper]
  needs: [fraud]
  audiences: [everyone]
  area: [Camden]
  phone: "0808 168 9111"
  hours: {when: "Mo-Fr 09:00-17:00"}
  display: show
  confirmed: single
  sources: [{title: Some page, url: "https://example.org/", as_at: "2026"}]
  checked: 2026-11-22
"""
OLD = """
gone:
  name: Gone
  said: It has ended.
  sources: [{title: Some page, url: "https://example.org/", as_at: "2026"}]
"""


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A folder with one service and nothing wrong."""
    (tmp_path / "services.yml").write_text(SERVICE, encoding="utf-8")
    (tmp_path / "old_services.yml").write_text(OLD, encoding="utf-8")
    for name in ("first_help.yml", "labels.yml", "editions.yml"):
        (tmp_path / name).write_text("a: {b: [call 999 or 101]}\n", encoding="utf-8")
    (tmp_path / "areas.csv").write_text("outcode,borough,share\nNW1,Camden,1.0\n", encoding="utf-8")
    return tmp_path


def change(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_our_directory_has_no_problem() -> None:
    assert not list(lint_services())


def test_a_good_one_passes(small: Path) -> None:
    assert not list(lint_services(small))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("services.yml", "[Camden]", "[Camdem]", "no borough"),
        ("services.yml", "Helps anybody.", "Or ring 0808 500 2222.", "what: a phone number"),
        ("services.yml", "name: Some Help", "name: Text 61016", "name: a phone number"),
        ("services.yml", "display: show", 'display: show\n  afterwards: "They ring from 0808 500 2222"', "afterwards"),
        ("services.yml", '"Mo-Fr 09:00-17:00"', '"Mo-Fr 09:00-17:00", note: "At night 0808 500 2222"', "hours.note"),
        ("services.yml", 'hours: {when: "Mo-Fr 09:00-17:00"}', 'out_of_hours: "0808 500 2222"', "out_of_hours needs"),
        (
            "services.yml",
            SERVICE,
            SERVICE + SERVICE.replace("some-help", "other").replace("[helper]", "[Helper]"),
            "too",
        ),
        ("old_services.yml", "It has ended.", "Ring 0808 500 2222.", "old_services.yml"),
        ("first_help.yml", "999 or 101", "0808 500 2222", "first_help.yml"),
        ("labels.yml", "999 or 101", "0808 500 2222", "labels.yml"),
        ("editions.yml", "999 or 101", "0808 500 2222", "editions.yml"),
    ],
)
def test_each_rule_can_fail(small: Path, file: str, old: str, new: str, said: str) -> None:
    change(small, file, old, new)
    found = list(lint_services(small))
    assert len(found) == 1
    assert said in found[0]


def test_a_service_may_carry_its_own_number_in_its_name(small: Path) -> None:
    change(small, "services.yml", "name: Some Help", 'name: "Call 0808 168 9111"')
    assert not list(lint_services(small))


def test_its_own_number_from_abroad(small: Path) -> None:
    change(small, "services.yml", "  hours:", '  phone_note: "from abroad: +44 808 168 9111"\n  hours:')
    assert not list(lint_services(small))


@pytest.mark.parametrize(("today", "warned"), [(date(2027, 5, 21), False), (date(2027, 5, 22), True)])
def test_unchecked_for_180_days(small: Path, today: date, warned: bool) -> None:
    assert bool(list(unchecked(today, small))) is warned


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("call 999 or 101 or 112", None),
        ("text 85258", "85258"),
        ("call 999, then 0808 168 9111", "0808 168 9111"),
        ("", None),
    ],
)
def test_stray_number(text: str, number: str | None) -> None:
    assert stray_number(text) == number
