"""What our classifiers read from a message: the sentence's sparse n-grams and its dense vector; and small sums over them."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

VECTOR = 384


def features(message: Message) -> tuple[Any, np.ndarray]:
    """The sentence's sparse row (or None) and its dense vector [384]."""
    sparse = message.get_sparse_features(TEXT)[1]
    dense = message.get_dense_features(TEXT)[1]
    vector = np.asarray(dense.features, np.float32).ravel() if dense else np.zeros(VECTOR, np.float32)
    return (sparse.features.tocoo() if sparse else None), vector


def as_row(sparse: Any) -> np.ndarray:
    """A sparse row as a plain one; empty when there is none."""
    return np.asarray(sparse.todense(), np.float32).ravel() if sparse is not None else np.zeros(0, np.float32)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Chances [rows, classes] from scores of the same shape."""
    powers = np.exp(scores - scores.max(1, keepdims=True))
    return powers / powers.sum(1, keepdims=True)


def every_nth_of_each(truth: np.ndarray, n: int) -> np.ndarray:
    """A mask of every nth example of each class: the same on every run."""
    mask = np.zeros(len(truth), bool)
    for name in np.unique(truth):
        mask[np.flatnonzero(truth == name)[n - 1 :: n]] = True
    return mask
