"""A saved conversation: what is asked of each answer, that no personal data is in it, and that it is a script of the tests."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from bot import clock
from bot.cli.shell.expectations import expected, telling_phrase
from bot.cli.shell.saving import Saved, Saver
from bot.cli.shell.session import Session
from bot.errors import SetupError
from tests.conversations.script import Script
from tests.unit.cli.played_shell import BUTTONS, SOURCE, PlayedAgent, answer, conversations

MOPAC = answer("ask_mopac", "MOPAC oversees the Metropolitan Police.", buttons=BUTTONS, sources=[SOURCE])
MORE = answer("ask_mopac", "Its Deputy Mayor is a politician.")
DANGER = answer("emergency", "Call 999 now. Textphones have their own number.", safety=True)


def agent() -> PlayedAgent:
    return PlayedAgent({
        "what is mopac": MOPAC, "/tell_me_more": MORE, "he is hitting me": DANGER,
        "who has the hour": lambda: answer("support", f"Helpline {'Nightingale' if clock.now().hour < 12 else 'Daylight'} listens to people."),
    })  # fmt: skip


@pytest.fixture
def session() -> Session:
    return Session(agent(), conversations())


async def saved(session: Session, folder: Path, *lines: str, name: str = "x") -> tuple[Saved, list[Script]]:
    for line in lines:
        await session.say(line)
    done = await Saver(session, folder).save(name)
    return done, read(done.file)


def read(file: Path) -> list[Script]:
    return [Script.parse_obj(raw) for raw in YAML(typ="safe").load(file.read_text(encoding="utf-8"))]


async def test_turns_and_what_is_expected_of_them(session: Session, tmp_path: Path) -> None:
    done, [script] = await saved(session, tmp_path, "what is mopac", "1", "he is hitting me")
    assert done.turns == 3 and not done.notes
    mopac, more, danger = script.turns
    assert (mopac.say, mopac.answer, mopac.source) == ("what is mopac", "ask_mopac", "data.london.gov.uk")
    assert mopac.buttons == ["Tell me more", "Who can help?"] and not mopac.safety
    assert mopac.has == ["MOPAC oversees the Metropolitan"]
    assert (more.say, more.press, more.buttons) == (None, "Tell me more", [])
    assert danger.safety and danger.has == ["Textphones have their own number"]
    assert script.name == "saved - x" and script.today is None


async def test_script_notices_another_answer(session: Session, tmp_path: Path) -> None:
    _, [script] = await saved(session, tmp_path, "what is mopac", "he is hitting me")
    assert not script.turns[0].problems([MOPAC]) and not script.turns[1].problems([DANGER])
    assert len(script.turns[0].problems([MORE])) == 4
    assert script.turns[1].problems([{**DANGER, "answer": {**DANGER["answer"], "safety": False}}])


async def test_layout_is_that_of_the_other_scripts(session: Session, tmp_path: Path) -> None:
    done, _ = await saved(session, tmp_path, "what is mopac", name="mopac")
    lines = done.file.read_text().splitlines()
    assert lines[0].startswith("# ") and lines[1].endswith("-k mopac.yml")
    assert lines[2:5] == ['- name: "saved - mopac"', "  turns:", '    - say: "what is mopac"']
    assert lines[5] == '      answer: "ask_mopac"'


async def test_personal_data_is_taken_out_and_only_the_owner_reads(session: Session, tmp_path: Path) -> None:
    done, [script] = await saved(session, tmp_path, "i am jo@example.com, 07700 900123, SE15 4QL")
    assert script.turns[0].say == "i am (removed), (removed), SE15"
    assert not any(secret in done.file.read_text() for secret in ("jo@", "900123", "4QL"))
    assert stat.S_IMODE(done.file.stat().st_mode) == 0o600


async def test_the_day_is_kept(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, "2026-12-25T03:00")
    _, [script] = await saved(session, tmp_path, "what is mopac")
    assert script.today == "2026-12-25T03:00"


async def test_a_script_for_each_day(session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, "2021-12-01")
    await session.say("what is mopac")
    monkeypatch.setenv(clock.VARIABLE, "2026-11-28")
    done, scripts = await saved(session, tmp_path, "1", "he is hitting me")
    assert [s.today for s in scripts] == ["2021-12-01", "2026-11-28"]
    assert len({s.name for s in scripts}) == 2
    # its button stands in another script
    assert (scripts[1].turns[0].say, scripts[1].turns[0].press) == ("/tell_me_more", None)
    assert any("a script for each day" in note for note in done.notes)
    assert clock.today().isoformat() == "2026-11-28"


async def test_what_the_hour_decides_is_not_asked_for(session: Session, tmp_path: Path) -> None:
    done, [script] = await saved(session, tmp_path, "who has the hour")
    assert script.turns[0].has == ["Helpline"]
    assert "Nightingale" not in done.file.read_text() and "Daylight" not in done.file.read_text()


async def test_what_the_rehearsed_hour_decides_is(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(clock.VARIABLE, "2026-12-25T03:00")
    _, [script] = await saved(session, tmp_path, "who has the hour")
    assert "Nightingale" in script.turns[0].has[0]


async def test_what_the_tests_cannot_play_is_left_out_and_said(session: Session, tmp_path: Path) -> None:
    done, [script] = await saved(session, tmp_path, "what is mopac", "7", "2")
    assert [(t.say, t.press) for t in script.turns] == [("what is mopac", None), (None, "Who can help?")]
    assert done.notes and done.notes[0].startswith("1 left out")


async def test_refusals_are_kept_short(session: Session, tmp_path: Path) -> None:
    _, [script] = await saved(session, tmp_path, "x" * 50_000, "???", "\x00")
    assert [t.answer for t in script.turns] == ["too_long", "no_words", "empty"]
    assert len(script.turns[0].say or "") == 1_000


async def test_another_answer_when_played_again_is_said(session: Session, tmp_path: Path) -> None:
    answers: list[dict[str, Any]] = [MOPAC, DANGER, DANGER]
    session = Session(PlayedAgent({"hello": lambda: answers.pop(0)}), conversations())
    done, [script] = await saved(session, tmp_path, "hello")
    assert done.notes == ["Turn 1 was ask_mopac, and is emergency when played again."]
    assert script.turns[0].answer == "emergency"


async def test_playing_again_leaves_the_conversation_as_it_was(tmp_path: Path) -> None:
    played = agent()
    session = Session(played, conversations())
    await session.say("what is mopac")
    await Saver(session, tmp_path).save("x")
    await session.say("1")
    assert played.heard[-1] == "/tell_me_more" and len(played.tracker_store.store) == 1


@pytest.mark.parametrize(
    "typed", ['say "no": {a: [b]}', "# & * ! | > ' % @ `", "emoji 👩‍👧 and 日本", "yes", "\u2028 a \u0085", "- a\\n"]
)
async def test_anything_typed_is_read_back_as_it_was(typed: str, session: Session, tmp_path: Path) -> None:
    _, [script] = await saved(session, tmp_path, typed)
    assert script.turns[0].say == session.exchanges[0].typed


@pytest.mark.parametrize(
    "name", ["../../x", "a/b", "", ".", "..", "-rf", "café", "a b", "x" * 61, "x\n", "/etc/passwd", "x.yml"]
)
async def test_names_that_lead_elsewhere(name: str, session: Session, tmp_path: Path) -> None:
    await session.say("what is mopac")
    with pytest.raises(SetupError, match="A name is up to 60 letters"):
        await Saver(session, tmp_path / "scripts").save(name)
    assert not list_of(tmp_path)


async def test_own_script_is_written_again_and_no_other(session: Session, tmp_path: Path) -> None:
    saver = Saver(session, tmp_path)
    await session.say("what is mopac")
    await saver.save("x")
    await session.say("1")
    assert (await saver.save("x")).turns == 2
    with pytest.raises(SetupError, match=":save x-2"):
        await Saver(session, tmp_path).save("x")


async def test_link_is_not_followed(session: Session, tmp_path: Path) -> None:
    (tmp_path / "x.yml").symlink_to(tmp_path / "elsewhere")
    await session.say("what is mopac")
    with pytest.raises(SetupError):
        await Saver(session, tmp_path).save("x")
    assert list_of(tmp_path) == ["x.yml"]


async def test_nothing_to_save(session: Session, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="nothing to save"):
        await Saver(session, tmp_path).save("x")


async def test_place_that_cannot_be_written(session: Session, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    await session.say("what is mopac")
    with pytest.raises(SetupError, match="could not be written"):
        await Saver(session, tmp_path / "file").save("x")


def test_guesses_and_their_buttons_are_not_asked_for() -> None:
    found = expected([answer("nlu_fallback_two", "Do you mean MOPAC?", buttons=BUTTONS)])
    assert found["answer"] == "nlu_fallback" and "buttons" not in found


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("In 2025, the Met recorded about 2,300 (2,346) burglaries in Camden.", "burglaries in Camden"),
        ("It is open now, until 5 pm on Monday.", ""),
        ("Victim Support helps.\n\nSource: Something Longer And Capitalised, 2024.", "Victim Support helps"),
        ("Ring 07700 900123.", "Ring"),
        ("", ""),
    ],
)
def test_telling_phrase(text: str, phrase: str) -> None:
    assert telling_phrase(text, text) == phrase


def list_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*"))
