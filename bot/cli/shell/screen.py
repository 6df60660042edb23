"""Writes to the terminal: lines of at most 80 columns, colours where they are wanted, and nothing that steers the terminal."""

from __future__ import annotations

import os
import shutil
import textwrap
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

import typer

from bot.paths import ROOT

WIDEST, NARROWEST = 80, 20
JOINERS = "\u200c\u200d"
STYLES: dict[str, dict[str, object]] = {
    "safety": {"fg": "red", "bold": True},
    "number": {"bold": True},
    "note": {"fg": "cyan"},
    "problem": {"fg": "yellow"},
}


class Colours:
    """Whether there are any. `terminal`: whether the output is one; `environment`: for NO_COLOR and TERM."""

    def __init__(self, *, terminal: bool, plain: bool, environment: Mapping[str, str]) -> None:
        self._never = _why_never(terminal, plain, environment)
        self._wanted = True

    @property
    def on(self) -> bool:
        return self._wanted and not self._never

    def switch(self, wanted: bool) -> str:
        """Turns them on or off; returns the line to say about it."""
        self._wanted = wanted
        if not wanted:
            return "Colours are off."
        return f"Colours stay off: {self._never}." if self._never else "Colours are on."

    def paint(self, text: str, style: str | None) -> str:
        """The text in a style of STYLES, or as it is."""
        return typer.style(text, **STYLES[style]) if style and self.on else text  # type: ignore[arg-type]


def _why_never(terminal: bool, plain: bool, environment: Mapping[str, str]) -> str | None:
    if plain:
        return "the shell was started with --plain"
    if environment.get("NO_COLOR"):
        return "NO_COLOR is set"
    if not terminal or environment.get("TERM") == "dumb":
        return "the output is no terminal that shows them"
    return None


class Screen:
    """Where everything is shown. `write` takes a text without its line end."""

    def __init__(self, colours: Colours, write: Callable[[str], None] = typer.echo) -> None:
        self.colours, self._write = colours, write

    def show(self, text: str, style: str | None = None, *, indent: str = "", hanging: str = "") -> None:
        """A text, wrapped; its own line ends stay. `indent` begins each of its lines, `hanging` those that wrapping made."""
        for line in harmless(text).split("\n"):
            wrapped = textwrap.wrap(
                line, _width(), initial_indent=indent, subsequent_indent=indent + hanging,
                break_long_words=False, break_on_hyphens=False,
            )  # fmt: skip
            for part in wrapped or [""]:
                self._write(self.colours.paint(part, style))

    def blank(self) -> None:
        self._write("")

    def note(self, text: str) -> None:
        """What the shell itself says, and not the assistant."""
        self.show(text, "note")

    def problem(self, text: str) -> None:
        """What could not be done, and what to do instead."""
        self.show(text, "problem")


def harmless(text: str) -> str:
    """The text without characters that steer a terminal, or turn the order of what is read; line ends stay."""
    return "".join(c for c in text.replace("\t", " ") if c == "\n" or c in JOINERS or not _steers(c))


def short(path: Path) -> str:
    """A path as seen from the project's folder, when it lies in there."""
    return os.fspath(path.relative_to(ROOT) if path.is_relative_to(ROOT) else path)


def _steers(character: str) -> bool:
    return unicodedata.category(character) in ("Cc", "Cf", "Cs")


def _width() -> int:
    """Columns to fill: a terminal that is wider is not filled, for long lines are hard to read."""
    return max(NARROWEST, min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns))
