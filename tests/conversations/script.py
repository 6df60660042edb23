"""A conversation script: what a person says, and what must and must not be in the answer.

A file in scripts/ is a list of conversations, named after what they try:

    - name: correction - the borough was wrong
      today: 2021-12-01            # optional: the day it is
      turns:
        - say: how many burglaries in Camden
          has: ["Camden", "burglaries"]     # each in the text, whatever the case
          lacks: ["Hackney"]
          answer: statistics                # the answer's name: an intent, `statistics`, `nlu_fallback...`
          source: data.london.gov.uk        # in the address of one of its sources
          buttons: ["Tell me more"]         # these titles are among the buttons
          safety: true                      # the answer is marked as one that comes first
        - press: Tell me more               # a button of the last message, by its title, or "#1" for the first

`say: <ambiguous>` stands for a message that this model takes for two intents at once; which one that is changes with training.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import BaseModel, Extra, Field
from ruamel.yaml import YAML

FOLDER = Path(__file__).parent / "scripts"


class Turn(BaseModel):
    """One message and what is expected of its answer; exactly one of `say` and `press` is given."""

    class Config:
        extra = Extra.forbid

    say: str | None = None
    press: str | None = None
    has: list[str] = []
    lacks: list[str] = []
    answer: str | None = None
    source: str | None = None
    buttons: list[str] = []
    safety: bool = False

    def problems(self, messages: list[dict[str, Any]]) -> list[str]:
        """What is wrong with the messages, as lines to read."""
        text = "\n".join(m["text"] for m in messages).lower()
        parts = messages[-1].get("answer") or {}
        titles = [b["title"] for m in messages for b in m.get("buttons", [])]
        found = [f"lacks {w!r}" for w in self.has if w.lower() not in text]
        found += [f"must not have {w!r}" for w in self.lacks if w.lower() in text]
        if self.answer and not str(parts.get("name", "")).startswith(self.answer):
            found.append(f"is the answer {parts.get('name')}, not {self.answer}")
        if self.source and not any(self.source in s["url"] for s in parts.get("sources") or []):
            found.append(f"has no source from {self.source}")
        found += [f"has no button {b!r}, only {titles}" for b in self.buttons if b not in titles]
        if self.safety and not parts.get("safety"):
            found.append("is not marked as a safety answer")
        return found


class Script(BaseModel):
    """A conversation; `file` is where it stands."""

    class Config:
        extra = Extra.forbid

    name: str
    today: str | None = None
    turns: list[Turn] = Field(min_items=1)
    file: str = ""


def all_scripts() -> list[Script]:
    """Every script of scripts/, in order."""
    reader = YAML(typ="safe")
    scripts = []
    for path in sorted(FOLDER.glob("*.yml")):
        for raw in reader.load(path.read_text(encoding="utf-8")) or []:
            raw["today"] = str(raw["today"]) if raw.get("today") else None
            scripts.append(Script.parse_obj({**raw, "file": path.name}))
    return scripts
