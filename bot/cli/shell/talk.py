"""The shell's loop: a line in, an answer out, until somebody leaves."""

from __future__ import annotations

from typing import Any

from bot.channels.conversation import Conversations
from bot.cli.shell import explain
from bot.cli.shell.commands import Commands
from bot.cli.shell.lines import Lines
from bot.cli.shell.preview import SAFETY
from bot.cli.shell.saving import Saver
from bot.cli.shell.screen import Screen
from bot.cli.shell.session import Exchange, Session
from bot.dialogue.message import ANSWER

HELLO = "Type a question, the number of a choice, :help for more, or :q to leave."


class Talk:
    """`agent`: a loaded one; `lines`: where lines come from; `debug`: a line on each answer."""

    def __init__(
        self, agent: Any, lines: Lines, screen: Screen, *, debug: bool = False,
        conversations: Conversations | None = None, saver: Saver | None = None,
    ) -> None:  # fmt: skip
        self._lines, self._screen, self._debug = lines, screen, debug
        self._session = Session(agent, conversations)
        self._commands = Commands(self._session, screen, saver or Saver(self._session), self._show)

    async def run(self) -> None:
        """Talks until the person leaves. Raises EOFError at the end of input, and KeyboardInterrupt on Ctrl-C."""
        self._screen.show(HELLO)
        while not self._commands.left:
            self._screen.blank()
            line = (await self._lines.read()).strip()
            if line and not await self._commands.run(line) and not self._rest(line):
                await self._answer(line)

    def _rest(self, line: str) -> bool:
        """Whether the line asked the shown channel for the rest of an answer, and got it."""
        return bool(self._commands.preview and self._commands.preview.show_rest(line))

    async def _answer(self, line: str) -> None:
        exchange = await self._session.say(line)
        self._show(exchange)
        if self._debug:
            events = await self._session.events()
            self._screen.note(explain.in_one_line(exchange, events, self._commands.rules))

    def _show(self, exchange: Exchange) -> None:
        if self._commands.preview:
            self._commands.preview.show(exchange.messages)
            return
        number = 0
        for message in exchange.messages:
            self._screen.blank()
            parts = message.get(ANSWER) or {}
            if parts.get("safety"):
                self._screen.show(SAFETY, "safety")
            self._screen.show(str(message.get("text") or ""), "safety" if parts.get("safety") else None)
            if parts.get("picture") and (chart := parts.get("chart")):
                self._screen.show(f"[picture: {chart['title']}]")
            for button in message.get("buttons") or []:
                number += 1
                self._screen.show(f"{number}. {button['title']}", "number", indent="  ", hanging="   ")
