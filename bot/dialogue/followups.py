""" "Tell me more", "where does that come from", "say it more simply", "say it again": on whatever was last said."""

from __future__ import annotations

from typing import Any

from bot.content.store import Content
from bot.dialogue.message import Parts, buttons, compose

MORE = "tell_me_more"
SOURCE = "ask_source"
REPEAT = "repeat"
SIMPLER_WORDS = (
    "simple",
    "simpl",
    "plain",
    "easier",
    "easy",
    "understand",
    "dumb",
    "basic",
    "child",
    "kid",
    "five",
    "english",
    "shorter",
    "words",
)


def tell_more(last: dict[str, Any] | None, content: Content) -> dict[str, Any]:
    """What the content has beyond the last answer, or where to read on."""
    if last is None:
        return _nothing_said(content)
    if last.get("more"):
        return _same_answer(last, str(last["more"]), content, REPEAT)
    text = (
        "That is all I know on this. The source below may say more."
        if last.get("sources")
        else "That is all I know on this."
    )
    return _same_answer(last, text, content, REPEAT)


def simpler_or_again(last: dict[str, Any] | None, typed: str, content: Content) -> dict[str, Any]:
    """The last answer again; in simpler words when asked for, or when a button says so."""
    if last is None:
        return _nothing_said(content)
    wants_simple = typed.startswith("/") or any(word in typed.lower() for word in SIMPLER_WORDS)
    if wants_simple and last.get("simple"):
        return _same_answer(last, str(last["simple"]), content, MORE)
    return _same_answer(last, str(last["text"]), content, MORE)


def give_source(last: dict[str, Any] | None, content: Content) -> dict[str, Any]:
    """Every source of the last answer, with its date."""
    if last is None:
        return _nothing_said(content)
    listed = last.get("sources") or []
    if not listed:
        text = (
            "My last message was not a fact about the Plan or about crime, so it has no source. "
            "Ask me about a fact and I will show where it comes from."
        )
        return _followup(last, text, [], content, MORE)
    lines = "\n".join(f"• {s['title']}, {s['as_at']}. {s['url']}" for s in listed)
    checked = f" I last checked the answer on {last['reviewed']}." if last.get("reviewed") else ""
    text = f"That comes from:\n{lines}\n\nPlease check the source before you rely on it.{checked}"
    return _followup(last, text, [], content, MORE)


def _same_answer(last: dict[str, Any], text: str, content: Content, other: str) -> dict[str, Any]:
    return _followup(last, text, last.get("sources") or [], content, other)


def _followup(
    last: dict[str, Any], text: str, listed: list[dict[str, str]], content: Content, other: str
) -> dict[str, Any]:
    variants = content.answers.get(last.get("name", ""), [])
    nexts = [name for name in (variants[-1].next if variants else []) if name.partition("|")[0] != other][:2]
    parts: Parts = {"name": str(last.get("name")), "sources": listed, "followup": True}
    if last.get("safety"):
        parts["safety"] = True
    return compose(text, parts, buttons([other, *nexts], content.labels))


def _nothing_said(content: Content) -> dict[str, Any]:
    text = "I have not answered anything yet. Ask me about the Police and Crime Plan, about crime figures, or about who can help."
    offered = buttons(["ask_plan_overview", "ask_statistics", "find_support"], content.labels)
    return compose(text, {"name": "nothing_said", "question": True}, offered)
