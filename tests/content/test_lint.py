"""The content of the project keeps its own rules, and the rules can fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.content import lint
from bot.content.reader import read_yaml
from bot.content.reading import reading_age
from bot.content.store import shared
from bot.dialogue.lint import lint as dialogue_problems
from bot.paths import ANSWERS, CONTENT

GOOD = """
ask_mopac:
  - text: The Mayor has an office that checks the police. It sets the plan and the money.
    more: It also asks people in London what they think, and it tells them what came of it.
    simple: It is the office that checks the police.
    sources: [{title: City Hall, url: "https://www.london.gov.uk/", as_at: March 2022}]
    next: [ask_vru]
    reviewed: 2026-11-22
"""


def problems(tmp_path: Path, text: str) -> list[str]:
    path = tmp_path / "some.yml"
    path.write_text(text, encoding="utf-8")
    return list(lint.lint_answers(path, {"ask_vru"}, [], set()))


def test_our_content_has_no_problem() -> None:
    labels = set(shared().current().labels)
    names = [str(n) for n in read_yaml(CONTENT / "names.yml")]
    found = [p for path in sorted(ANSWERS.glob("*.yml")) for p in lint.lint_answers(path, labels, names, set())]
    assert not found


def test_the_dialogue_fits_together() -> None:
    assert not list(dialogue_problems())


def test_a_good_answer_passes(tmp_path: Path) -> None:
    assert not problems(tmp_path, GOOD)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("https://www.london.gov.uk/", "https://www.london.gov.uk/", None),
        ("sources: [{title: City Hall", "sources: []\n    next: []\n    reviewed: 2026-11-22\nother:\n  - text: A long enough text.\n    sources: [{title: City Hall", "has no source"),
        ("It sets the plan", "Call 020 7946 0000 for the plan", "phone number"),
        ("It sets the plan", "Text 61016 about the plan", "phone number"),
        ("It sets the plan", "See https://example.org for the plan", "link"),
        ("It sets the plan", "Great news! The plan", "tone"),
        ("It sets the plan", "See ask_mopac for the plan", "raw name"),
        ("It sets the plan", "By [closing] it sets the plan", "unknown placeholder"),
        ("next: [ask_vru]", "next: [ask_nothing]", "no label"),
        ("It sets the plan and the money.", "Notwithstanding organisational accountability considerations, institutional "
         "responsibilities necessitate comprehensive interdepartmental collaboration throughout implementation.", "reading age"),
    ],
)  # fmt: skip
def test_each_rule_can_fail(tmp_path: Path, old: str, new: str, said: str | None) -> None:
    assert old in GOOD
    found = problems(tmp_path, GOOD.replace(old, new))
    assert any(said in p for p in found) if said else not found


def test_names_do_not_count_against_the_reader() -> None:
    text = "The Metropolitan Police answers to the Mayor."
    assert reading_age(text, ["Metropolitan Police"]) < reading_age(text)
