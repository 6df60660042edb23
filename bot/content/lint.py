"""Checks that no schema can make: tone, reading age, links, labels, and that every intent is answered.

`python -m bot.content.lint [file.yml ...]` prints each problem on a line; with files, only theirs.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from bot import clock
from bot.content.reader import read, read_yaml
from bot.content.reading import OLDEST_READER, reading_age
from bot.content.schema import Answer, AnswerFile, LabelFile
from bot.content.services_lint import lint_services, stray_number, unchecked
from bot.paths import ANSWERS, CONTENT

PLACEHOLDER = re.compile(r"\[([a-z_]*)\]")
KNOWN_PLACEHOLDERS = {
    "opens", "closes", "published", "consultation_url", "days_left", "successor", "successor_published",
}  # fmt: skip
RAW_INTENT = re.compile(r"\b(?:ask|utter|action)_[a-z_]+|\bnlu_fallback\b|\bout_of_scope\b")
CHEERY = re.compile(r"[\U0001F300-\U0001FAFF]|!|\bplease note\b|\bkindly\b", re.IGNORECASE)
UNSOURCED = "conversation.yml"
LONGEST_MORE = 1200
# the few seconds of an emergency are no time to look further down
MAY_SHOW_NUMBERS = frozenset({"emergency"})


def lint_answers(path: Path, labels: set[str], names: list[str], hard_words_allowed: set[str]) -> Iterator[str]:
    """The problems of one answer file, as lines to read."""
    for name, variants in read(path, AnswerFile).__root__.items():
        for number, answer in enumerate(variants, 1):
            for problem in _lint_answer(
                answer, path, labels, names, name in hard_words_allowed, name in MAY_SHOW_NUMBERS
            ):
                yield f"{path.name}: {name} ({number}): {problem}"


def _lint_answer(
    answer: Answer, path: Path, labels: set[str], names: list[str], may_be_hard: bool, may_show_numbers: bool
) -> Iterator[str]:
    if not answer.sources and path.name != UNSOURCED:
        yield "has no source"
    for target in answer.next:
        if target.partition("|")[0] not in labels:
            yield f"next: {target} has no label in labels.yml"
    for part in ("text", "more", "simple"):
        value = getattr(answer, part)
        if value is None:
            if path.name != UNSOURCED and part in ("more", "simple"):
                yield f"{part} is missing"
            continue
        yield from (f"{part}: {problem}" for problem in _lint_text(value, numbers_allowed=may_show_numbers))
        if part == "more" and len(value) > LONGEST_MORE:
            yield f"more: {len(value)} characters, at most {LONGEST_MORE}"
        if not may_be_hard and (age := reading_age(value, names)) > OLDEST_READER:
            yield f"{part}: reading age {age:.1f}, at most {OLDEST_READER:.0f}: shorter sentences, plainer words"
    if answer.simple and reading_age(answer.simple, names) > reading_age(answer.text, names) + 0.5 > 10:
        yield "simple: harder to read than the text"


def _lint_text(text: str, *, numbers_allowed: bool = False) -> Iterator[str]:
    if not numbers_allowed and (number := stray_number(text)):
        yield f"a phone number ({number}) belongs in services.yml"
    if found := RAW_INTENT.search(text):
        yield f"shows the raw name {found.group()}"
    if found := CHEERY.search(text):
        yield f"tone: {found.group()!r}"
    if "http" in text:
        yield "a link belongs in sources"
    for placeholder in PLACEHOLDER.findall(text):
        if placeholder not in KNOWN_PLACEHOLDERS:
            yield f"unknown placeholder [{placeholder}]"


def main(files: list[str]) -> int:
    """Prints the problems; the number of them is the exit code, at most 1."""
    labels = set(read(CONTENT / "labels.yml", LabelFile).__root__) if (CONTENT / "labels.yml").exists() else set()
    names = [str(n) for n in read_yaml(CONTENT / "names.yml")]
    hard = CONTENT / "reading_exceptions.yml"
    allowed = {str(n) for n in read_yaml(hard)} if hard.exists() else set()
    problems = [
        problem
        for path in ([Path(f) for f in files] or sorted(ANSWERS.glob("*.yml")))
        for problem in lint_answers(path, labels, names, allowed)
    ]
    if not files:
        problems += lint_services()
        print("\n".join(f"warning: {line}" for line in unchecked(clock.today())), end="")
    print("\n".join(problems) if problems else "content: no problem found")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
