"""What people are told about how long their words are kept is what is done."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.content.store import Content
from bot.paths import ROOT
from bot.settings import KEPT_DAYS

SAYS_DAYS = re.compile(r"(\d+) days")


@pytest.mark.parametrize("name", ["web_greeting", "chat_notice", "ask_privacy"])
def test_answers_on_privacy_say_how_long(content: Content, name: str) -> None:
    answer = content.answer(name, date(2026, 5, 1))
    for text in filter(None, (answer.text, answer.simple)):
        assert SAYS_DAYS.findall(text) == [str(KEPT_DAYS)]
        assert f"up to {KEPT_DAYS} days" in text


def test_the_guide_for_whoever_embeds_it_says_the_same() -> None:
    assert SAYS_DAYS.findall((ROOT / "docs" / "embedding.md").read_text()) == [str(KEPT_DAYS)]
