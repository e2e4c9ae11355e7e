"""Whether a candidate may serve: good enough by itself, and not worse than the incumbent."""

from __future__ import annotations

from typing import Any

import polars as pl
from sklearn.metrics import roc_auc_score

from credit.data import LABEL
from credit.features import FEATURES

FLOOR = 0.74
MAX_DROP = 0.005


def auc(model: Any, rows: pl.DataFrame) -> float:
    """Return the area under the ROC curve over labelled rows of features."""
    scores = model.predict_proba(rows.select(list(FEATURES)))[:, 1]
    return float(roc_auc_score(rows[LABEL], scores))


def blesses(candidate: Any, incumbent: Any, rows: pl.DataFrame) -> bool:
    """Judge a candidate on held-out rows; without an incumbent by the floor alone."""
    found = auc(candidate, rows)
    if not found >= FLOOR:
        return False
    return incumbent is None or found >= auc(incumbent, rows) - MAX_DROP
