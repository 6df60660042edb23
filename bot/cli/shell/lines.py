"""Reads what is typed: with line editing at a terminal, line by line from anything else.

All of them read in the main thread, so that Ctrl-C is heard at once; nothing else has to go on while the person thinks.
"""

from __future__ import annotations

import os
import sys
from typing import Protocol, TextIO

from bot.cli.shell.past_lines import PastLines
from bot.cli.shell.screen import Colours, harmless

PROMPT = "You: "
LONGEST_ECHO = 500
"""Characters of a piped line that are shown again."""


class Lines(Protocol):
    async def read(self) -> str:
        """The next line, without its end. Raises EOFError at the end of input, KeyboardInterrupt on Ctrl-C."""


class EditedLines:
    """Line editing and earlier lines on the arrow keys, by prompt_toolkit."""

    def __init__(self, colours: Colours, past: PastLines) -> None:
        # without this it asks the terminal where the cursor is, and complains of terminals that do not say
        os.environ.setdefault("PROMPT_TOOLKIT_NO_CPR", "1")
        from prompt_toolkit import PromptSession

        self._colours = colours
        self._session: PromptSession[str] = PromptSession(history=past, complete_while_typing=False)

    async def read(self) -> str:
        from prompt_toolkit.formatted_text import FormattedText
        from prompt_toolkit.output import ColorDepth

        coloured = self._colours.on
        depth = ColorDepth.DEFAULT if coloured else ColorDepth.MONOCHROME
        return await self._session.prompt_async(
            FormattedText([("bold" if coloured else "", PROMPT)]), color_depth=depth
        )


class PlainLines:
    """For --plain: the prompt and what is typed, nothing drawn anew; earlier lines where Python has readline."""

    def __init__(self, past: PastLines) -> None:
        self._past = past
        try:
            import readline

            readline.parse_and_bind("set enable-bracketed-paste off")
            for line in past.lines():
                readline.add_history(line)
        except ImportError:  # pragma: no cover - Python built without it
            pass

    async def read(self) -> str:
        line = self._ask()
        self._past.store_string(line)
        return line

    @staticmethod
    def _ask() -> str:
        return input(PROMPT)


class PipedLines:
    """From a pipe or a file. `echo`: whether the line is shown, because no terminal has shown it."""

    def __init__(self, source: TextIO, out: TextIO, *, echo: bool) -> None:
        self._source, self._out, self._echo = source, out, echo

    async def read(self) -> str:
        if not self._echo:
            self._write(PROMPT)
        line = self._source.readline()
        if not line:
            raise EOFError
        line = line.rstrip("\r\n")
        if self._echo:
            shown = harmless(line)
            cut = f"{shown[:LONGEST_ECHO]}... ({len(line):,} characters)" if len(shown) > LONGEST_ECHO else shown
            self._write(f"{PROMPT}{cut}\n")
        return line

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


def reader(colours: Colours, *, plain: bool, past: PastLines | None = None) -> Lines:
    """The reader that fits this process's input and output."""
    typed, shown = sys.stdin.isatty(), sys.stdout.isatty()
    if not (typed and shown):
        return PipedLines(sys.stdin, sys.stdout, echo=not typed)
    past = past or PastLines()
    return PlainLines(past) if plain else EditedLines(colours, past)
