"""Plays every script against the trained assistant with the real actions."""

from __future__ import annotations

import re
from itertools import permutations

import pytest

from bot.clock import VARIABLE
from tests.assistant import Assistant
from tests.conversations.script import Script, all_scripts

SCRIPTS = all_scripts()
AMBIGUOUS = "<ambiguous>"
MIXED = ("trust", "schools", "safety", "money", "victims", "courts", "mayor", "women", "hate", "drugs", "who", "when")
FIGURES = ("ask_statistics", "ask_statistics_compare", "ask_officer_numbers", "ask_local_police")
RAW_NAME = re.compile(r"\b(?:ask|utter|action|nlu)_[a-z_]+\b")


@pytest.fixture(scope="module")
def ambiguous(assistant: Assistant) -> str:
    """A message that lies between two topics for the model as it is trained now."""
    for topics in permutations(MIXED, 3):
        parsed = assistant.parse(" ".join(topics))
        names = [r["name"] for r in parsed["intent_ranking"][:2]]
        about_the_plan = all(n.startswith("ask_") and n not in FIGURES for n in names)
        if parsed["understanding"]["status"] == "ambiguous" and not parsed.get("safety") and about_the_plan:
            return " ".join(topics)
    pytest.fail("no mixture of topics is ambiguous: does the assistant still ask?")


def test_there_are_enough_scripts() -> None:
    assert len(SCRIPTS) >= 80
    assert len({s.name for s in SCRIPTS}) == len(SCRIPTS), "two scripts have the same name"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: f"{s.file}: {s.name}")
def test_script(script: Script, assistant: Assistant, ambiguous: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if script.today:
        monkeypatch.setenv(VARIABLE, script.today)
    conversation = assistant.new_conversation()
    buttons: dict[str, str] = {}
    for number, turn in enumerate(script.turns, 1):
        if turn.press == "#1":
            sent = next(iter(buttons.values()))
        elif turn.press is not None:
            assert turn.press in buttons, f"turn {number}: there is no button {turn.press!r}, only {list(buttons)}"
            sent = buttons[turn.press]
        else:
            sent = ambiguous if turn.say == AMBIGUOUS else turn.say
        messages = assistant.say(conversation, sent)
        assert messages and all(m["text"].strip() for m in messages), f"turn {number}: silence after {sent!r}"
        heard = "\n".join(m["text"] for m in messages)
        assert not RAW_NAME.search(heard), f"turn {number}: a raw name is shown: {heard}"
        problems = turn.problems(messages)
        assert not problems, f"turn {number}, {sent!r}: {'; '.join(problems)}\n---\n{heard}"
        buttons = {b["title"]: b["payload"] for m in messages for b in m.get("buttons", [])}
