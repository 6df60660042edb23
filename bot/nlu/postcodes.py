"""Finds postcodes: whole ones anywhere in the country, outward codes ("SE15") only those that London has."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from spacy.tokens import Doc

from bot.nlu import spans

WHOLE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)[ -]?(\d[abd-hjlnp-uw-z]{2})\b")
OUTWARD = re.compile(r"\b[a-z]{1,2}\d{1,2}[a-z]?\b")


def read_outward_codes(path: Path) -> list[str]:
    """The outward codes of content/areas.csv, lower case."""
    with path.open(encoding="utf-8", newline="") as file:
        return sorted({row["outcode"].lower() for row in csv.DictReader(file)})


def find(text: str, outward_codes: frozenset[str]) -> Iterator[tuple[int, int, str]]:
    """Every (begin, end, value) in lower-case text; the value is written as "SE15 4NX" or "SE15"."""
    end = -1
    for match in WHOLE.finditer(text):
        end = match.end()
        yield match.start(), end, f"{match[1]} {match[2]}".upper()
    for match in OUTWARD.finditer(text):
        if match.group() in outward_codes and not any(
            m.start() <= match.start() < m.end() for m in WHOLE.finditer(text)
        ):
            yield match.start(), match.end(), match.group().upper()


class PostcodeFinder:
    """A spaCy pipe that adds the `postcode` spans."""

    def __init__(self) -> None:
        self.outward_codes: frozenset[str] = frozenset()

    def learn(self, outward_codes: Iterable[str]) -> PostcodeFinder:
        self.outward_codes = frozenset(outward_codes)
        return self

    def __call__(self, doc: Doc) -> Doc:
        starts = [token.idx for token in doc]
        found = find(doc.text.lower(), self.outward_codes)
        spans.add(doc, "postcode", ((*spans.tokens_of(starts, begin, end), value) for begin, end, value in found))
        return doc

    def to_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> None:
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "outward_codes.json").write_text(json.dumps(sorted(self.outward_codes)), encoding="utf-8")

    def from_disk(self, path: str | Path, exclude: Iterable[str] = ()) -> PostcodeFinder:
        return self.learn(json.loads((Path(path) / "outward_codes.json").read_text(encoding="utf-8")))
