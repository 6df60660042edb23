"""`:save`: writes the conversation as a script for tests/conversations/, without personal data.

What is written is played again first, in a conversation of its own and on the day that each turn was said, and once more
at another hour; the script asks for what was answered both times, so that it passes whenever the tests play it.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

from bot.cli.shell.day import another_hour, rehearsed
from bot.cli.shell.expectations import expected
from bot.cli.shell.screen import short
from bot.cli.shell.session import Exchange, Session
from bot.dialogue.message import ANSWER
from bot.errors import SetupError
from bot.paths import BUILD

FOLDER = BUILD / "scripts"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")
# the tests give no list of choices and know no limit of pace
NOT_PLAYED = frozenset({"ask_for_one", "too_fast", "failed"})
LONGEST_REFUSED = 1_000
HEAD = """\
# Saved by `planbot shell`. Read it through, then copy it to tests/conversations/scripts/ and play it there:
#   .venv/bin/python -m pytest tests/conversations/test_scripts.py -k {name}.yml
"""


@dataclass
class Saved:
    """`file`: where the script stands; `turns`: how many it has; `notes`: lines on what is not in it, or differs."""

    file: Path
    turns: int = 0
    notes: list[str] = field(default_factory=list)


class Saver:
    """Saves one conversation, as often as wanted. `folder`: where to."""

    def __init__(self, session: Session, folder: Path = FOLDER) -> None:
        self._session, self._folder = session, folder
        self._mine: set[Path] = set()

    async def save(self, name: str) -> Saved:
        """Writes the script. Raises SetupError when the name or the conversation cannot be used, or the disk refuses."""
        saved = Saved(self._file(name))
        exchanges = [e for e in self._session.exchanges if e.answer not in NOT_PLAYED]
        if left_out := len(self._session.exchanges) - len(exchanges):
            saved.notes.append(
                f"{left_out} left out, for the tests cannot play it: a number not offered, or no answer."
            )
        if not exchanges:
            raise SetupError("There is nothing to save yet: ask something first.")
        stretches = [(day, list(turns)) for day, turns in groupby(exchanges, key=lambda e: e.today)]
        if len(stretches) > 1:
            saved.notes.append("The day changed on the way, so it is a script for each day.")
        text = HEAD.format(name=name)
        for number, (day, turns) in enumerate(stretches, 1):
            title = f"saved - {name}" + (f", part {number}" if len(stretches) > 1 else "")
            text += "\n".join(_written(title, day, await self._played(turns, saved))) + "\n"
        try:
            self._write(saved.file, text)
        except OSError as error:
            raise SetupError(
                f"{short(saved.file)} could not be written ({error.strerror}): make room for it."
            ) from error
        self._mine.add(saved.file)
        return saved

    def _file(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise SetupError(
                "A name is up to 60 letters (a to z), digits, - and _, and begins with a letter or digit: :save too-late"
            )
        file = self._folder / f"{name}.yml"
        if file not in self._mine and os.path.lexists(file):
            raise SetupError(f"There is a script {short(file)} already. Choose another name: :save {name}-2")
        return file

    async def _played(self, exchanges: Sequence[Exchange], saved: Saved) -> list[dict[str, Any]]:
        """The turns of a script, with what is answered when they are played again."""
        day = exchanges[0].today
        sent = [e.pressed["payload"] if e.pressed else _said(e) for e in exchanges]
        with rehearsed(day):
            answers = await self._session.say_again(sent)
        with rehearsed(another_hour(day)):
            later = await self._session.say_again(sent)
        turns: list[dict[str, Any]] = []
        offered: dict[str, str] = {}
        for exchange, messages, at_another_hour in zip(exchanges, answers, later, strict=True):
            said: dict[str, Any] = {"say": _said(exchange)}
            if exchange.pressed:
                title, payload = exchange.pressed["title"], exchange.pressed["payload"]
                # a press needs its button in the message before; what came from elsewhere is said as its payload
                said = {"press": title} if offered.get(title) == payload else {"say": payload}
            turns.append({**said, **expected(messages, at_another_hour)})
            saved.turns += 1
            now = str((messages[-1].get(ANSWER) or {}).get("name", ""))
            if now != exchange.answer:
                saved.notes.append(f"Turn {saved.turns} was {exchange.answer}, and is {now} when played again.")
            offered = {b["title"]: b["payload"] for m in messages for b in m.get("buttons") or []}
        return turns

    @staticmethod
    def _write(file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        # names are not masked: only the owner reads it. A link is not followed
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as opened:
            opened.write(text)


def _said(exchange: Exchange) -> str:
    """What was typed; of what was refused, which may be as long as a book, no more than shows why."""
    return exchange.typed if exchange.sent is not None else exchange.typed[:LONGEST_REFUSED]


def _written(title: str, day: str, turns: Sequence[dict[str, Any]]) -> Iterator[str]:
    yield f"- name: {_scalar(title)}"
    if day:
        yield f"  today: {_scalar(day)}"
    yield "  turns:"
    for turn in turns:
        for position, (key, value) in enumerate(turn.items()):
            yield f"    {'- ' if position == 0 else '  '}{key}: {_value(value)}"


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_scalar(one) for one in value)}]"
    return "true" if value is True else _scalar(str(value))


def _scalar(text: str) -> str:
    """A text in double quotes: JSON's are also YAML's, but for the few signs that YAML wants escaped."""
    return "".join(
        c if c.isprintable() or c in "\u200c\u200d" else f"\\U{ord(c):08X}"
        for c in json.dumps(text, ensure_ascii=False)
    )
