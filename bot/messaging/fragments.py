"""Which of the messages that wait belong together, and which are words of danger that must go alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import takewhile
from typing import NamedTuple

from bot.messaging.received import Kind, Received
from bot.nlu import safety_patterns

MOST_READ = 1_500
"""Characters that are looked through here for danger; the guard looks through all."""
LAST = float("inf")


class Arrived(NamedTuple):
    """`at`: on this machine's steady clock. `keys`: in the inbox, none when it is only in memory. `order`: of arrival.

    `whole`: a turn that another worker had begun; it goes as it is.
    """

    at: float
    received: Received
    keys: tuple[str, ...] = ()
    order: float = LAST
    whole: bool = False


class Cut(NamedTuple):
    """How many are answered together, as what text, and whether that is words of danger."""

    many: int
    text: str
    danger: bool


def run_of(waiting: Sequence[Arrived], longest: int) -> list[Arrived]:
    """The texts at the head that can be put together, by their kind and length."""
    if waiting and waiting[0].whole:
        return [waiting[0]]
    texts = list(takewhile(lambda one: one.received.kind is Kind.TEXT and not one.whole, waiting))
    length, fitting = -1, 0
    for arrived in texts:
        length += 1 + len(arrived.received.text)
        if length > longest:
            break
        fitting += 1
    # one alone may be as long as it likes: the guard sees to it
    return texts[: max(fitting, 1)]


def cut(run: list[Arrived], before: str, seconds: float) -> Cut:
    """What to answer of a run. `before`: what was said just before it; `seconds`: how closely fragments follow each other."""
    many = _until_danger(run[: _belong_together(run, seconds)])
    text = joined("", run[:many])
    if warns(text):
        return Cut(many, text, True)
    for said in (before, ""):
        if whole := _completing(said, run, many):
            return Cut(whole, joined(said, run[:whole]), True)
    return Cut(many, text, False)


def joined(before: str, run: Iterable[Arrived]) -> str:
    """One text; what is said twice in a row is said once."""
    texts = [before] if before.strip() else []
    for arrived in run:
        text = arrived.received.text
        if text.strip() and not (texts and texts[-1].strip().casefold() == text.strip().casefold()):
            texts.append(text)
    return " ".join(texts)


def is_danger(received: Received) -> bool:
    """Whether it is words of danger by itself."""
    return received.kind is Kind.TEXT and warns(received.text)


def warns(text: str) -> bool:
    """Whether a text has words of danger."""
    return bool(safety_patterns.find(text[:MOST_READ]))


def _belong_together(run: list[Arrived], seconds: float) -> int:
    """How many of them came right behind each other: two questions that waited are still two."""
    return next((n for n in range(1, len(run)) if run[n].at - run[n - 1].at >= seconds), len(run))


def _until_danger(run: list[Arrived]) -> int:
    """How many of them are put together: words of danger go with nothing that could take their meaning away."""
    for n, arrived in enumerate(run):
        if is_danger(arrived.received):
            return max(n, 1)
    return next((n for n in range(2, len(run) + 1) if warns(joined("", run[:n]))), len(run))


def _completing(before: str, run: list[Arrived], least: int) -> int | None:
    """How many of them it takes to make words of danger of what was said before; None when they are none."""
    if warns(before) or not warns(joined(before, run)):
        return None
    return next((n for n in range(least, len(run) + 1) if warns(joined(before, run[:n]))), None)
