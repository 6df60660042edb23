"""Shows an answer as another channel would: what each of its messages holds, and what comes when the rest is asked for."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

from bot.channels.conversation import ERASING
from bot.channels.render import Outgoing, render
from bot.cli.shell.screen import Screen
from bot.dialogue.message import ANSWER
from bot.messaging.capabilities import ALL, Capabilities
from bot.messaging.desk import ASKS_FOR_REST
from bot.messaging.gsm7 import segments
from bot.messaging.markup import HTML, SLACK

SHELL = "shell"
NAMES = (SHELL, *sorted(ALL))
SAFETY = "[comes first: safety]"
HTML_LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.DOTALL)
HTML_TAG = re.compile(r"</?b>")
SLACK_LINK = re.compile(r"<([^|<>]+)\|([^<>]*)>")


class Preview:
    """One channel's view of answers. `name`: one of bot.messaging.capabilities.ALL."""

    def __init__(self, name: str, screen: Screen) -> None:
        self.name, self._to, self._screen = name, ALL[name], screen
        self._later: list[str] = []

    def show(self, messages: Sequence[Mapping[str, Any]]) -> None:
        """The messages of one answer."""
        if not self._to.buttons and any((m.get(ANSWER) or {}).get("name") == ERASING for m in messages):
            # as on the channel: a number has nothing left to choose from
            messages = [{**m, "buttons": []} for m in messages]
        rendered = render(messages, self._to)
        for position, outgoing in enumerate(rendered.now, 1):
            self._one(outgoing, f"message {position} of {len(rendered.now)}")
        self._later = list(rendered.later)
        self._say_what_follows()

    def show_rest(self, typed: str) -> bool:
        """The next piece, when the line asks for it and there is one; False when the line is for the assistant."""
        if not self._later or typed.strip(" .!\"'").upper() not in ASKS_FOR_REST:
            return False
        self._one(Outgoing(self._later.pop(0)), "the next message")
        self._say_what_follows()
        return True

    def forget(self) -> None:
        """Drops what was still to come."""
        self._later = []

    def _one(self, outgoing: Outgoing, which: str) -> None:
        safety = f" {SAFETY}" if outgoing.safety else ""
        self._screen.blank()
        self._screen.note(f"[{self._to.name}, {which}{self._size(outgoing)}]{safety}")
        if outgoing.picture:
            self._screen.show(f"[picture: {outgoing.alt}]")
            written = _read(outgoing.text, self._to)
            if written != outgoing.alt:
                self._screen.show(written)
        else:
            self._screen.show(_read(outgoing.text, self._to), "safety" if outgoing.safety else None)
        for button in outgoing.buttons:
            self._screen.show(f"[button: {button['title']}]", "number", indent="  ")

    def _size(self, outgoing: Outgoing) -> str:
        if self._to.segments is None:
            return ""
        count = segments(outgoing.text)
        return f", {count} segment{'s' if count > 1 else ''} of at most {self._to.segments}"

    def _say_what_follows(self) -> None:
        if self._later:
            many = len(self._later)
            self._screen.note(f"[{many} more message{'s' if many > 1 else ''}: type NEXT]")


def _read(text: str, to: Capabilities) -> str:
    """The text as people see it there: strong words between stars, an address after the title that links to it."""
    if to.markup is HTML:
        return html.unescape(HTML_TAG.sub("*", HTML_LINK.sub(r"\2 (\1)", text)))
    if to.markup is SLACK:
        # quotes stay: Slack escapes only these three
        linked = SLACK_LINK.sub(r"\2 (\1)", text)
        return linked.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text
