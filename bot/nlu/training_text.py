"""Reads the training phrases as plain text, for what needs their words but not Rasa."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

from bot.errors import PackageError
from bot.paths import NLU_DATA


def phrases(folder: Path = NLU_DATA) -> Iterator[tuple[str, str]]:
    """Every (intent, phrase) under data/nlu, in order. Raises PackageError when there is none."""
    files = sorted(folder.glob("*.yml"))
    if not files:
        raise PackageError(f"No training phrases in {folder.name}: is the checkout complete?")
    reader = YAML(typ="safe")
    for path in files:
        for group in reader.load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" not in group:
                continue
            for phrase in _examples(group["examples"]):
                yield group["intent"], phrase


def _examples(written: str | list[dict[str, object]]) -> Iterator[str]:
    """The phrases of Rasa's two ways of writing examples: a block of lines, or a list with text and metadata."""
    if isinstance(written, str):
        yield from (line[2:].strip() for line in written.splitlines() if line.startswith("- "))
    else:
        yield from (str(example["text"]).strip() for example in written)
