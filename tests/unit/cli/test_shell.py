"""The shell's loop and its commands, with a played agent: what is shown, what is sent, and that nothing ends it by accident."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.cli.shell.commands import HELP
from bot.cli.shell.saving import Saver
from bot.cli.shell.session import Session
from bot.cli.shell.talk import HELLO, Talk
from bot.clock import VARIABLE
from tests.unit.cli.played_shell import BUTTONS, SOURCE, PlayedAgent, PlayedLines, PlayedScreen, answer, conversations

MOPAC = answer("ask_mopac", "MOPAC oversees the Met.", buttons=BUTTONS, sources=[SOURCE], reviewed="1 May 2026")
DANGER = answer("emergency", "Call 999 now.", safety=True)


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    # set and then taken away, so that what a command sets is undone after the test
    monkeypatch.setenv(VARIABLE, "2026-11-28")
    monkeypatch.delenv(VARIABLE)


def agent() -> PlayedAgent:
    return PlayedAgent({
        "what is mopac": MOPAC,
        "/tell_me_more": answer("ask_mopac", "More on MOPAC."),
        "he is hitting me": DANGER,
        "delete my data": answer("delete_my_data", "It is deleted.", buttons=BUTTONS),
    })  # fmt: skip


async def talk(
    *lines: str, debug: bool = False, played: PlayedAgent | None = None, screen: PlayedScreen | None = None
) -> PlayedScreen:
    """What is on the screen after these lines; the input then ends."""
    screen = screen or PlayedScreen()
    talked = Talk(played or agent(), PlayedLines(lines), screen, debug=debug, conversations=conversations())
    try:
        await talked.run()
    except EOFError:
        screen.lines.append("END OF INPUT")
    return screen


def files_below(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob("*")]


async def test_answer_and_numbered_choices() -> None:
    screen = await talk("what is mopac")
    assert screen.lines == [
        HELLO, "", "", "MOPAC oversees the Met.", "  1. Tell me more", "  2. Who can help?", "", "END OF INPUT",
    ]  # fmt: skip


@pytest.mark.parametrize("typed", ["1", "the first one", "Tell me more", "tell me mroe"])
async def test_choice_by_number_place_or_title_is_sent_as_its_payload(typed: str) -> None:
    played = agent()
    screen = await talk("what is mopac", typed, played=played)
    assert played.heard == ["what is mopac", "/tell_me_more"]
    assert "More on MOPAC." in screen.text


async def test_number_that_was_not_offered_offers_again() -> None:
    played = agent()
    screen = await talk("what is mopac", "7", "2", played=played)
    assert "a number from 1 to 2" in screen.text
    assert played.heard == ["what is mopac", "/find_support"]


async def test_choices_stay_after_a_refused_message() -> None:
    played = agent()
    await talk("what is mopac", "???", "1", played=played)
    assert played.heard == ["what is mopac", "/tell_me_more"]


async def test_choices_stay_after_the_data_is_deleted() -> None:
    played = agent()
    screen = await talk("delete my data", "1", ":why", played=played)
    assert played.heard == ["delete my data", "/tell_me_more"]
    assert "chosen: the button Tell me more, which sends /tell_me_more" in screen.text


async def test_deleted_data_is_gone_here_too(tmp_path: Path) -> None:
    played, screen = agent(), PlayedScreen()
    session = Session(played, conversations())
    await session.say("what is mopac")
    assert played.tracker_store.store
    await session.say("delete my data")
    assert not played.tracker_store.store and not session.exchanges
    screen = await talk("what is mopac", "delete my data", ":why", ":save x")
    assert "has been deleted" in screen.text and "nothing to save" in screen.text


async def test_safety_is_told_in_words() -> None:
    screen = await talk("he is hitting me")
    assert screen.lines[3:5] == ["[comes first: safety]", "Call 999 now."]
    assert "\x1b" not in screen.text


async def test_debug_line_after_each_answer() -> None:
    screen = await talk("what is mopac", debug=True)
    shown = " ".join(screen.lines[screen.lines.index("  2. Who can help?") + 1 :])
    assert shown.startswith(
        "[intent: ask_mopac 0.90; ranking: ask_mopac 0.90; entities: area=Camden; safety: no signal;"
    )
    assert "rule: ask_mopac (data/rules/intents.yml:" in shown
    assert "policy: IndexedRulePolicy; action: utter_ask_mopac; answer ask_mopac; 1 sources]" in shown


async def test_debug_line_when_understanding_was_not_asked() -> None:
    screen = await talk("what is mopac", "???", debug=True)
    assert "understanding was not asked. answer no_words" in screen.flat


async def test_why() -> None:
    screen = await talk("what is mopac", ":why")
    for line in (
        "  typed: what is mopac", "  intent: ask_mopac 0.90", "  ranking: ask_mopac 0.90", "  entities: area=Camden",
        "  safety: no signal", "  policy: IndexedRulePolicy", "  action: utter_ask_mopac", "  answer: ask_mopac",
        "  reviewed: 1 May 2026",
    ):  # fmt: skip
        assert line in screen.lines
    assert "source: London Datastore, 12 August 2026. https://data.london.gov.uk/dataset/x" in screen.flat
    assert any(line.startswith("  rule: ask_mopac (data/rules/intents.yml:") for line in screen.lines)


async def test_why_masks_personal_data_and_shows_what_was_chosen() -> None:
    screen = await talk("call me on 07700 900123", ":why", "what is mopac", "1", ":why")
    assert "  typed: call me on (removed)" in screen.lines
    assert "  chosen: the button Tell me more, which sends /tell_me_more" in screen.lines
    assert "900123" not in screen.text.replace("about call me on 07700 900123", "")


async def test_why_before_anything_was_said() -> None:
    assert "There is no answer yet" in (await talk(":why")).text


async def test_today_is_set_for_the_whole_process() -> None:
    days = []
    played = PlayedAgent({"day": lambda: days.append(os.environ.get(VARIABLE)) or answer("x", "y")})
    screen = await talk(":today 2021-12-01", "day", ":today", ":today now", "day", played=played)
    assert days == ["2021-12-01", None]
    assert screen.text.count("It is 1 December 2021 (rehearsed).") == 2
    assert "The clock is right again." in screen.text


@pytest.mark.parametrize(
    "wrong", ["tomorrow", "2021-13-01", "9999-12-31", "0001-01-01", "2021-12-01T99:00", "\x00", "-1"]
)
async def test_wrong_day_changes_nothing(wrong: str) -> None:
    screen = await talk(":today 2021-12-01", f":today {wrong}", ":today")
    assert "is not a day from 2000 to 2099. Write it as :today 2021-12-01" in screen.flat
    assert screen.lines[-3] == "It is 1 December 2021 (rehearsed)."


async def test_hour_is_rehearsed_too() -> None:
    assert "It is 25 December 2026, 03:00 (rehearsed)." in (await talk(":today 2026-12-25t03:00")).text


@pytest.mark.parametrize("line", [":q", ":quit", ":exit", "quit", "EXIT", "  :Q  "])
async def test_leaving(line: str) -> None:
    played = agent()
    screen = await talk(line, "what is mopac", played=played)
    assert "END OF INPUT" not in screen.text and not played.heard


async def test_unknown_command_says_which_exist() -> None:
    played = agent()
    screen = await talk(":wy", ":" + "z" * 500, played=played)
    assert "There is no command :wy. Did you mean :why?" in screen.text
    assert "There are :help, :why, :today, :channel, :save, :new, :colour, :q." in screen.flat
    assert "z" * 30 not in screen.text and not played.heard


async def test_smileys_are_no_commands() -> None:
    played = agent()
    await talk(":)", ":-(", ": ", played=played)
    assert not played.heard  # the guard answers them
    assert "There is no command" not in (await talk(":)", ":-(")).text


async def test_help_names_every_command_within_80_columns() -> None:
    screen = await talk(":help")
    for written, _ in HELP:
        assert written in screen.text
    assert ".build/shell-history" in screen.text
    assert all(len(line) <= 80 for line in screen.lines)


async def test_new_conversation_forgets_the_old_one() -> None:
    played = agent()
    screen = await talk("what is mopac", ":new", "1", ":why", played=played)
    assert played.heard == ["what is mopac", "1"]
    assert "chosen:" not in screen.text
    assert len(played.tracker_store.store) == 1


async def test_empty_lines_ask_nothing() -> None:
    played = agent()
    await talk("", "   ", "\t", played=played)
    assert not played.heard


async def test_colour_off_and_on() -> None:
    screen = await talk("he is hitting me", ":colour off", "he is hitting me", ":colour on", "he is hitting me",
                        screen=PlayedScreen(terminal=True))  # fmt: skip
    safety = [line for line in screen.lines if "[comes first: safety]" in line]
    assert ["\x1b" in line for line in safety] == [True, False, True]
    off = screen.lines.index("Colours are off.")
    assert not any("\x1b" in line for line in screen.lines[off : screen.lines.index(safety[1]) + 2])


async def test_colour_wants_on_or_off() -> None:
    assert "Write :colour on or :colour off." in (await talk(":colour purple")).text


async def test_channel_shows_the_last_answer_again_and_the_next_ones() -> None:
    screen = await talk("what is mopac", ":channel sms", "what is mopac", ":channel shell")
    assert screen.text.count("[sms, message 1 of 1, 1 segment of at most 3]") == 2
    assert "Answers are now shown as on shell.\n\nMOPAC oversees the Met.\n  1. Tell me more" in screen.text


async def test_unknown_channel_says_which_exist() -> None:
    screen = await talk(":channel fax", ":channel")
    assert 'There is no channel "fax". There are shell, messenger, slack, sms, telegram, whatsapp.' in screen.flat
    assert "Answers are shown as on shell." in screen.text


async def test_saving_says_where_and_refuses_other_folders(tmp_path: Path) -> None:
    played, screen = agent(), PlayedScreen()
    made = Talk(
        played, PlayedLines(["what is mopac", ":save ../../x", ":save mopac"]), screen, conversations=conversations()
    )
    made._commands._saver = Saver(made._session, tmp_path)
    with pytest.raises(EOFError):
        await made.run()
    assert "A name is up to 60 letters" in screen.text
    assert f"Saved 1 turn in {tmp_path}/mopac.yml" in screen.flat
    assert files_below(tmp_path) == ["mopac.yml"]


async def test_turn_that_fails_does_not_end_the_shell() -> None:
    def broken() -> dict:
        raise RuntimeError("a bug")

    screen = await talk("bug", ":why", "what is mopac", played=PlayedAgent({"bug": broken, "what is mopac": MOPAC}))
    assert "something went wrong here" in screen.text and "MOPAC oversees the Met." in screen.text
