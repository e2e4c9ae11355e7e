"""Which columns a model uses, by its own account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...domain.errors import InputError

_NAMES = ("feature_names_in_", "feature_names_", "feature_name_", "feature_names")
"""Attributes of scikit-learn, CatBoost, LightGBM and XGBoost, in this order."""

_INNER = ("best_estimator_", "estimator_", "estimator", "regressor_", "base_estimator_")
"""Where models that wrap another keep it."""


def features_of(model: Any, argument: str = "features") -> list[str]:
    """Return the columns that a list names, or that a fitted model uses, in order.

    Of a pipeline that begins with a ColumnTransformer, columns that it drops are not used. A later
    selection of features is not looked into.

    Raises
    ------
    InputError
        If there are none, or the model does not know them.
    """
    if isinstance(model, str):
        raise InputError(argument, f"is the text {model!r}; give a list of names, or a model")
    names = _listed(model) if isinstance(model, list | tuple | set | frozenset) else _used(model)
    if names is None:
        problem = f"{type(model).__name__} does not know its features"
        raise InputError(argument, f"{problem}; fit it on a data frame, or give a list of names")
    if not names:
        raise InputError(argument, "is empty; give the features that the model uses")
    return list(dict.fromkeys(names))


def _listed(names: Any) -> list[str]:
    ordered = names if isinstance(names, list | tuple) else sorted(map(str, names))
    return [str(name) for name in ordered]


def _used(model: Any) -> list[str] | None:
    """Return what the first transformers pick, or all that the model was fitted on."""
    known = _known(model)
    if hasattr(model, "transformers_"):
        return list(_picked(model, known))
    if hasattr(model, "steps"):
        first = next((s for _, s in model.steps if s not in (None, "passthrough")), None)
        return _either(None if first is None else _used(first), known)
    if hasattr(model, "transformer_list"):
        parts = [_used(part) for _, part in model.transformer_list if part != "drop"]
        complete = all(part is not None for part in parts)
        return [name for part in parts for name in part or ()] if complete and parts else known
    inner = next((getattr(model, a) for a in _INNER if getattr(model, a, None) is not None), None)
    # An unfitted inner model stands beside the fitted ones, and knows nothing.
    return _either(None if inner is None else _used(inner), known)


def _either(inner: list[str] | None, outer: list[str] | None) -> list[str] | None:
    return outer if inner is None else inner


def _known(model: Any) -> list[str] | None:
    for attribute in _NAMES:
        names = getattr(model, attribute, None)
        if names is not None and not callable(names):
            return [str(name) for name in names]
    if hasattr(model, "get_inputs"):  # an inference session of ONNX
        return [str(entry.name) for entry in model.get_inputs()]
    signature = getattr(getattr(model, "metadata", None), "get_input_schema", None)
    schema = signature() if callable(signature) else None  # MLflow
    return None if schema is None else [str(name) for name in schema.input_names()]


def _picked(transformer: Any, known: list[str] | None) -> Iterator[str]:
    """Yield the columns that a ColumnTransformer does not drop."""
    for _, part, columns in transformer.transformers_:
        if isinstance(part, str) and part == "drop":
            continue
        yield from _column_names(columns, known)


def _column_names(columns: Any, known: list[str] | None) -> list[str]:
    if isinstance(columns, str):
        return [columns]
    if isinstance(columns, slice) and any(
        isinstance(e, str) for e in (columns.start, columns.stop)
    ):
        return _between(columns, known or [])
    if not isinstance(columns, slice):
        columns = list(columns) if np.ndim(columns) else [columns]
        if all(isinstance(c, str) for c in columns):
            return [str(c) for c in columns]
    if known is None:
        raise InputError("features", "picks columns by number; fit it on a data frame")
    return [str(name) for name in np.asarray(known, dtype=object)[columns]]


def _between(columns: slice, known: list[str]) -> list[str]:
    """Return the columns of a slice of names, both ends included as in pandas."""
    first = 0 if columns.start is None else known.index(columns.start)
    last = len(known) if columns.stop is None else known.index(columns.stop) + 1
    return known[first:last]
