"""The model: gradient-boosted trees that give the probability of default."""

from __future__ import annotations

from typing import Any

import polars as pl
from sklearn.ensemble import HistGradientBoostingClassifier

from credit.data import LABEL
from credit.features import FEATURES

CHOSEN: dict[str, Any] = {
    "learning_rate": 0.036963951,
    "max_iter": 117,
    "max_leaf_nodes": 9,
    "min_samples_leaf": 98,
}
"""Found by `python -m credit.search`; the trials are in `evidence/search.csv`."""


def specify(seed: int = 0, **changes: Any) -> HistGradientBoostingClassifier:
    """Return the untrained model."""
    return HistGradientBoostingClassifier(**{**CHOSEN, **changes}, random_state=seed)


def train(rows: pl.DataFrame, seed: int = 0, **changes: Any) -> HistGradientBoostingClassifier:
    """Fit the model to rows of features with their label.

    Raises
    ------
    ValueError
        If a feature is missing somewhere: trees would take that for a value like any other.
    """
    unknown = [name for name in FEATURES if rows[name].null_count()]
    if unknown:
        raise ValueError(f"not known of every row: {', '.join(unknown)}")
    return specify(seed, **changes).fit(rows.select(list(FEATURES)), rows[LABEL])
