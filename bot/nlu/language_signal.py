"""Notices that a message is in another language than English, or asks for one by name.

Adds `language` to a message: None, or {"code", "confidence"} with an ISO 639-1 code. A message in another language gets
the intent ask_language, unless the safety signal has raised its own: that is answered first, and `language` is set beside.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu import languages
from bot.nlu.safety_intents import SAFETY_INTENTS
from bot.nlu.safety_signal import SafetySignal

LANGUAGE = "language"
ASK_LANGUAGE = "ask_language"
PAYLOAD = "/"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class LanguageSignal(GraphComponent):
    """See the module's text."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [SafetySignal]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageSignal:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT)
            if not text or text.startswith(PAYLOAD):
                continue
            intent = (message.get(INTENT) or {}).get("name")
            written = languages.recognise(text)
            found = written or (languages.named(text) if intent == ASK_LANGUAGE else None)
            signal = {"code": found.code, "confidence": found.confidence} if found else None
            message.set(LANGUAGE, signal, add_to_output=True)
            if written and intent not in SAFETY_INTENTS:
                self._make_first(message, written.confidence)
        return messages

    @staticmethod
    def _make_first(message: Message, confidence: float) -> None:
        first = {"name": ASK_LANGUAGE, "confidence": confidence}
        rest = [other for other in message.get(INTENT_RANKING_KEY) or [] if other["name"] != ASK_LANGUAGE]
        message.set(INTENT, dict(first), add_to_output=True)
        message.set(INTENT_RANKING_KEY, [first, *rest], add_to_output=True)
