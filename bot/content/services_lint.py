"""Checks of the services that no schema can make: numbers only in the directory, known boroughs, nothing checked too long ago.

Unknown tags, entries on hold, and fields such as `unconfirmed` or `from_memory` are refused by the schema itself
(bot/content/services.py), so they never reach an answer.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from bot.content import numbers
from bot.content.reader import read, read_yaml
from bot.content.services import OldServiceFile, Service, ServiceFile
from bot.paths import CONTENT

LONGEST_UNCHECKED = timedelta(days=180)
MAY_STAND_ANYWHERE = frozenset({"999", "101", "112"})
"""People must never have to look for these."""
WORDED = ("name", "what", "phone_note", "text_note", "webchat", "afterwards")


def lint_services(folder: Path = CONTENT) -> Iterator[str]:
    """The problems of services.yml, old_services.yml and first_help.yml, as lines to read."""
    services = read(folder / "services.yml", ServiceFile).__root__
    boroughs = _boroughs(folder)
    names: dict[str, str] = {}
    for i, service in services.items():
        for problem in _lint_service(service, boroughs):
            yield f"services.yml: {i}: {problem}"
        for name in service.also_called:
            if names.setdefault(name.lower(), i) != i:
                yield f"services.yml: {i}: also_called {name!r} is a name of {names[name.lower()]} too"
    for i, old in read(folder / "old_services.yml", OldServiceFile).__root__.items():
        if found := stray_number(old.said):
            yield f"old_services.yml: {i}: a phone number ({found}) belongs in services.yml"
    for name in ("first_help.yml", "labels.yml", "editions.yml"):
        for text in _texts(read_yaml(folder / name)):
            if found := stray_number(text):
                yield f"{name}: a phone number ({found}) belongs in services.yml"


def unchecked(today: date, folder: Path = CONTENT) -> Iterator[str]:
    """A line for every service that nobody has checked for 180 days: a warning, not a refusal."""
    for i, service in read(folder / "services.yml", ServiceFile).__root__.items():
        if (age := today - service.checked) > LONGEST_UNCHECKED:
            yield f"services.yml: {i}: last checked {age.days} days ago: ring it, open its page, and change `checked`"


def stray_number(text: str) -> str | None:
    """The first thing in a text that looks like a number to call; None when there is none."""
    return next((m for m in numbers.IN_TEXT.findall(text) if m not in MAY_STAND_ANYWHERE), None)


def _lint_service(service: Service, boroughs: set[str]) -> Iterator[str]:
    if isinstance(service.area, list):
        yield from (f"area {a!r} is no borough of areas.csv" for a in service.area if a not in boroughs)
    if service.out_of_hours and not (service.phone and service.hours):
        yield "out_of_hours needs phone and hours"
    for part in WORDED:
        if (
            (value := getattr(service, part))
            and (found := stray_number(value))
            and numbers.digits(found) not in _own(service)
        ):
            yield f"{part}: a phone number ({found}) belongs in phone, text or out_of_hours"
    if service.hours and service.hours.note and (found := stray_number(service.hours.note)):
        yield f"hours.note: a phone number ({found}) belongs in out_of_hours"


def _own(service: Service) -> set[str]:
    """The service's own numbers: a name may carry one ("101: police, not an emergency")."""
    own = (service.phone, service.text, service.textphone, service.out_of_hours)
    return {numbers.digits(number) for number in own if number}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
    elif isinstance(value, str) and not value.startswith("http"):
        yield value


def _boroughs(folder: Path) -> set[str]:
    with (folder / "areas.csv").open(encoding="utf-8", newline="") as file:
        return {row["borough"] for row in csv.DictReader(file)}
