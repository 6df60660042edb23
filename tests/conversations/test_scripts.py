"""Plays every script against the trained assistant with the real actions."""

from __future__ import annotations

import re

import pytest

from bot.clock import VARIABLE
from tests.assistant import Assistant
from tests.conversations.script import Script, all_scripts

SCRIPTS = all_scripts()
RAW_NAME = re.compile(r"\b(?:ask|utter|action|nlu)_[a-z_]+\b")


def test_there_are_enough_scripts() -> None:
    assert len(SCRIPTS) >= 80
    assert len({s.name for s in SCRIPTS}) == len(SCRIPTS), "two scripts have the same name"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: f"{s.file}: {s.name}")
def test_script(script: Script, assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    if script.today:
        monkeypatch.setenv(VARIABLE, script.today)
    conversation = assistant.new_conversation()
    buttons: dict[str, str] = {}
    for number, turn in enumerate(script.turns, 1):
        if turn.press is not None:
            assert turn.press in buttons, f"turn {number}: there is no button {turn.press!r}, only {list(buttons)}"
        sent = buttons[turn.press] if turn.press is not None else turn.say
        messages = assistant.say(conversation, sent)
        assert messages and all(m["text"].strip() for m in messages), f"turn {number}: silence after {sent!r}"
        heard = "\n".join(m["text"] for m in messages)
        assert not RAW_NAME.search(heard), f"turn {number}: a raw name is shown: {heard}"
        problems = turn.problems(messages)
        assert not problems, f"turn {number}, {sent!r}: {'; '.join(problems)}\n---\n{heard}"
        buttons = {b["title"]: b["payload"] for m in messages for b in m.get("buttons", [])}
