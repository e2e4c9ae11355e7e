"""Simpler ways to the same answer. If one is as good, the trees are not worth their trouble.

`hour_table` is a look-up by carrier and hour; `few_features` a logistic regression on what a person
would think of first; `all_features` the same on everything that the trees see.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from flights import features as ft

FEW = ("departure_minute", "late_yesterday", "precip", "visib", "carrier")


class HourTable(ClassifierMixin, BaseEstimator):
    """The share of late flights of the carrier in that hour, drawn to 25 % where there are few."""

    def fit(self, X: pd.DataFrame, y: Any) -> HourTable:  # noqa: N803
        """Count."""
        counts = self._keys(X).assign(late=np.asarray(y)).groupby(["carrier", "hour"])["late"]
        self.shares_ = ft.smoothed_share(counts.sum(), counts.size())
        self.classes_ = np.array([0, 1])
        return self

    def predict_proba(self, X: pd.DataFrame) -> np.ndarray:  # noqa: N803
        """Look up; a carrier that never flew at that hour gets the prior."""
        wanted = pd.MultiIndex.from_frame(self._keys(X))
        late = self.shares_.reindex(wanted).fillna(ft.smoothed_share(0.0, 0.0)).to_numpy(float)
        return np.column_stack([1 - late, late])

    @staticmethod
    def _keys(columns: pd.DataFrame) -> pd.DataFrame:
        return pd.DataFrame(
            {
                "carrier": columns["carrier"].to_numpy(),
                "hour": columns["departure_minute"].to_numpy() // 60,
            }
        )


def linear(names: tuple[str, ...]) -> Any:
    """Return a logistic regression on some features; names of places and days become columns."""
    words = [name for name in names if name in (*ft.CATEGORIES, "weekday")]
    numbers = [name for name in names if name not in words]
    prepared = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (OneHotEncoder(handle_unknown="ignore"), words),
    )
    return make_pipeline(prepared, LogisticRegression(solver="newton-cholesky"))


def hour_table() -> Any:
    """Return the look-up by carrier and hour."""
    return HourTable()


def few_features() -> Any:
    """Return the logistic regression on five features."""
    return linear(FEW)


def all_features() -> Any:
    """Return the logistic regression on all features."""
    return linear(ft.FEATURES)


ALL = {"hour_table": hour_table, "few_features": few_features, "all_features": all_features}
