"""What the assistant says when it did not understand: it asks, or offers topics by name; it never guesses in silence."""

from __future__ import annotations

from typing import Any

from bot.content.schema import Answer
from bot.content.store import Content
from bot.dialogue.message import Button, Parts, buttons, compose

FALLBACK = "nlu_fallback"
MOST_CHOICES = 3
# after so many misses in a row, people are shown whom else they can turn to
MISSES_BEFORE_CONTACTS = 1
NOT_OFFERED = frozenset(
    {
        FALLBACK,
        "out_of_scope",
        "inform",
        "ask_service_detail",
        "affirm",
        "deny",
        "insult",
        "greet",
        "goodbye",
        "chitchat",
        "stop",
        "thank_you",
    }
)


def clarify(parsed: dict[str, Any], misses: int, content: Content) -> dict[str, Any]:
    """The message for something not understood; `parsed` is the parse data, `misses` how many came just before."""
    if misses >= MISSES_BEFORE_CONTACTS:
        return _contacts(content)
    candidates = _close_intents(parsed, content)
    ambiguous = (parsed.get("understanding") or {}).get("status") == "ambiguous"
    if ambiguous and candidates:
        return _ask(candidates, content)
    topics = [t for t in parsed.get("topics") or [] if t in content.labels][:MOST_CHOICES]
    if topics:
        return _offer(topics, content)
    return _say_so(content)


def confirm(name: str, written: Answer, meant: str, content: Content) -> dict[str, Any]:
    """Asks before something that cannot be undone; yes is the answer named `meant`."""
    parts: Parts = {"name": name, "question": True, "yes": meant, "no": "deny"}
    return compose(written.text, parts, buttons(["affirm", "deny"], content.labels))


def _close_intents(parsed: dict[str, Any], content: Content) -> list[str]:
    """The two likeliest intents that can be offered."""
    names = [r["name"] for r in parsed.get("intent_ranking") or []][:3]
    return [n for n in names if n not in NOT_OFFERED and n in content.labels][:2]


def _ask(candidates: list[str], content: Content) -> dict[str, Any]:
    topics = [content.labels[c].topic for c in candidates]
    asked = f"Do you mean {topics[0]}, or {topics[1]}?" if len(topics) > 1 else f"Do you mean {topics[0]}?"
    text = f"I want to be sure. {asked}"
    yes = candidates[0] if len(candidates) == 1 else None
    return _question("nlu_fallback_ask", text, candidates, content, yes=yes)


def _offer(topics: list[str], content: Content) -> dict[str, Any]:
    listed = "; ".join(content.labels[t].topic for t in topics)
    text = f"I am not sure what you are asking. The nearest things I know about are: {listed}. Pick one, or ask in other words."
    return _question("nlu_fallback_topics", text, topics, content, yes=topics[0] if len(topics) == 1 else None)


def _say_so(content: Content) -> dict[str, Any]:
    text = (
        "I did not understand that, and I do not want to guess. I know about the Mayor's Police and Crime Plan, "
        "crime figures, and who can help. If you are in danger, call 999."
    )
    return _question(
        "nlu_fallback", text, ["ask_plan_overview", "ask_statistics", "find_support"], content, other=False
    )


def _contacts(content: Content) -> dict[str, Any]:
    """The human contacts that the facts give."""
    from bot import clock

    answer = content.answer("human_contacts", clock.today())
    text = f"I am sorry, I still do not understand. {answer.text}"
    listed = [{"title": s.title, "url": str(s.url), "as_at": s.as_at} for s in answer.sources]
    parts: Parts = {"name": "nlu_fallback_contacts", "sources": listed, "question": True}
    return compose(text, parts, buttons(["ask_capabilities", "find_support", "ask_have_say_now"], content.labels))


def _question(
    name: str, text: str, choices: list[str], content: Content, *, yes: str | None = None, other: bool = True
) -> dict[str, Any]:
    offered: list[Button] = buttons(choices, content.labels)
    if other:
        offered.append({"title": "None of these", "payload": "/deny"})
    parts: Parts = {"name": name, "question": True, "yes": yes, "no": "none_of_these"}
    return compose(text, parts, offered)
