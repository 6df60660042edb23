"""Situations: somebody says something at some hour, and the service that should be shown first.

A line of situations/*.jsonl:

    {"say": "...", "now": "2026-11-24T14:30", "first": ["galop"], "why": "..."}

`first`: ids of services.yml, any of which is right as the first one after 999; empty with `question: true` where the assistant
should ask what help is for, and with `language` where it should answer in that language. `held_out.jsonl` was written last,
by somebody who had seen neither the program nor the other situations: it is measured, never tuned on.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Extra, Field

FOLDER = Path(__file__).parent / "situations"
EMERGENCY = {"emergency-999", "bsl-999"}


class Situation(BaseModel):
    """See the module's text."""

    class Config:
        extra = Extra.forbid

    say: str = Field(min_length=3)
    now: str
    first: list[str]
    why: str = ""
    question: bool = False
    language: str | None = None

    def is_right(self, messages: list[dict[str, Any]]) -> bool:
        """Whether what was shown fits."""
        parts = messages[-1].get("answer") or {}
        if self.question:
            return parts.get("name") == "ask_need"
        if self.language and parts.get("language") == self.language:
            return True
        shown = [service["id"] for service in parts.get("services") or [] if service["id"] not in EMERGENCY]
        return bool(shown) and shown[0] in self.first


def read(name: str) -> list[Situation]:
    """The situations of a file."""
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [Situation.parse_obj(json.loads(line)) for line in lines if line.strip()]
