"""What a plain yes or no means: the answer to what was just asked, or small talk."""

from __future__ import annotations

from typing import Any


def meant_by(answer: bool, last: dict[str, Any] | None) -> str | None:
    """The name of the answer that a yes (True) or no (False) chooses after the bot's last message; None: nothing was asked."""
    if not last:
        return None
    chosen = last.get("yes" if answer else "no")
    if chosen:
        return str(chosen)
    if answer and last.get("question"):
        return "which_one"
    if answer and last.get("more"):
        return "tell_me_more"
    return None
