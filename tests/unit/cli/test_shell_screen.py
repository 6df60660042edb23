"""What the shell writes to a terminal: width, colours, and nothing that steers it."""

from __future__ import annotations

import pytest

from bot.cli.shell.screen import Colours, Screen, harmless
from tests.unit.cli.played_shell import PlayedScreen


@pytest.fixture(autouse=True)
def columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")


def colours(*, terminal: bool = True, plain: bool = False, **environment: str) -> Colours:
    return Colours(terminal=terminal, plain=plain, environment=environment)


def test_colours_at_a_terminal_only() -> None:
    assert colours().on
    assert not colours(terminal=False).on


@pytest.mark.parametrize(
    ("never", "reason"),
    [
        (colours(plain=True), "--plain"), (colours(NO_COLOR="1"), "NO_COLOR"),
        (colours(terminal=False), "no terminal"), (colours(TERM="dumb"), "no terminal"),
    ],
)  # fmt: skip
def test_why_there_are_no_colours_is_said(never: Colours, reason: str) -> None:
    assert reason in never.switch(True)
    assert not never.on and never.paint("x", "safety") == "x"


def test_empty_no_color_means_nothing() -> None:
    assert colours(NO_COLOR="").on


def test_painting_adds_only_style() -> None:
    painted = colours().paint("Call 999", "safety")
    assert painted != "Call 999" and "Call 999" in painted


def test_long_lines_are_wrapped_at_80_however_wide_the_terminal_is() -> None:
    screen = PlayedScreen()
    screen.show("word " * 60)
    assert len(screen.lines) > 3 and max(map(len, screen.lines)) <= 80


def test_narrow_terminal_gets_narrow_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    screen = PlayedScreen()
    screen.show("word " * 60, indent="  ", hanging="  ")
    assert max(map(len, screen.lines)) <= 40
    assert screen.lines[0].startswith("  word") and screen.lines[1].startswith("    word")


def test_addresses_are_never_cut() -> None:
    screen = PlayedScreen()
    address = "https://example.org/" + "a-b/" * 40
    screen.show(f"Source: {address}")
    assert address in screen.lines


def test_own_line_ends_stay() -> None:
    screen = PlayedScreen()
    screen.show("one\n\ntwo")
    assert screen.lines == ["one", "", "two"]


@pytest.mark.parametrize("steering", ["\x1b[2J", "\x07", "\r", "\x9b31m", "\u202e", "\u2066", "\ud800", "\x00"])
def test_nothing_steers_the_terminal(steering: str) -> None:
    shown = harmless(f"a{steering}b\nc")
    assert steering not in shown and steering[0] not in shown
    assert shown.startswith("a") and shown.endswith("b\nc")


def test_letters_of_the_world_and_emoji_stay() -> None:
    text = "Ünïcode 日本語 نیم\u200cفاصله 👩\u200d👧"
    assert harmless(text) == text


def test_screen_cleans_what_it_shows() -> None:
    lines: list[str] = []
    Screen(colours(terminal=False), lines.append).show("red \x1b[31m text")
    assert lines == ["red [31m text"]
