"""Collects what the assistant says in one turn, whole: text, buttons and the parts of the answer."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import OutputChannel

from bot.dialogue.message import ANSWER


class Collector(OutputChannel):
    """Takes each message as it is, instead of in pieces as Rasa's own collector does."""

    @classmethod
    def name(cls) -> str:
        return "collector"

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        kept: dict[str, Any] = {"recipient_id": recipient_id, "text": message.get("text") or ""}
        if message.get("buttons"):
            kept["buttons"] = [{"title": b["title"], "payload": b["payload"]} for b in message["buttons"]]
        if message.get(ANSWER):
            kept[ANSWER] = message[ANSWER]
        self.messages.append(kept)
