"""Training phrases as plain text."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.errors import PackageError
from bot.nlu.safety_intents import SAFETY_INTENTS
from bot.nlu.training_text import phrases

FIRST = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - hello
      -   good morning
      # a note
      - "hi" - there
  - synonym: camden
    examples: |
      - camdn
"""
SECOND = """
nlu:
  - intent: goodbye
    examples: |
      - bye
"""


def test_phrases_in_order_of_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "b.yml").write_text(SECOND, encoding="utf-8")
    (tmp_path / "a.yml").write_text(FIRST, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("- not a phrase", encoding="utf-8")
    assert list(phrases(tmp_path)) == [
        ("greet", "hello"),
        ("greet", "good morning"),
        ("greet", '"hi" - there'),
        ("goodbye", "bye"),
    ]


def test_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=tmp_path.name):
        list(phrases(tmp_path))


def test_own_phrases_are_there_for_every_safety_intent() -> None:
    found = list(phrases())
    assert {intent for intent, _ in found} >= SAFETY_INTENTS
    assert all(phrase and phrase == phrase.strip() for _, phrase in found)
