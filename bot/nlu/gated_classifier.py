"""Logistic regression on the sentence vector and character n-grams, gated by likeness to the training examples.

confidence = probability x cosine to the nearest training example, both from 0 to 1. The thresholds are chosen at training
from a held-out part of the data (calibration.py) and stored with the model; no pickle is involved.

Adds to each message: `intent`, `intent_ranking`, and `understanding` {"status": "clear" | "ambiguous" | "unclear"}.
What is not clear gets the intent nlu_fallback, with the full ranking kept.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu import calibration, noise
from bot.nlu.features import as_row, every_nth_of_each, features, softmax
from bot.nlu.safety_intents import SAFETY_INTENTS
from bot.nlu.solver import Solver

HELD_OUT_EVERY = 5
UNDERSTANDING = "understanding"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class GatedLogisticRegression(IntentClassifier, GraphComponent):
    """The intent classifier; see the module's text."""

    @classmethod
    def required_components(cls) -> list[type]:
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`iterations`: of the solver for the first fit; `more_iterations`: for the second, which starts from the first.

        `ranking_length`: how many intents are reported.
        """
        return {"iterations": 45, "more_iterations": 20, "ranking_length": 10}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self.config, self._storage, self._resource = config, storage, resource
        self.intents: list[str] = []
        self.weights = np.zeros((0, 0), np.float32)  # [features, intents]: no copy for each message
        self.bias = np.zeros(0, np.float32)
        self.examples = np.zeros((0, 0), np.float32)  # unit vectors of the training examples
        self.thresholds: calibration.Thresholds | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> GatedLogisticRegression:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fits on all examples; thresholds come from a fit that has not seen every fifth."""
        messages = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        sparse, dense = zip(*(features(m) for m in messages), strict=True)
        matrix = np.vstack([np.concatenate(pair) for pair in zip(map(as_row, sparse), dense, strict=True)])
        units = _unit(np.vstack(dense))
        truth = np.array([m.get(INTENT) for m in messages])
        held_out = every_nth_of_each(truth, HELD_OUT_EVERY)
        solver = Solver(self.config["iterations"])
        self._take(solver.fit(matrix[~held_out], truth[~held_out]))
        likeness = (units[held_out] @ units[~held_out].T).max(1)
        confidences = softmax(matrix[held_out] @ self.weights + self.bias) * likeness[:, None]
        self.thresholds = calibration.choose(confidences, self.intents, list(truth[held_out]), SAFETY_INTENTS)
        self._take(solver.fit(matrix, truth, iterations=self.config["more_iterations"]))
        self.examples = units
        self._persist()
        return self._resource

    def _take(self, model: Any) -> None:
        """Keeps what a fitted model has learnt."""
        self.intents = [str(c) for c in model.classes_]
        self.weights = np.ascontiguousarray(model.coef_.T, dtype=np.float32)
        self.bias = model.intercept_.astype(np.float32)

    def confidences(self, message: Message) -> np.ndarray:
        """The confidence of every intent [intents] for a message with features."""
        sparse, dense = features(message)
        scores = self.bias + dense @ self.weights[-len(dense) :]
        if sparse is not None:
            scores = scores + sparse.data.astype(np.float32) @ self.weights[sparse.col]
        likeness = float((self.examples @ (dense / max(float(np.linalg.norm(dense)), 1e-9))).max())
        return softmax(scores[None])[0] * max(0.0, min(1.0, likeness))

    def process(self, messages: list[Message]) -> list[Message]:
        """Ranks the intents of each message and says how clear it is."""
        for message in messages:
            if not message.get(TEXT) or self.thresholds is None:
                continue
            confidences = self.confidences(message)
            order = np.argsort(-confidences)
            ranking = [
                {"name": self.intents[i], "confidence": float(confidences[i])}
                for i in order[: self.config["ranking_length"]]
            ]
            share = float(calibration.inside_share(confidences[None], np.array(self.intents))[0])
            status = "unclear" if _is_noise(message) else self._status(ranking, share)
            danger = float(sum(c for name, c in zip(self.intents, confidences, strict=True) if name in SAFETY_INTENTS))
            level = "sure" if danger >= self.thresholds.safety else "doubt" if danger >= self.thresholds.doubt else None
            message.set(UNDERSTANDING, {"status": status, "danger": danger, "danger_level": level}, add_to_output=True)
            intent = ranking[0]
            if status != "clear":
                intent = {"name": DEFAULT_NLU_FALLBACK_INTENT_NAME, "confidence": ranking[0]["confidence"]}
            message.set(INTENT, intent, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _status(self, ranking: list[dict], inside_share: float) -> str:
        assert self.thresholds is not None
        if ranking[0]["name"] == calibration.OUT_OF_SCOPE:
            return "clear"
        if inside_share < self.thresholds.inside and ranking[0]["confidence"] < self.thresholds.sure:
            return "unclear"
        best, second = ranking[0]["confidence"], ranking[1]["confidence"]
        if best < self.thresholds.reject:
            return "unclear"
        if best < self.thresholds.ask and second >= self.thresholds.rival * best:
            return "ambiguous"
        return "clear"

    def _persist(self) -> None:
        assert self.thresholds is not None
        with self._storage.write_to(self._resource) as folder:
            np.savez(
                folder / "classifier.npz",
                weights=self.weights.astype(np.float16),
                bias=self.bias,
                examples=self.examples.astype(np.float16),
            )
            described = {"intents": self.intents, "thresholds": self.thresholds.as_dict()}
            (folder / "classifier.json").write_text(json.dumps(described, indent=1), encoding="utf-8")

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> GatedLogisticRegression:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            arrays = np.load(folder / "classifier.npz", allow_pickle=False)
            component.weights = np.ascontiguousarray(arrays["weights"], dtype=np.float32)
            component.bias = arrays["bias"]
            component.examples = np.ascontiguousarray(arrays["examples"], dtype=np.float32)
            described = json.loads((folder / "classifier.json").read_text(encoding="utf-8"))
        component.intents = described["intents"]
        component.thresholds = calibration.Thresholds(**described["thresholds"])
        return component


def _is_noise(message: Message) -> bool:
    doc = message.get(SPACY_DOCS[TEXT])
    return doc is not None and noise.is_noise(doc)


def _unit(rows: np.ndarray) -> np.ndarray:
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
