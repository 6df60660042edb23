"""Loads the language package once. Rasa loads it for the node that lends it, and again for the node that is lent it."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP


class LentLanguage(SpacyNLP):
    """Rasa's component for a node that is lent the package of another."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LentLanguage:
        nothing = SpacyModel(model=None, model_name=config["model"])
        return cls(nothing, {**cls.get_default_config(), **config})


def load_once(schema: GraphSchema) -> None:
    """Changes a graph that is yet to be loaded: a node that gets the package from another loads none."""
    for node in schema.nodes.values():
        if node.uses is SpacyNLP and "model" in node.needs:
            node.uses = LentLanguage
