"""Answers somebody who writes in another language, or asks for one, in that language: one short prepared message."""

from __future__ import annotations

from typing import Any

from bot.content.store import Content
from bot.dialogue.message import ANSWER, Parts, buttons, compose, sources

INTENT = "ask_language"
LANGUAGE = "language"


def answer(parsed: dict[str, Any], content: Content) -> dict[str, Any] | None:
    """The prepared message of the language of `parsed`; None when there is none, or when English will do."""
    prepared = content.languages.get(_code(parsed))
    if not prepared:
        return None
    parts: Parts = {
        "name": INTENT,
        "more": prepared.english,
        "simple": prepared.english,
        "sources": sources(prepared.sources),
        "language": _code(parsed),
    }
    return compose(prepared.text, parts, buttons(["find_support", "emergency"], content.labels), show_source=False)


def add_to(message: dict[str, Any], parsed: dict[str, Any], content: Content) -> dict[str, Any]:
    """A safety answer with the prepared message above it, for somebody who told of danger in another language."""
    prepared = content.languages.get(_code(parsed))
    if not prepared:
        return message
    return {**message, "text": f"{prepared.text}\n\n{message['text']}", ANSWER: message[ANSWER]}


def _code(parsed: dict[str, Any]) -> str:
    return str((parsed.get(LANGUAGE) or {}).get("code") or "")
