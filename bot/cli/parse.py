"""`planbot parse`: understanding alone, in bulk: text lines in, JSON lines out. Nothing is stored."""

from __future__ import annotations

import asyncio
import json
from typing import Any, TextIO

from bot.cli import agent, training
from bot.nlu.safety_intents import SAFETY, SURE

SHOWN_IN_RANKING = 5


def run(lines: TextIO, out: TextIO) -> None:
    """Parses every line; an empty line gives an object with intent null, so that lines stay in step."""
    loaded = agent.load(training.ensure_model())

    async def parse_all() -> None:
        for line in lines:
            text = line.rstrip("\r\n")
            parsed = await loaded.parse_message(_as_text(text)) if text.strip() else {}
            out.write(json.dumps(report(text, parsed), ensure_ascii=False) + "\n")
            out.flush()

    asyncio.run(parse_all())


def _as_text(text: str) -> str:
    from bot.guard import payloads
    from bot.guard.text import plain

    return payloads.as_text(plain(text)) or "?"


def report(text: str, parsed: dict[str, Any]) -> dict[str, Any]:
    """What is written for one message. A close call is reported as its likeliest intent."""
    ranking = parsed.get("intent_ranking") or []
    intent = parsed.get("intent") or {"name": None, "confidence": 0.0}
    status = (parsed.get("understanding") or {}).get("status")
    signal = parsed.get(SAFETY)
    raised = signal["intent"] if signal and signal["level"] == SURE else None
    name = ranking[0]["name"] if status == "ambiguous" and ranking and not raised else intent["name"]
    return {
        "text": text,
        "intent": name,
        "confidence": round(float(intent["confidence"]), 4),
        "ranking": [{"name": r["name"], "confidence": round(r["confidence"], 4)} for r in ranking[:SHOWN_IN_RANKING]],
        "entities": [
            {key: entity[key] for key in ("entity", "value", "start", "end")} for entity in parsed.get("entities") or []
        ],
        "safety": raised,
        "safety_in_doubt": signal["intent"] if signal and not raised else None,
        "status": status,
    }
