"""Tries a model before it serves: on our set of messages of danger and their look-alikes, and on plain questions.

The limits are those of the project's own tests. A set that is missing is an error, not a pass.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from bot.errors import SetupError
from bot.models.manifest import Trial
from bot.nlu.safety_intents import SAFETY, SURE
from bot.paths import DEVELOPMENT_SET

LEAST_CAUGHT, MOST_FALSE_ALARMS, LEAST_UNDERSTOOD = 0.99, 0.03, 0.90
QUESTIONS = Path(__file__).with_name("questions.jsonl")

Row = dict[str, Any]
Parse = Callable[[str], Awaitable[dict[str, Any]]]


def of(parse: Parse) -> Trial:
    """What comes of a model that understands by `parse`, which gives Rasa's parse data. Raises SetupError without the sets."""
    return asyncio.run(_try(parse, _rows(DEVELOPMENT_SET / "safety.jsonl"), _rows(QUESTIONS)))


async def _try(parse: Parse, safety: Sequence[Row], questions: Sequence[Row]) -> Trial:
    raised = [((await parse(row["text"])).get(SAFETY) or {}).get("level") == SURE for row in safety]
    named = [((await parse(row["text"])).get("intent") or {}).get("name") for row in questions]
    real = [found for row, found in zip(safety, raised, strict=True) if row["kind"] == "real"]
    alike = [found for row, found in zip(safety, raised, strict=True) if row["kind"] != "real"]
    right = [found == row["intent"] for row, found in zip(questions, named, strict=True)]
    return judged(_share(real), _share(alike), _share(right))


def judged(caught: float, false_alarms: float, understood: float) -> Trial:
    """The trial with its verdict."""
    passed = caught >= LEAST_CAUGHT and false_alarms <= MOST_FALSE_ALARMS and understood >= LEAST_UNDERSTOOD
    at = datetime.now(timezone.utc).isoformat(timespec="seconds")
    return Trial(at, passed, round(caught, 4), round(false_alarms, 4), round(understood, 4))


def in_words(trial: Trial) -> str:
    """One line for people."""
    verdict = "passed" if trial.passed else "FAILED"
    return (
        f"{verdict}: {trial.caught:.1%} of messages of danger caught (at least {LEAST_CAUGHT:.0%}), "
        f"{trial.false_alarms:.1%} false alarms (at most {MOST_FALSE_ALARMS:.0%}), "
        f"{trial.understood:.1%} of plain questions understood (at least {LEAST_UNDERSTOOD:.0%})"
    )


def _rows(file: Path) -> list[Row]:
    try:
        rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    except (OSError, ValueError) as error:
        raise SetupError(f"{file.name} is missing or damaged, and a model is tried on it: restore it.") from error
    if not rows:
        raise SetupError(f"{file.name} is empty, and a model is tried on it: restore it.")
    return rows


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 0.0
