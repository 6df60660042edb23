"""Holds the content in memory and reads it again when a file changes.

A changed file is taken only when the whole of content/ is good; otherwise the reason is logged once and the last good
content keeps answering.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path

from bot import clock
from bot.content import editions as dates
from bot.content.first_help import FirstHelp
from bot.content.languages import Language, LanguageFile
from bot.content.plain_words import plain_words
from bot.content.reader import read
from bot.content.schema import Answer, AnswerFile, EditionsFile, Label, LabelFile, Phase
from bot.content.services import OldService, OldServiceFile, Service, ServiceFile
from bot.errors import ContentError
from bot.paths import CONTENT

log = logging.getLogger(__name__)
LOOK_AGAIN_SECONDS = 1.0


@dataclass(frozen=True)
class Content:
    """All of content/ at one moment. `answers`: name to its variants; `labels`: intent to label."""

    answers: dict[str, list[Answer]]
    labels: dict[str, Label]
    editions: EditionsFile
    services: dict[str, Service]
    old_services: dict[str, OldService]
    help: FirstHelp
    languages: dict[str, Language]

    @cached_property
    def service_names(self) -> dict[str, str]:
        """Every name of a service, in bare words, to its id; a name of digits alone ("101") says too little to be one."""
        names: dict[str, str] = {}
        known: dict[str, Service | OldService] = {**self.services, **self.old_services}
        for i, service in known.items():
            for name in (service.name, *service.also_called):
                plain = plain_words(name)
                if plain and not plain.replace(" ", "").isdigit():
                    names.setdefault(plain, i)
        return names

    def phase(self, day: date) -> Phase:
        return dates.phase(self.editions, day)

    def answer(self, name: str, day: date) -> Answer:
        """The answer of that name for that day, its dates filled in. KeyError when there is none."""
        now = self.phase(day)
        variants = self.answers[name]
        chosen = next((a for a in variants if now in a.phase), None) or next(a for a in variants if not a.phase)
        words = dates.placeholders(self.editions, day)
        changed = {
            part: dates.fill(value, words)
            for part in ("text", "more", "simple")
            if (value := getattr(chosen, part)) is not None
        }
        return chosen.copy(update=changed)

    def newer_plan_note(self, day: date) -> str | None:
        """The sentence that a newer Plan is in force, or None while there is no newer one."""
        if self.phase(day) is not Phase.SUPERSEDED:
            return None
        return dates.edition(self.editions, self.editions.subject).newer_plan_note


def load(folder: Path = CONTENT) -> Content:
    """Reads and checks content/. Raises ContentError with file, line and reason."""
    answers: dict[str, list[Answer]] = {}
    files = sorted((folder / "answers").glob("*.yml"))
    if not files:
        raise ContentError("answers", None, f"no answer files in {folder.name}/answers")
    for path in files:
        for name, variants in read(path, AnswerFile).__root__.items():
            if name in answers:
                raise ContentError(path.name, None, f"{name} is answered in another file too")
            if not variants:
                raise ContentError(path.name, None, f"{name} has no answer")
            answers[name] = variants
            _covers_every_phase(path, name, variants)
    services = read(folder / "services.yml", ServiceFile).__root__
    old_services = read(folder / "old_services.yml", OldServiceFile).__root__
    if both := sorted(set(services) & set(old_services)):
        raise ContentError("old_services.yml", None, f"{both[0]} is in services.yml too")
    first_help = read(folder / "first_help.yml", FirstHelp)
    named = first_help.named() | {old.successor for old in old_services.values() if old.successor}
    if unknown := sorted(named - set(services)):
        raise ContentError("first_help.yml", None, f"{unknown[0]} is not in services.yml")
    labels = read(folder / "labels.yml", LabelFile).__root__
    if missing := sorted({"tell_me_more", "repeat", "find_support", "ask_capabilities"} - set(labels)):
        raise ContentError("labels.yml", None, f"{missing[0]} has no label, and every answer may offer it")
    return Content(
        services=services,
        old_services=old_services,
        help=first_help,
        languages=read(folder / "languages.yml", LanguageFile).__root__,
        answers=answers,
        labels=labels,
        editions=read(folder / "editions.yml", EditionsFile),
    )


def _covers_every_phase(path: Path, name: str, variants: list[Answer]) -> None:
    named = {p for a in variants for p in a.phase}
    if all(a.phase for a in variants) and named != set(Phase):
        missing = ", ".join(sorted(p.value for p in set(Phase) - named))
        raise ContentError(path.name, None, f"{name} has no answer for phase {missing}")


class ContentStore:
    """Gives the current content; looks for changed files at most once a second."""

    def __init__(self, folder: Path = CONTENT) -> None:
        self.folder = folder
        self._content = load(folder)
        self._seen = self._state()
        self._looked = time.monotonic()

    def current(self) -> Content:
        """The newest good content."""
        if time.monotonic() - self._looked >= LOOK_AGAIN_SECONDS:
            self._looked = time.monotonic()
            self._reload_if_changed()
        return self._content

    def answer(self, name: str) -> Answer:
        """Today's answer of that name."""
        return self.current().answer(name, clock.today())

    def _reload_if_changed(self) -> None:
        state = self._state()
        if state == self._seen:
            return
        self._seen = state
        try:
            self._content = load(self.folder)
            log.info("content reloaded")
        except ContentError as error:
            log.error("content edit refused, the last good content keeps answering: %s", error)

    def _state(self) -> dict[str, tuple[int, int]]:
        """Every content file with its time of change and size."""
        state = {}
        for path in self.folder.rglob("*.yml"):
            try:
                found = path.stat()
            except FileNotFoundError:  # an editor was just replacing it
                continue
            state[str(path)] = (found.st_mtime_ns, found.st_size)
        return state


@lru_cache(maxsize=1)
def shared() -> ContentStore:
    """The one store of this process, read at its first use."""
    return ContentStore()
