"""The model: gradient-boosted trees over the features, as a scikit-learn classifier."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from flights import features as ft

CHOSEN: dict[str, Any] = {
    "max_iter": 100,
    "learning_rate": 0.09,
    "max_leaf_nodes": 16,
    "min_samples_leaf": 300,
    "max_features": 0.3,
}
"""Found by `python -m flights.search`; the trials are in `evidence/search.csv`."""


class LateClassifier(ClassifierMixin, BaseEstimator):
    """Probability of arriving late. Takes a frame, or a mapping, of feature columns.

    Parameters
    ----------
    features
        Names of the columns to learn from, in order.
    max_iter, learning_rate, max_leaf_nodes, min_samples_leaf, max_features
        As in `HistGradientBoostingClassifier`.
    seed
        Fixes the choice of features at each split, the only randomness there is.
    """

    def __init__(
        self,
        *,
        features: tuple[str, ...] = ft.FEATURES,
        max_iter: int = CHOSEN["max_iter"],
        learning_rate: float = CHOSEN["learning_rate"],
        max_leaf_nodes: int = CHOSEN["max_leaf_nodes"],
        min_samples_leaf: int = CHOSEN["min_samples_leaf"],
        max_features: float = CHOSEN["max_features"],
        seed: int = 0,
    ) -> None:
        self.features = features
        self.max_iter = max_iter
        self.learning_rate = learning_rate
        self.max_leaf_nodes = max_leaf_nodes
        self.min_samples_leaf = min_samples_leaf
        self.max_features = max_features
        self.seed = seed

    def fit(self, X: ft.Columns, y: Any) -> LateClassifier:  # noqa: N803  # scikit-learn's name
        """Learn from feature columns and labels of 0 and 1."""
        labels = np.asarray(y)
        if set(np.unique(labels)) != {0, 1}:
            raise ValueError(f"labels must be 0 and 1, both present: {np.unique(labels)[:5]}")
        self.vocabulary_ = ft.vocabulary({name: X[name] for name in self.features})
        self.feature_names_in_ = np.array(self.features, dtype=object)
        self.n_features_in_ = len(self.features)
        self.classes_ = np.array([0, 1])
        trees = HistGradientBoostingClassifier(
            max_iter=self.max_iter,
            learning_rate=self.learning_rate,
            max_leaf_nodes=self.max_leaf_nodes,
            min_samples_leaf=self.min_samples_leaf,
            max_features=self.max_features,
            categorical_features=[name in self.vocabulary_ for name in self.features],
            early_stopping=False,
            random_state=self.seed,
        )
        # One thread: sums over threads come in no fixed order, and a model must come out the same.
        with threadpool_limits(1, user_api="openmp"):
            self.trees_ = trees.fit(self.encode(X), labels)
        return self

    def encode(self, X: ft.Columns) -> np.ndarray:  # noqa: N803
        """Return the matrix that the trees see."""
        return ft.encode(X, self.features, self.vocabulary_)

    def predict_proba(self, X: ft.Columns) -> np.ndarray:  # noqa: N803
        """Return the probabilities of arriving in time and late, one row a flight."""
        check_is_fitted(self, "trees_")
        proba: np.ndarray = self.trees_.predict_proba(self.encode(X))
        return proba

    def predict(self, X: ft.Columns) -> np.ndarray:  # noqa: N803
        """Return 1 where a late arrival is the likelier one."""
        return (self.predict_proba(X)[:, 1] >= 0.5).astype(int)


def late_probability(model: Any, columns: Mapping[str, Any]) -> np.ndarray:
    """Return the probability of a late arrival alone."""
    proba: np.ndarray = model.predict_proba(columns)
    return proba[:, 1]
