"""Says what help or a report is about, from stories that never use the official word ("he goes mad if dinner is late").

Learns from the training examples that carry `metadata: {about: ...}` (data/nlu/support_stories.yml). Adds to each message
`about`: {"label", "confidence", "level": "sure" | "likely" | None}; the levels are chosen from a held-out fifth. What a label
means for the person is data: `about` in content/first_help.yml.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import INTENT, METADATA, METADATA_EXAMPLE, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.about_features import AboutFeatures
from bot.nlu.about_labels import ABOUT, LIKELY, SURE
from bot.nlu.features import every_nth_of_each, softmax
from bot.nlu.solver import Solver

HELD_OUT_EVERY = 5
RIGHT_WHEN_SURE, RIGHT_WHEN_LIKELY = 0.92, 0.78
"""Share of held-out messages above a level that must be about what is said. Likely is enough where the words alone say
nothing: the other choice is a question to somebody who has just told their story."""
ALSO_FOR = frozenset({"nlu_fallback", "ask_service_detail", "inform", "find_support"})
UNHEARD_OF = 0.1
"""What is left of a label's chance under an intent with which no example has it."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class AboutClassifier(GraphComponent):
    """See the module's text. Without labelled examples it stays silent, and so it does for intents that have none."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`iterations`: of the solver for the first fit; `more_iterations`: for the second, which starts from the first.

        `strength`: how little the weights are held back (scikit-learn's C).
        """
        return {"iterations": 45, "more_iterations": 20, "strength": 10.0}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self.config, self._storage, self._resource = config, storage, resource
        self.labels: list[str] = []
        self.weights = np.zeros((0, 0), np.float32)  # [features, labels]
        self.bias = np.zeros(0, np.float32)
        self.levels: dict[str, float] = {}
        self.seen: dict[str, list[bool]] = {}  # intent -> whether an example of it has each label
        self.features = AboutFeatures()

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> AboutClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits on the labelled examples; levels come from a fit that has not seen every fifth."""
        found = [m for m in training_data.training_examples if _label(m) and m.get(SPACY_DOCS[TEXT])]
        if found:
            matrix = self.features.learn([m.get(SPACY_DOCS[TEXT]) for m in found])
            truth, intents = np.array([_label(m) for m in found]), [str(m.get(INTENT)) for m in found]
            held_out = every_nth_of_each(truth, HELD_OUT_EVERY)
            solver = Solver(self.config["iterations"], self.config["strength"])
            self._take(solver.fit(matrix[~held_out], truth[~held_out]))
            self._count(truth, intents)
            chances = softmax(matrix[held_out] @ self.weights + self.bias)
            chances = np.vstack(
                [self._with_intent(c, i) for c, i in zip(chances, np.array(intents)[held_out], strict=True)]
            )
            self.levels = choose_levels(chances.max(1), np.array(self.labels)[chances.argmax(1)] == truth[held_out])
            self._take(solver.fit(matrix, truth, iterations=self.config["more_iterations"]))
        self._persist()
        return self._resource

    def _take(self, model: Any) -> None:
        self.labels = [str(c) for c in model.classes_]
        self.weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        self.bias = model.intercept_.astype(np.float32)

    def _count(self, truth: np.ndarray, intents: list[str]) -> None:
        """Which labels stand under each intent."""
        pairs = {(intent, str(label)) for intent, label in zip(intents, truth, strict=True)}
        self.seen = {i: [(i, label) in pairs for label in self.labels] for i in sorted({*intents})}

    def _with_intent(self, chances: np.ndarray, intent: str) -> np.ndarray:
        """The chances [labels]; those of labels that nobody has seen with the intent are small."""
        if intent not in self.seen:
            return chances
        weighed = chances * np.where(self.seen[intent], 1.0, UNHEARD_OF)
        return weighed / weighed.sum()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            doc, intent = message.get(SPACY_DOCS[TEXT]), str((message.get(INTENT) or {}).get("name"))
            if doc is None or not self.labels or not (intent in self.seen or intent in ALSO_FOR):
                continue
            chances = softmax(self.features.rows([doc]) @ self.weights + self.bias)[0]
            chances = self._with_intent(chances, intent)
            best = int(chances.argmax())
            said = {"label": self.labels[best], "confidence": float(chances[best]), "level": self._level(chances[best])}
            message.set(ABOUT, said, add_to_output=True)
        return messages

    def _level(self, chance: float) -> str | None:
        if chance >= self.levels[SURE]:
            return SURE
        return LIKELY if chance >= self.levels[LIKELY] else None

    def _persist(self) -> None:
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / "about.npz", weights=self.weights.astype(np.float16), bias=self.bias)
            described = {"labels": self.labels, "levels": self.levels, "seen": self.seen}
            described["features"] = self.features.as_dict() if self.labels else {}
            (folder / "about.json").write_text(json.dumps(described), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> AboutClassifier:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            arrays = np.load(folder / "about.npz", allow_pickle=False)
            component.weights = np.ascontiguousarray(arrays["weights"], dtype=np.float32)
            component.bias = arrays["bias"]
            described = json.loads((folder / "about.json").read_text(encoding="utf-8"))
        component.labels, component.levels = described["labels"], described["levels"]
        component.seen = described["seen"]
        if component.labels:
            component.features = AboutFeatures.from_dict(described["features"])
        return component


def choose_levels(chances: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """The lowest chances above which enough held-out messages are right; never reached where there is no such chance."""
    order = np.argsort(-chances)
    share_right = np.cumsum(right[order]) / np.arange(1, len(right) + 1)

    def lowest(wanted: float) -> float:
        enough = np.flatnonzero(share_right >= wanted)
        return float(chances[order][enough[-1]]) if len(enough) else 1.1

    return {SURE: lowest(RIGHT_WHEN_SURE), LIKELY: lowest(RIGHT_WHEN_LIKELY)}


def _label(message: Message) -> str | None:
    example = (message.get(METADATA) or {}).get(METADATA_EXAMPLE) or {}
    return example.get(ABOUT) if isinstance(example, dict) else None
