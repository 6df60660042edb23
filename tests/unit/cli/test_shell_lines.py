"""Where the shell's lines come from, and what is kept of them."""

from __future__ import annotations

import asyncio
import io
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.input.posix_pipe import PosixPipeInput as PipeInput
from prompt_toolkit.output import DummyOutput

from bot.cli.shell import lines, past_lines
from bot.cli.shell.lines import EditedLines, PipedLines, PlainLines, reader
from bot.cli.shell.past_lines import KEPT, PastLines
from bot.cli.shell.screen import Colours

COLOURS = Colours(terminal=False, plain=False, environment={})
READ_SECONDS = 20.0
UP, ENTER, CTRL_C, CTRL_D = "\x1b[A", "\r", "\x03", "\x04"


@pytest.fixture
def past(tmp_path: Path) -> PastLines:
    return PastLines(tmp_path / "below" / "shell-history")


@pytest.fixture
def keys() -> Iterator[PipeInput]:
    """A terminal on which keys are pressed."""
    pressed = create_pipe_input()
    try:
        with create_app_session(input=pressed, output=DummyOutput()):
            yield pressed
    finally:
        pressed.close()


async def read(edited: EditedLines) -> str:
    # prompt_toolkit answers a fault of the loop with a prompt of its own, for ever where nobody presses a key
    return await asyncio.wait_for(edited.read(), READ_SECONDS)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_lines_are_kept_for_the_owner_without_personal_data(past: PastLines) -> None:
    past.store_string("I am jo@example.com, 07700 900123, at SE15 4QL")
    assert past.file.read_text() == "I am (removed), (removed), at SE15\n"
    assert mode(past.file) == 0o600


def test_file_that_others_could_read_is_closed_to_them(past: PastLines) -> None:
    past.file.parent.mkdir()
    past.file.write_text("old\n")
    past.file.chmod(0o644)
    past.store_string("new")
    assert mode(past.file) == 0o600 and past.lines() == ["old", "new"]


def test_newest_first_for_the_arrow_keys(past: PastLines) -> None:
    for line in ("one", "two", "three"):
        past.store_string(line)
    assert list(past.load_history_strings()) == ["three", "two", "one"]


def test_one_line_each_and_nothing_that_steers(past: PastLines) -> None:
    past.store_string("what is\nthe \x1b[31mplan")
    past.store_string("\x00\n")
    assert past.lines() == ["what is the [31mplan"]


def test_number_at_the_end_of_what_is_kept_is_not_cut_in_two(past: PastLines) -> None:
    past.store_string("x" * (past_lines.LONGEST - 8) + " 07700 900123")
    assert "07700" not in past.file.read_text()


def test_file_does_not_grow_without_end(past: PastLines) -> None:
    past.file.parent.mkdir()
    past.file.write_text("".join(f"line {n}\n" for n in range(2 * KEPT + 1)))
    assert len(past.lines()) == KEPT and past.lines()[-1] == f"line {2 * KEPT}"
    assert past.file.read_text().count("\n") == KEPT


def test_file_that_is_no_text_is_read_as_well_as_it_can(past: PastLines) -> None:
    past.file.parent.mkdir()
    past.file.write_bytes(b"good\n\xff\xfe\n")
    assert past.lines()[0] == "good"


def test_place_that_cannot_be_written_loses_no_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    past = PastLines(tmp_path / "file" / "shell-history")
    past.store_string("hello")
    assert past.lines() == []


def test_nothing_is_opened_before_it_is_needed(past: PastLines) -> None:
    assert not past.file.parent.exists()


async def test_piped_lines_are_shown_and_end_with_the_input() -> None:
    out = io.StringIO()
    piped = PipedLines(io.StringIO("hello\r\nlast"), out, echo=True)
    assert [await piped.read(), await piped.read()] == ["hello", "last"]
    with pytest.raises(EOFError):
        await piped.read()
    assert out.getvalue() == "You: hello\nYou: last\n"


async def test_long_and_wild_piped_lines_are_shown_short_and_tame() -> None:
    out = io.StringIO()
    line = "\x1b[2J" + "x" * 5000
    assert await PipedLines(io.StringIO(line), out, echo=True).read() == line
    assert "\x1b" not in out.getvalue() and "... (5,004 characters)" in out.getvalue()
    assert len(out.getvalue()) < 600


async def test_prompt_without_echo_where_the_terminal_shows_what_is_typed() -> None:
    out = io.StringIO()
    await PipedLines(io.StringIO("hello\n"), out, echo=False).read()
    assert out.getvalue() == "You: "


async def test_arrow_key_brings_an_earlier_line_back_to_be_edited(past: PastLines, keys: PipeInput) -> None:
    past.store_string("what is the plan")
    edited = EditedLines(COLOURS, past)
    # people press keys after the prompt is there; earlier lines are read meanwhile
    press = asyncio.get_running_loop().call_later
    press(0.3, keys.send_text, f"{UP}ned{ENTER}")
    assert await read(edited) == "what is the planned"
    press(0.3, keys.send_text, f"{UP}{UP}{ENTER}")
    assert await read(edited) == "what is the plan"
    assert past.lines() == ["what is the plan", "what is the planned", "what is the plan"]


@pytest.mark.parametrize(("key", "raised"), [(CTRL_C, KeyboardInterrupt), (CTRL_D, EOFError)])
async def test_keys_that_leave(key: str, raised: type[BaseException], past: PastLines, keys: PipeInput) -> None:
    keys.send_text(key)
    with pytest.raises(raised):
        # in a task of its own, Ctrl-C would end the loop
        await EditedLines(COLOURS, past).read()


async def test_plain_lines_keep_what_was_typed(past: PastLines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("builtins.input", lambda prompt: f"{prompt}typed")
    assert await PlainLines(past).read() == "You: typed"
    assert past.lines() == ["You: typed"]


class Stream(io.StringIO):
    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("typed", "shown", "plain", "kind"),
    [
        (True, True, True, PlainLines), (True, False, False, PipedLines), (False, True, False, PipedLines),
        (False, False, True, PipedLines),
    ],
)  # fmt: skip
def test_reader_fits_input_and_output(
    typed: bool, shown: bool, plain: bool, kind: type, past: PastLines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines.sys, "stdin", Stream(typed))
    monkeypatch.setattr(lines.sys, "stdout", Stream(shown))
    assert type(reader(COLOURS, plain=plain, past=past)) is kind


def test_terminal_gets_line_editing(past: PastLines, keys: PipeInput, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lines.sys, "stdin", Stream(True))
    monkeypatch.setattr(lines.sys, "stdout", Stream(True))
    assert isinstance(reader(COLOURS, plain=False, past=past), EditedLines)
