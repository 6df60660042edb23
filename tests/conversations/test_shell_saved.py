"""A conversation held in the shell and saved there passes when it is played as a script, with the trained assistant."""

from __future__ import annotations

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from bot.cli.shell.saving import Saver
from bot.cli.shell.session import Exchange, Session
from bot.clock import VARIABLE
from tests.assistant import Assistant
from tests.conversations.script import Script

TALK = (
    "how many burglaries in Camden",
    "the first one",
    "he is hitting me, I am at SE15 4QL",
    "Am I too late to have my say?",
    "2",
)


def hold(assistant: Assistant, *lines: str) -> Session:
    session = Session(assistant.agent, assistant.new_channel())
    for line in lines:
        assistant.run(session.say(line))
    return session


def play(assistant: Assistant, script: Script, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is wrong with each turn."""
    if script.today:
        monkeypatch.setenv(VARIABLE, script.today)
    conversation, buttons, problems = assistant.new_conversation(), {}, []
    for turn in script.turns:
        messages = assistant.say(conversation, buttons[turn.press] if turn.press is not None else turn.say)
        problems += turn.problems(messages)
        buttons = {b["title"]: b["payload"] for m in messages for b in m.get("buttons", [])}
    return problems


def saved(assistant: Assistant, session: Session, folder: Path) -> list[Script]:
    file = assistant.run(Saver(session, folder).save("talk")).file
    assert "4QL" not in file.read_text(encoding="utf-8")
    return [Script.parse_obj(raw) for raw in YAML(typ="safe").load(file.read_text(encoding="utf-8"))]


def test_saved_conversation_passes_when_played(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "2021-12-01")
    session = hold(assistant, *TALK)
    [script] = saved(assistant, session, tmp_path)
    assert len(script.turns) == len(TALK) and script.today == "2021-12-01"
    figures, more, danger, consultation, chosen = script.turns
    assert (figures.say, figures.answer) == (TALK[0], "statistics") and "data.london.gov.uk" in (figures.source or "")
    assert more.press == "Tell me more" and chosen.press and chosen.press == consultation.buttons[1]
    assert danger.safety and danger.say == "he is hitting me, I am at SE15"
    assert consultation.answer and "consultation" in consultation.answer
    assert all(turn.has and turn.answer for turn in script.turns)
    assert play(assistant, script, monkeypatch) == []


def test_saved_conversation_fails_on_another_day(
    assistant: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "2021-12-01")
    [script] = saved(assistant, hold(assistant, "Am I too late to have my say?"), tmp_path)
    assert play(assistant, script, monkeypatch) == []
    assert play(assistant, script.copy(update={"today": "2026-11-28"}), monkeypatch)


def test_actions_and_dialogue_have_the_same_day(assistant: Assistant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, "2025-06-01")
    then: Exchange = assistant.run(
        Session(assistant.agent, assistant.new_channel()).say("burglaries in Camden last year")
    )
    monkeypatch.setenv(VARIABLE, "2026-06-01")
    later: Exchange = assistant.run(
        Session(assistant.agent, assistant.new_channel()).say("burglaries in Camden last year")
    )
    assert "2024" in then.messages[-1]["text"] and "2025" in later.messages[-1]["text"]


def test_restart_is_still_explained(assistant: Assistant) -> None:
    session = hold(assistant, "start again please")
    assert session.last and session.last.answer == "restart"
    events = assistant.run(session.events())
    assert events and events[0].type_name == "user"
