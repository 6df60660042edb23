"""Turns the assistant's messages, and the events of a conversation, into the documents that the widget shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from bot.channels.conversation import TYPED
from bot.content.schema import Label
from bot.dialogue.message import ANSWER
from bot.operations import status as status_of
from bot.operations.state import Notice
from bot.web.ids import ConversationIds

Document = dict[str, Any]
ENGLISH = "en"


def moment(at: float) -> str:
    """Seconds since 1970 as ISO 8601."""
    return datetime.fromtimestamp(at, timezone.utc).isoformat(timespec="seconds")


def answer(
    messages: Sequence[Mapping[str, Any]], ids: ConversationIds, sender: str, at: float, notice: Notice | None = None
) -> Document:
    """One answer of one or more messages as Rasa's collector keeps them; what is about safety comes first.

    `notice`: what is announced just now.
    """
    told = [m.get(ANSWER) or {} for m in messages]
    name = next((t["name"] for t in told if t.get("name")), "message")
    parts = sorted((_part(m) for m in messages), key=lambda part: not part["safety"])
    status = status_of.of_messages(messages)
    return {
        "id": ids.sign_answer(sender, name, at),
        "at": moment(at),
        "status": status.value,
        "feedback": status in status_of.HELPFUL,
        "kept": all(t.get("kept", True) for t in told),
        "parts": parts,
        **({"notice": {"text": notice.message, "until": moment(notice.until)}} if notice else {}),
    }


def _part(message: Mapping[str, Any]) -> Document:
    told = message.get(ANSWER) or {}
    whole = str(message.get("text") or "")
    text = str(told.get("text") or whole)
    above, found, _ = whole.partition(text) if text else ("", "", "")
    part: Document = {
        "text": text,
        "safety": bool(told.get("safety")),
        "language": told.get("language") or ENGLISH,
        "buttons": [{"title": b["title"], "payload": b["payload"]} for b in message.get("buttons") or []],
        "sources": [{k: s[k] for k in ("title", "url", "as_at")} for s in told.get("sources") or []],
        "services": [_service(s) for s in told.get("services") or []],
    }
    if found and above.strip():
        part["warning"] = above.strip()
    if chart := told.get("chart"):
        part["chart"] = {k: chart[k] for k in ("type", "title", "alt", "labels", "values", "unit", "source")}
        if told.get("picture"):
            part["picture"] = {"url": told["picture"], "alt": chart["alt"]}
    return part


def _service(service: Mapping[str, Any]) -> Document:
    kept = {key: service[key] for key in ("what", "opening", "cost") if service.get(key)}
    links = [{"title": link["title"], "url": link["url"]} for link in service.get("links") or []]
    return {"name": service["name"], **kept, "links": links}


def history(
    events: Iterable[Mapping[str, Any]], ids: ConversationIds, sender: str, labels: Mapping[str, Label]
) -> list[Document]:
    """What was said, oldest first, from events of type user and bot in their `as_dict` form.

    A message that had no answer and came again is there once.
    """
    said: list[Document] = []
    messages: list[Mapping[str, Any]] = []
    titles: dict[str, str] = {}
    at, last_id = 0.0, None

    def close() -> None:
        if messages:
            said.append({"by": "assistant", "at": moment(at), "answer": answer(list(messages), ids, sender, at)})
            messages.clear()

    for event in events:
        if event.get("event") == "bot":
            message = _of_event(event)
            if not messages:
                titles = {}
            titles.update({b["payload"]: b["title"] for b in message["buttons"]})
            messages.append(message)
            at = float(event["timestamp"])
        elif text := event.get("text"):
            close()
            if said and said[-1]["by"] == "person" and last_id and event.get("message_id") == last_id:
                said.pop()
            last_id = event.get("message_id")
            when = moment(float(event["timestamp"]))
            typed = (event.get("metadata") or {}).get(TYPED)
            said.append({"by": "person", "at": when, "text": typed or _as_seen(text, titles, labels)})
    close()
    return said


def _of_event(event: Mapping[str, Any]) -> dict[str, Any]:
    data = event.get("data") or {}
    told = (event.get("metadata") or {}).get(ANSWER) or data.get(ANSWER) or {}
    return {"text": event.get("text") or "", "buttons": data.get("buttons") or [], ANSWER: told}


def _as_seen(text: str, titles: Mapping[str, str], labels: Mapping[str, Label]) -> str:
    """A payload as the title of the button that sent it; people never see payloads."""
    if not text.startswith("/"):
        return text
    intent = text[1:].partition("{")[0]
    label = labels.get(intent)
    return titles.get(text) or (label.button if label else intent.replace("_", " "))
