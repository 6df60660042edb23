"""What was typed before, for the arrow keys: one line each in .build/shell-history, personal data taken out.

Only the owner may read the file. Where it cannot be written, lines are remembered until the shell ends.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from prompt_toolkit.history import History

from bot.guard.personal_data import mask
from bot.guard.text import plain
from bot.paths import BUILD

FILE = BUILD / "shell-history"
KEPT = 1_000
"""Lines; the file is cut to them when it has twice as many."""
LONGEST = 2_000
"""Characters of one line that are kept."""
OWNER_ONLY = 0o600


class PastLines(History):
    """prompt_toolkit's hook for lines typed before. Nothing is opened before the first line is asked for."""

    def __init__(self, file: Path = FILE) -> None:
        super().__init__()
        self.file = file

    def load_history_strings(self) -> Iterable[str]:
        """The lines of the file, newest first."""
        return reversed(self.lines())

    def lines(self) -> list[str]:
        """The lines of the file, oldest first; none when it cannot be read."""
        try:
            lines = [line for line in self.file.read_text(encoding="utf-8", errors="replace").split("\n") if line]
            if len(lines) > 2 * KEPT:
                self._write("\n".join(lines[-KEPT:]) + "\n", os.O_TRUNC)
        except OSError:
            return []
        return lines[-KEPT:]

    def store_string(self, string: str) -> None:
        """Adds a line to the file. What cannot be written is left out: nobody should lose an answer over it."""
        # cut after masking, so that no number is cut in two and kept
        if line := mask(plain(string[: 2 * LONGEST]))[:LONGEST]:
            try:
                self._write(f"{line}\n", os.O_APPEND)
            except OSError:
                return

    def _write(self, text: str, how: int) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | how, OWNER_ONLY)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
            # a file that was there before may have been open to others
            os.fchmod(handle, OWNER_ONLY)
            file.write(text)
