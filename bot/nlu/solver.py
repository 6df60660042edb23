"""Multinomial logistic regression that goes on from its last fit."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np


class Solver:
    """`iterations`: of a fit, unless it says otherwise. `strength`: how little the weights are held back (C)."""

    def __init__(self, iterations: int, strength: float = 1.0) -> None:
        from sklearn.linear_model import LogisticRegression

        self.model = LogisticRegression(C=strength, class_weight="balanced", max_iter=iterations, warm_start=True)

    def fit(self, matrix: Any, truth: np.ndarray, iterations: int | None = None) -> Any:
        """Fits [examples, features] to class names [examples]; returns scikit-learn's model."""
        from sklearn.exceptions import ConvergenceWarning

        if iterations:
            self.model.set_params(max_iter=iterations)
        with warnings.catch_warnings():
            # the last digits of convergence do not change a verdict, and cost minutes
            warnings.simplefilter("ignore", ConvergenceWarning)
            return self.model.fit(matrix, truth)
