"""Models that are as simple as can be, and the plain features that they are fitted on."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import narwhals as nw
import numpy as np

from ...domain.errors import InputError
from .._frames import column_values
from .._optional import load

MAX_CATEGORIES = 30
"""Categories of a column that the linear baseline tells apart; the rarest are one."""

DEPTH = 3
"""Of the tree."""


def plain_features(frame: nw.DataFrame[Any], columns: Sequence[str]) -> Any:
    """Return a pandas frame of floats and words, the same for the frames of every library.

    Booleans become 0 and 1, times seconds, missing numbers NaN and missing words `missing`.
    """
    pandas = load("pandas", extra="checks")
    return pandas.DataFrame({column: _plain(frame[column]) for column in columns})


def _plain(series: nw.Series[Any]) -> np.ndarray:
    dtype = series.dtype
    if dtype == nw.Boolean:
        series = series.cast(nw.Float64)
    elif dtype == nw.Date:
        series = series.cast(nw.Datetime("us")).dt.timestamp("ms")
    elif dtype == nw.Datetime:
        series = series.dt.timestamp("ms")
    elif dtype == nw.Duration:
        series = series.dt.total_milliseconds()
    elif not dtype.is_numeric():
        absent = series.is_null().to_list()
        words = ["missing" if gone else str(v) for v, gone in zip(series, absent, strict=True)]
        return np.array(words, dtype=object)
    values = column_values(series.to_frame(), series.name).astype(float)
    values = values / 1000 if dtype.is_temporal() else values
    return np.where(np.isfinite(values), values, np.nan)


def simple_models(*, classification: bool, seed: int) -> dict[str, Any]:
    """Return unfitted estimators by name: a constant, a linear model, a tree of depth 3."""
    dummy = load("sklearn.dummy", extra="checks")
    linear = load("sklearn.linear_model", extra="checks")
    tree = load("sklearn.tree", extra="checks")
    shallow = {"max_depth": DEPTH, "random_state": seed}
    if classification:
        return {
            "constant": dummy.DummyClassifier(strategy="prior"),
            "linear": _encoded(linear.LogisticRegression(max_iter=200)),
            "shallow tree": _encoded(tree.DecisionTreeClassifier(**shallow)),
        }
    return {
        "constant": dummy.DummyRegressor(strategy="mean"),
        "linear": _encoded(linear.Ridge()),
        "shallow tree": _encoded(tree.DecisionTreeRegressor(**shallow)),
    }


def _encoded(estimator: Any) -> Any:
    """Put before an estimator what it needs to take plain features of any kind."""
    compose = load("sklearn.compose", extra="checks")
    preprocessing = load("sklearn.preprocessing", extra="checks")
    impute = load("sklearn.impute", extra="checks")
    pipeline = load("sklearn.pipeline", extra="checks")
    numbers = pipeline.make_pipeline(
        impute.SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True),
        preprocessing.StandardScaler(),
    )
    words = preprocessing.OneHotEncoder(
        handle_unknown="infrequent_if_exist", max_categories=MAX_CATEGORIES, sparse_output=False
    )
    encoder = compose.ColumnTransformer(
        [
            ("numbers", numbers, compose.make_column_selector(dtype_include=float)),
            ("words", words, compose.make_column_selector(dtype_exclude=float)),
        ]
    )
    return pipeline.make_pipeline(encoder, estimator)


def fitted(models: Mapping[str, Any], features: Any, truth: np.ndarray) -> dict[str, Any]:
    """Return fitted copies; those of the caller are left as they are.

    Raises
    ------
    InputError
        If one of them cannot be fitted on plain features.
    """
    clone = load("sklearn.base", extra="checks").clone
    found = {}
    for name, model in models.items():
        with warnings.catch_warnings():
            # A linear baseline that has not converged is a slightly worse one.
            warnings.simplefilter("ignore")
            try:
                found[name] = clone(model).fit(features, truth)
            except Exception as error:  # whatever it is, it is the estimator's
                problem = f"{name!r} cannot be fitted: {type(error).__name__}: {error}"
                raise InputError("baselines", problem) from error
    return found


def no_more_complex(model: Any, linear: Any) -> str:
    """Return which of the simple models a model of scikit-learn itself is; empty for any other.

    Parameters
    ----------
    linear
        The fitted linear baseline: a linear model with more coefficients, as of polynomials, is
        more complex.
    """
    model = _last(model)
    if type(model).__module__.startswith("sklearn.linear_model") and hasattr(model, "coef_"):
        own, simple = (np.shape(m.coef_)[-1] for m in (model, _last(linear)))
        return "linear" if own <= simple else ""
    if type(model).__module__.startswith("sklearn.tree") and model.get_depth() <= DEPTH:
        return "shallow tree"
    return ""


def _last(model: Any) -> Any:
    """Return the estimator that answers in the end, within scikit-learn's pipelines and searches.

    What `steps` are to another class is not known, and a stand-in for a model may have anything.
    """
    while type(model).__module__.startswith("sklearn."):
        if hasattr(model, "steps"):
            model = model.steps[-1][1]
        elif hasattr(model, "best_estimator_"):
            model = model.best_estimator_
        else:
            break
    return model
