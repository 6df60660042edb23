"""Turns an answer into the message that Rasa sends.

A message has `text` (all of it, readable on any channel, sources included), `buttons`, and `answer`: its parts for
channels that can show more, and for "tell me more", "where is that from" and "say it more simply" later on.
"""

from __future__ import annotations

from datetime import date
from typing import Any, TypedDict

from bot.clock import spell
from bot.content.schema import Answer, Label, Source

ANSWER = "answer"


class Button(TypedDict):
    title: str
    payload: str


class Parts(TypedDict, total=False):
    """What `answer` holds. `name`: the answer's name in content/, or the action's. `safety`: comes first, looks different.

    `yes`, `no`: the intents meant by a plain yes or no after this message. `question_asked`: what a bare detail ("in Camden",
    "for men") later on is added to. `chart`: a picture as data (actions/statistics/chart.py); `picture`: its address.
    `status`: what became of the message, where that does not follow from the other parts (bot/operations/status.py).
    `kept`: False for what no history shows.
    """

    name: str
    text: str
    more: str | None
    simple: str | None
    sources: list[dict[str, str]]
    reviewed: str
    safety: bool
    question: bool
    yes: str | None
    no: str | None
    followup: bool
    small_talk: bool
    services: list[dict[str, Any]]
    question_asked: dict[str, Any]
    chart: dict[str, Any]
    picture: str
    details: dict[str, Any]
    language: str
    kept: bool
    status: str


def buttons(nexts: list[str], labels: dict[str, Label]) -> list[Button]:
    """A button for each intent that has a label; "report_crime|Report it" gives it another title."""
    named = [item.partition("|") for item in nexts]
    return [{"title": title or labels[i].button, "payload": f"/{i}"} for i, _, title in named if i in labels]


def sources(listed: list[Source]) -> list[dict[str, str]]:
    return [{"title": s.title, "url": str(s.url), "as_at": s.as_at} for s in listed]


def source_line(listed: list[dict[str, str]]) -> str:
    """The first source as a line for people; the rest are one question away."""
    if not listed:
        return ""
    first = listed[0]
    others = f" (and {len(listed) - 1} more)" if len(listed) > 1 else ""
    return f"Source: {first['title']}, {first['as_at']}{others}. {first['url']}"


def compose(
    text: str, parts: Parts, offered: list[Button], *, before: str | None = None, show_source: bool = True
) -> dict[str, Any]:
    """The message; `before` is a line of safety above the text. Sources that are not shown are still in the parts."""
    line = source_line(parts.get("sources") or []) if show_source else ""
    whole = "\n\n".join(piece for piece in (before, text, line) if piece)
    return {"text": whole, "buttons": list(offered), ANSWER: {**parts, "text": text}}


def from_content(
    name: str, answer: Answer, labels: dict[str, Label], *, note: str | None = None, before: str | None = None
) -> dict[str, Any]:
    """The message of an answer from content/; `note` is the sentence about a newer Plan."""
    text = f"{answer.text} {note}" if note and answer.older_plan else answer.text
    offered = buttons(answer.next, labels)
    if answer.more and not any(b["payload"] == "/tell_me_more" for b in offered):
        offered = [*buttons(["tell_me_more"], labels), *offered][:3]
    parts: Parts = {
        "name": name,
        "more": answer.more,
        "simple": answer.simple,
        "sources": sources(answer.sources),
        "reviewed": _reviewed(answer.reviewed),
        "small_talk": not answer.sources,
    }
    return compose(text, parts, offered, before=before)


def _reviewed(day: date) -> str:
    return spell(day)
