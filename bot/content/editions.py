"""Decides from the dates in content/editions.yml where the Plan stands on a day."""

from __future__ import annotations

from datetime import date, timedelta

from bot.clock import spell
from bot.content.schema import Edition, EditionsFile, Phase

LAST_WEEK = timedelta(days=7)


def edition(editions: EditionsFile, name: str) -> Edition:
    """The edition of that id; KeyError when there is none."""
    return {e.id: e for e in editions.editions}[name]


def phase(editions: EditionsFile, day: date) -> Phase:
    """Where the subject edition stands on that day."""
    subject = edition(editions, editions.subject)
    successor = edition(editions, subject.successor) if subject.successor else None
    if day < subject.consultation.opens:
        return Phase.COMING
    if day <= subject.consultation.closes:
        return Phase.CLOSING if subject.consultation.closes - day < LAST_WEEK else Phase.OPEN
    if subject.published is None or day < subject.published:
        return Phase.CLOSED
    if successor is None or successor.published is None or day < successor.published:
        return Phase.IN_FORCE
    return Phase.SUPERSEDED


def placeholders(editions: EditionsFile, day: date) -> dict[str, str]:
    """What the words in square brackets stand for in an answer, on that day."""
    subject = edition(editions, editions.subject)
    left = (subject.consultation.closes - day).days
    words = {
        "opens": spell(subject.consultation.opens),
        "closes": spell(subject.consultation.closes),
        "published": spell(subject.published) if subject.published else "a date not yet known",
        "consultation_url": str(subject.consultation.url),
        "days_left": {0: "today is the last day", 1: "1 day left"}.get(left, f"{left} days left"),
    }
    if subject.successor:
        successor = edition(editions, subject.successor)
        words["successor"] = successor.name
        words["successor_published"] = spell(successor.published) if successor.published else "a date not yet known"
    return words


def fill(text: str, words: dict[str, str]) -> str:
    """The text with its [placeholders] replaced; unknown ones are left for the lint to find."""
    for name, value in words.items():
        text = text.replace(f"[{name}]", value)
    return text
