"""Searches the content for what a message is nearest to, with the same encoder that understands messages.

Used when no intent is close: the assistant then offers the nearest topics by name. Adds `topics` to the message: the names
of intents, nearest first, only those nearer than most out-of-scope training phrases are to anything (the threshold is
taken from the training data and stored with the model). What the content's sentences mean is stored there too: to encode
all of them takes seconds, in which a worker would answer nobody.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.utils.spacy_utils import SpacyModel, SpacyNLP
from rasa.shared.constants import INTENT_MESSAGE_PREFIX
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.content.schema import Answer
from bot.content.store import Content, shared
from bot.nlu.calibration import OUT_OF_SCOPE
from bot.nlu.gated_classifier import UNDERSTANDING

TOPICS = "topics"
STORED, VECTORS = "topics.json", "sentences.npy"
MOST_TOPICS = 3
NEARER_THAN = 0.75
"""A topic is offered when it is nearer than the nearest topic of this share of out-of-scope phrases."""
SENTENCE = re.compile(r"(?<=[.?:;])\s+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True, model_from="SpacyNLP")
class TopicSearch(GraphComponent):
    """See the module's text. Sentences that were written since training are encoded at the next message, whatever it is: so a
    model that was asked anything before it serves keeps nobody waiting later.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        return [SpacyNLP]

    def __init__(
        self,
        storage: ModelStorage,
        resource: Resource,
        nearest: float = 1.0,
        known: dict[str, np.ndarray] | None = None,
    ) -> None:
        self._storage, self._resource = storage, resource
        self.nearest = nearest
        self._known = known or {}
        """Unit vectors [384] of sentences."""
        self._indexed: Content | None = None
        self._names: list[str] = []
        self._vectors = np.zeros((0, 384), np.float32)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> TopicSearch:
        return cls(model_storage, resource)

    def train(self, training_data: TrainingData, model: SpacyModel) -> Resource:
        """Learns how near out-of-scope phrases come to the content."""
        self.take_in(model)
        outside = [m for m in training_data.intent_examples if m.get(INTENT) == OUT_OF_SCOPE]
        nearness = [float((self._vectors @ _unit(m.get(SPACY_DOCS[TEXT]).vector)).max()) for m in outside]
        self.nearest = float(np.quantile(nearness, NEARER_THAN)) if nearness else 1.0
        with self._storage.write_to(self._resource) as folder:
            stored = {"nearest": self.nearest, "sentences": list(self._known)}
            (folder / STORED).write_text(json.dumps(stored), encoding="utf-8")
            np.save(folder / VECTORS, np.array(list(self._known.values()), np.float32), allow_pickle=False)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> TopicSearch:
        with model_storage.read_from(resource) as folder:
            stored = json.loads((folder / STORED).read_text(encoding="utf-8"))
            known = {}
            # a model from before these were kept can be gone back to
            if (folder / VECTORS).is_file():
                known = dict(zip(stored["sentences"], np.load(folder / VECTORS, allow_pickle=False), strict=True))
        return cls(model_storage, resource, stored["nearest"], known)

    def process(self, messages: list[Message], model: SpacyModel) -> list[Message]:
        self.take_in(model)
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            understanding = message.get(UNDERSTANDING)
            # a button that was pressed says what it means
            is_typed = not str(message.get(TEXT) or "").startswith(INTENT_MESSAGE_PREFIX)
            unclear = is_typed and understanding and understanding["status"] == "unclear"
            if unclear and doc is not None and doc.has_vector:
                message.set(TOPICS, self.search(_unit(doc.vector)), add_to_output=True)
        return messages

    def search(self, vector: np.ndarray) -> list[str]:
        """The nearest topics' intents for a unit vector [384], at most three; none before `take_in`."""
        found: list[str] = []
        scores = self._vectors @ vector
        for position in np.argsort(-scores):
            if scores[position] < self.nearest or len(found) == MOST_TOPICS:
                break
            if self._names[position] not in found:
                found.append(self._names[position])
        return found

    def take_in(self, model: SpacyModel) -> None:
        """Makes the sentences of every answer that a label names ready for a search, again when the content has changed."""
        content = shared().current()
        if content is self._indexed:
            return
        names, sentences = [], []
        for name, variants in content.answers.items():
            if not name.startswith(("ask_", "find_", "report_", "complain_")) or name not in content.labels:
                continue
            for sentence in {content.labels[name].topic, content.labels[name].button, *_sentences(variants[-1])}:
                names.append(name)
                sentences.append(sentence)
        new = sorted(set(sentences) - set(self._known))
        encoded = {s: _unit(d.vector) for s, d in zip(new, model.model.pipe(s.lower() for s in new), strict=True)}
        # what is no longer said is forgotten
        self._known = {s: self._known[s] if s in self._known else encoded[s] for s in sentences}
        self._vectors = np.array([self._known[s] for s in sentences], np.float32)
        self._names, self._indexed = names, content


def _sentences(answer: Answer) -> list[str]:
    return [s for part in (answer.text, answer.more) if part for s in SENTENCE.split(part) if len(s) > 20]


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)
