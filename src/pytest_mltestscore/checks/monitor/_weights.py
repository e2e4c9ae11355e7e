"""The numbers that a model has learned, by name, without knowing what kind of model it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

_NOT_LEARNED = frozenset(
    {"cv_results_", "categories_", "classes_", "feature_names_in_", "n_features_in_"}
)
"""Attributes of scikit-learn that hold what was seen or searched; NaN can be a category there."""

_ABOUT_TRAINING = ("score", "loss", "mse", "objective", "inertia", "improvement", "dual_gap")
"""Parts of names of attributes that say how training went. Squared errors of house prices are no
weights that ran away."""

_DEEPEST = 8


def weights_of(model: Any) -> dict[str, np.ndarray]:
    """Return the numbers that a model has learned, as arrays of any shape by name.

    Known are a mapping of arrays, a torch module (its `state_dict`), a keras model (its
    `get_weights`), and an estimator of scikit-learn: its attributes that end in `_`, with those of
    the estimators in them, and the nodes of trees, without scores and losses of its training.
    Empty for any other model.
    """
    if isinstance(model, Mapping):
        return dict(_arrays(model, ""))
    if callable(getattr(model, "state_dict", None)):
        return dict(_arrays(model.state_dict(), ""))
    if callable(getattr(model, "get_weights", None)):
        return dict(_arrays(model.get_weights(), "weights"))
    return dict(_learned(model, "", 0, set()))


def _learned(model: Any, name: str, depth: int, met: set[int]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what an estimator learned, and the estimators within it, each once."""
    if id(model) in met or depth > _DEEPEST or not hasattr(model, "__dict__"):
        return
    met.add(id(model))
    for attribute, value in vars(model).items():
        path = f"{name}.{attribute}" if name else attribute
        if attribute in ("steps", "transformers_", "estimators_", "transformer_list"):
            yield from _within(value, path, depth, met)
        elif _is_learned(attribute):
            yield from _value(value, path, depth, met)


def _is_learned(attribute: str) -> bool:
    shown = attribute.endswith("_") and not attribute.startswith(("_", "n_"))  # n_ are counts
    learned = attribute not in _NOT_LEARNED and not any(w in attribute for w in _ABOUT_TRAINING)
    return shown and learned


def _value(value: Any, path: str, depth: int, met: set[int]) -> Iterator[tuple[str, np.ndarray]]:
    if hasattr(value, "get_params"):
        yield from _learned(value, path, depth + 1, met)
    elif hasattr(value, "node_count"):  # a tree of scikit-learn
        yield f"{path}.value", np.asarray(value.value)
        threshold = np.asarray(value.threshold)
        # Infinite is the one that parts missing values from all others.
        yield f"{path}.threshold", threshold[~np.isinf(threshold)]
    else:
        yield from _arrays(value, path)


def _within(value: Any, path: str, depth: int, met: set[int]) -> Iterator[tuple[str, np.ndarray]]:
    """Yield what estimators learned that lie in lists and in pairs with their names."""
    if isinstance(value, np.ndarray):
        value = value.ravel().tolist()
    for place, entry in enumerate(value):
        parts = entry if isinstance(entry, tuple) else (str(place), entry)
        for part in parts[1:]:
            if hasattr(part, "get_params"):
                yield from _learned(part, f"{path}[{parts[0]}]", depth + 1, met)


def _arrays(value: Any, path: str) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the arrays of numbers in arrays, tensors, sparse matrices, lists and mappings."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _arrays(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list | tuple) and any(hasattr(part, "shape") for part in value):
        for place, part in enumerate(value):
            yield from _arrays(part, f"{path}[{place}]")
    else:
        found = _array(value)
        if found is not None and found.dtype.kind in "fiuc" and found.size:
            yield path, found


def _array(value: Any) -> np.ndarray | None:
    if callable(getattr(value, "detach", None)):  # a tensor of torch; bfloat16 is unknown to NumPy
        tensor = value.detach().cpu()
        value = (tensor.float() if tensor.is_floating_point() else tensor).numpy()
    elif hasattr(value, "tocsr"):
        value = value.tocsr().data
    if isinstance(value, list | tuple | float | int | np.ndarray | np.generic):
        try:
            return np.asarray(value)
        except ValueError:  # a ragged list
            return None
    return None
