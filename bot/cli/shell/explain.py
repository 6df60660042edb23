"""`:why` and the line of `--debug`: what was understood, which rule answered, and from what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.cli.shell.rule_names import RuleNames
from bot.cli.shell.session import Exchange
from bot.dialogue.message import ANSWER

RANKED = 3
LONGEST_SHOWN = 300
ENSEMBLE = re.compile(r"^policy_\d+_")
NOT_ASKED = "The guard or the list of choices answered; understanding was not asked."
DELETED = "The conversation has been deleted, and with it what was understood."


def why(exchange: Exchange, events: Sequence[Any], rules: RuleNames) -> list[str]:
    """Lines on an answer. `events`: Rasa's, from the message that was understood on; see Session.events."""
    lines = [f"typed: {_cut(exchange.typed) or '(nothing that can be read)'}"]
    if exchange.pressed:
        lines.append(f"chosen: the button {exchange.pressed['title']}, which sends {exchange.pressed['payload']}")
    elif exchange.sent not in (None, exchange.typed):
        lines.append(f"understood from: {_cut(str(exchange.sent))}")
    if exchange.sent is None:
        lines.append(NOT_ASKED)
    elif not events:
        lines.append(DELETED)
    else:
        lines += _understood(events[0].parse_data) + _chosen(events, rules)
    for message in exchange.messages:
        lines += _answered(message.get(ANSWER) or {})
    if exchange.today:
        lines.append(f"day rehearsed: {exchange.today}")
    return lines


def in_one_line(exchange: Exchange, events: Sequence[Any], rules: RuleNames) -> str:
    """The same in short, for each answer of `--debug`."""
    said = [message.get(ANSWER) or {} for message in exchange.messages]
    answers = ", ".join(f"answer {p.get('name')}; {len(p.get('sources') or [])} sources" for p in said if p)
    if exchange.sent is None or not events:
        return f"[{NOT_ASKED if exchange.sent is None else DELETED} {answers}]"
    return f"[{'; '.join([*_understood(events[0].parse_data), *_chosen(events, rules), answers])}]"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}..."


def _understood(parsed: dict[str, Any]) -> list[str]:
    intent = parsed.get("intent") or {}
    ranking = parsed.get("intent_ranking") or []
    ranked = ", ".join(_scored(one) for one in ranking[:RANKED])
    entities = ", ".join(f"{e.get('entity')}={e.get('value')}" for e in parsed.get("entities") or [])
    return [
        f"intent: {_scored(intent)}",
        f"ranking: {ranked or 'none'}",
        f"entities: {entities or 'none'}",
        f"safety: {_signal(parsed.get('safety'))}",
    ]


def _scored(intent: dict[str, Any]) -> str:
    return f"{intent.get('name')} {float(intent.get('confidence') or 0):.2f}"


def _signal(safety: Any) -> str:
    if not isinstance(safety, dict):
        return "no signal"
    return f"{safety.get('intent')}, {safety.get('level')}, raised by the {safety.get('by')}"


def _chosen(events: Sequence[Any], rules: RuleNames) -> list[str]:
    action = next((e for e in events if e.type_name == "action" and e.action_name != "action_listen"), None)
    if action is None:
        return ["rule: none", "policy: none"]
    intent = str((events[0].parse_data.get("intent") or {}).get("name"))
    rule = rules.find(intent, action.action_name)
    return [
        f"rule: {rule.name} ({rule.where})" if rule else "rule: none in data/rules",
        f"policy: {ENSEMBLE.sub('', str(action.policy or 'none'))}",
        f"action: {action.action_name}",
    ]


def _answered(parts: dict[str, Any]) -> list[str]:
    if not parts:
        return []
    first = " [comes first: safety]" if parts.get("safety") else ""
    lines = [f"answer: {parts.get('name')}{first}"]
    if parts.get("reviewed"):
        lines.append(f"reviewed: {parts['reviewed']}")
    sources = parts.get("sources") or []
    lines += [f"source: {s.get('title')}, {s.get('as_at')}. {s.get('url')}" for s in sources]
    return lines if sources else [*lines, "source: none"]
