"""Raises the safety signal from patterns and from the classifier, whatever the rest of the pipeline made of a message.

Adds `safety` to a message: None, or {"intent", "level": "sure" | "doubt", "by": "pattern" | "classifier"}; what was said before
may add "history" (bot/dialogue/still_in_danger.py). A sure signal replaces the intent, so that it is answered first in any state
of the dialogue. A doubtful one leaves the intent: the question is answered, with one line on what to do in danger.
"""

from __future__ import annotations

import re
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import safety_patterns, spans
from bot.nlu.gated_classifier import UNDERSTANDING, GatedLogisticRegression
from bot.nlu.safety_intents import (
    CHILD_AT_RISK,
    DISCLOSE_HARM,
    DOUBT,
    EMERGENCY,
    REQUESTS,
    SAFETY,
    SAFETY_INTENTS,
    SURE,
)

ASKS_OR_REPORTS = frozenset(
    {"find_support", "report_crime", "report_anonymously", "ask_compensation", "ask_victim_rights"}
)  # fmt: skip
A_REQUEST = re.compile(
    r"\?|\b(?:who|whos|where|how|what|which|can|could|should|is there|any\w*|help\w*|numbers?|lines?|charit\w+|report\w*|anon\w*|"
    r"names?|complain\w*|want\w*|needs?|looking|advice|please|pls|contact|calls?|ring|phone|text|tell|inform\w*|police|cops?|feds?|"
    r"support for|someone to|somebody to|refuge|shelter|snitch|grass|counsel\w+|claim\w*|compensat\w*|rights?|entitle\w*|payout|"
    r"update\w*|owed?|apply|applied|meet)\b",
    re.IGNORECASE,
)
SOMEBODY = re.compile(r"\b(?:i|im|i'm|ive|my|me|he|hes|she|shes|they|we|his|her|us|our|their)\b", re.IGNORECASE)
FEWEST_WORDS = 6


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class SafetySignal(GraphComponent):
    """See the module's text."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [GatedLogisticRegression]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SafetySignal:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            ranking = message.get(INTENT_RANKING_KEY) or []
            if not text or not ranking:
                continue
            signal = self._signal(message, ranking)
            message.set(SAFETY, signal, add_to_output=True)
            if signal and signal["level"] == SURE:
                confidence = next((r["confidence"] for r in ranking if r["name"] == signal["intent"]), 1.0)
                message.set(INTENT, {"name": signal["intent"], "confidence": confidence}, add_to_output=True)
        return messages

    @staticmethod
    def _signal(message: Message, ranking: list[dict]) -> dict[str, str] | None:
        doc = message.get(SPACY_DOCS[TEXT])
        typed = message.get(TEXT)
        pattern = safety_patterns.find(typed) or (safety_patterns.find(spans.corrected(doc)[0]) if doc else None)
        top = ranking[0]["name"]
        if pattern and pattern in (CHILD_AT_RISK, DISCLOSE_HARM) and top in REQUESTS:
            return {"intent": pattern, "level": DOUBT, "by": "pattern"}
        likeliest = next((r["name"] for r in ranking if r["name"] in SAFETY_INTENTS), None)
        if pattern:
            # the classifier may know better which of the four it is, but never makes an emergency less
            better = top in SAFETY_INTENTS and pattern != EMERGENCY
            return {"intent": top if better else pattern, "level": SURE, "by": "pattern"}
        if top in ASKS_OR_REPORTS and tells_without_asking(typed):
            return {"intent": likeliest or DISCLOSE_HARM, "level": SURE, "by": "classifier"}
        level = message.get(UNDERSTANDING)["danger_level"]
        if top in SAFETY_INTENTS and message.get(UNDERSTANDING)["status"] == "clear":
            level = SURE
        if level is None or likeliest is None:
            return None
        return {"intent": likeliest, "level": level, "by": "classifier"}


def tells_without_asking(text: str) -> bool:
    """Whether a message only tells: then it is a disclosure, whatever intent its story reminds of."""
    return len(text.split()) >= FEWEST_WORDS and bool(SOMEBODY.search(text)) and not A_REQUEST.search(text)
