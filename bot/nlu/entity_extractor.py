"""Hands Rasa the entities that the language package found, with their normalised values."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.nlu.utils.spacy_utils import SpacyNLP
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class PlanEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Reads the spans that the pipes left on the spaCy doc.

    Rasa's SpacyEntityExtractor gives the text as typed and runs the pipeline a second time; this gives the value.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [SpacyNLP]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> PlanEntityExtractor:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            if doc is None:
                continue
            found = [
                {
                    "entity": span.label_,
                    "value": span.kb_id_,
                    "start": span.start_char,
                    "end": span.end_char,
                    "confidence": None,
                }
                for group in doc.spans.values()
                for span in group
            ]
            found.sort(key=lambda entity: (entity["start"], entity["entity"]))
            if _only_a_postcode(message.get(TEXT), found):
                # half a word for the classifier, but it can mean one thing only
                message.set(INTENT, {"name": "inform", "confidence": 1.0}, add_to_output=True)
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(found), add_to_output=True)
        return messages


def _only_a_postcode(text: str, found: list[dict[str, Any]]) -> bool:
    """Whether a message is a postcode, or the half of one that is kept, and nothing else."""
    postcodes = [entity for entity in found if entity["entity"] == "postcode"]
    if len(postcodes) != 1:
        return False
    rest = text[: postcodes[0]["start"]] + text[postcodes[0]["end"] :]
    return not any(character.isalnum() for character in rest)
