"""What was shown last, when a message that is hardly understood may well be about it: "not them lot, what else you got"."""

from __future__ import annotations

from typing import Any

from bot import clock
from bot.content.store import Content
from bot.dialogue.message import Parts, buttons, compose, sources
from bot.support import details
from bot.support.request import FIND
from bot.support.wording import cards

ASKS = frozenset({details.COST, details.HOURS, details.WAY, details.LANGUAGES, details.PRIVATE})


def detail_of(last: dict[str, Any] | None, text: str, content: Content) -> dict[str, Any] | None:
    """The answer to a question about the services of the last answer; None when there are none, or it asks no such thing."""
    ids = [str(s["id"]) for s in (last or {}).get("services") or [] if s.get("id") in content.services]
    detail = details.read(text, clock.today())
    if not ids or detail.kind not in ASKS:
        return None
    return tell(detail, ids, content, (last or {}).get("question_asked") or {})


def tell(
    detail: details.Detail, ids: list[str], content: Content, asked: dict[str, Any], more: str = ""
) -> dict[str, Any]:
    """The message about services already shown; `asked` is what they were shown for, `more` stands below."""
    now = clock.now()
    pieces = [details.lead(detail, ids, content), details.say(detail, ids, content, now), more]
    parts: Parts = {
        "name": FIND,
        "sources": sources([content.services[i].sources[0] for i in ids]),
        "services": cards(ids, content, now),
        "question_asked": asked,
    }
    nexts = ["ask_service_detail|Someone else", "report_crime|How to report it"]
    return compose("\n\n".join(p for p in pieces if p), parts, buttons(nexts, content.labels))
