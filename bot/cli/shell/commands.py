"""The shell's own commands: lines that begin with a colon and a letter."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime
from difflib import get_close_matches

from bot.cli.shell import explain
from bot.cli.shell.day import describe_day, set_day
from bot.cli.shell.past_lines import FILE
from bot.cli.shell.preview import NAMES, SHELL, Preview
from bot.cli.shell.rule_names import RuleNames
from bot.cli.shell.saving import Saver
from bot.cli.shell.screen import Screen, short
from bot.cli.shell.session import Exchange, Session
from bot.clock import LONDON
from bot.errors import SetupError

COMMAND = re.compile(r":\s*([a-z]\S*)\s*(.*)", re.IGNORECASE | re.DOTALL)
LEAVE = frozenset({"quit", "exit"})
"""Said without a colon these leave too."""
NOTHING_YET = "There is no answer yet: ask something first."
HELP = (
    (":help", "these commands"),
    (":why", "what was understood of the last message, and by what rule"),
    (":today 2021-12-01", "rehearse a day, or 2021-12-01T14:30; :today now ends it"),
    (":channel sms", f"show answers as on {', '.join(NAMES)}"),
    (":save name", "write this conversation as a test script"),
    (":new", "begin a new conversation"),
    (":colour off", "no colours; :colour on brings them back"),
    (":q", "leave; so do Ctrl-C and the end of input"),
)
SYNONYMS = {"quit": "q", "exit": "q", "color": "colour", "h": "help"}
Command = Callable[[str], Awaitable[None]]


class Commands:
    """`show`: shows an answer once more. `preview` is the channel that answers are shown for, None for the shell itself."""

    def __init__(self, session: Session, screen: Screen, saver: Saver, show: Callable[[Exchange], None]) -> None:
        self._session, self._screen, self._saver, self._show = session, screen, saver, show
        self.rules = RuleNames()
        self.preview: Preview | None = None
        self.left = False
        self._known: dict[str, Command] = {
            "help": self._help, "why": self._why, "today": self._today, "channel": self._channel, "save": self._save,
            "new": self._new, "colour": self._colour, "q": self._leave,
        }  # fmt: skip

    async def run(self, line: str) -> bool:
        """Does what a line commands; False when it is not a command. What goes wrong is said, and nothing is raised."""
        found = COMMAND.fullmatch(line.strip())
        if line.strip().casefold() in LEAVE:
            self.left = True
        elif found:
            await self._do(found[1].casefold(), found[2].strip())
        return bool(found) or self.left

    async def _do(self, name: str, rest: str) -> None:
        command = self._known.get(SYNONYMS.get(name, name))
        if command is None:
            near = get_close_matches(name[:20], self._known, n=1)
            perhaps = f" Did you mean :{near[0]}?" if near else ""
            there_are = ", ".join(f":{known}" for known in self._known)
            cut = name if len(name) <= 20 else f"{name[:20]}..."
            self._screen.problem(f"There is no command :{cut}.{perhaps} There are {there_are}.")
            return
        try:
            await command(rest)
        except SetupError as error:
            self._screen.problem(str(error))

    async def _help(self, _: str) -> None:
        self._screen.show("Type a question, or choose by number or title. Commands:")
        longest = max(len(written) for written, _ in HELP)
        for written, meaning in HELP:
            self._screen.show(f"{written:<{longest}}  {meaning}", indent="  ", hanging=" " * (longest + 2))
        self._screen.show(f"Typed lines are kept without personal data, for the arrow keys, in {short(FILE)}.")

    async def _why(self, _: str) -> None:
        exchange = self._session.last
        if exchange is None:
            raise SetupError(NOTHING_YET)
        for line in explain.why(exchange, await self._session.events(), self.rules):
            self._screen.show(line, indent="  ", hanging="  ")

    async def _today(self, wanted: str) -> None:
        self._screen.note(set_day(wanted) if wanted else describe_day())

    async def _channel(self, wanted: str) -> None:
        name = wanted.casefold()
        if not name:
            self._screen.note(f"Answers are shown as on {self._shown_as()}. There are {', '.join(NAMES)}.")
            return
        if name not in NAMES:
            raise SetupError(f'There is no channel "{wanted[:40]}". There are {", ".join(NAMES)}.')
        self.preview = None if name == SHELL else Preview(name, self._screen)
        self._screen.note(f"Answers are now shown as on {self._shown_as()}.")
        if self._session.last:
            self._show(self._session.last)

    def _shown_as(self) -> str:
        return self.preview.name if self.preview else SHELL

    async def _save(self, name: str) -> None:
        # a default name is of the real hour, whatever day is rehearsed: names must differ
        saved = await self._saver.save(name or f"talk-{datetime.now(LONDON):%Y%m%d-%H%M%S}")
        self._screen.note(f"Saved {saved.turns} turn{'s' if saved.turns > 1 else ''} in {short(saved.file)}")
        for note in saved.notes:
            self._screen.note(note)
        self._screen.note("Its first lines say how to make it a test. Names are not taken out: read it through.")

    async def _new(self, _: str) -> None:
        self._session.begin()
        if self.preview:
            self.preview.forget()
        self._screen.note("A new conversation.")

    async def _colour(self, wanted: str) -> None:
        if wanted.casefold() not in ("on", "off"):
            raise SetupError("Write :colour on or :colour off.")
        self._screen.note(self._screen.colours.switch(wanted.casefold() == "on"))

    async def _leave(self, _: str) -> None:
        self.left = True
