"""The weights of a model: arrays and tensors of learned fractions, in a copy of it."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ._fault import NothingToDamageError
from ._models import has_method, is_model
from ._tensors import is_module

_DEEPEST = 5
_DECISIVE = ("coef_", "coefs_", "tree_", "estimators_", "_predictors")
"""Where scikit-learn keeps what answers rest on."""


def may_have_weights(value: Any) -> bool:
    """Whether a value is a model, or a module of torch."""
    return is_model(value) or is_module(value)


def copy_with_weights(model: Any) -> tuple[Any, list[Any]]:
    """Return a copy of a model, and its weights, which can be written to; at least one.

    Those that scikit-learn learned come before all others, coefficients first.
    """
    try:
        copied = copy.deepcopy(model)
    except Exception as error:
        raise NothingToDamageError(f"it cannot be copied ({error})") from error
    weights = list(_weights(copied, 0))
    if not weights:
        raise NothingToDamageError("no weights were found in it")
    return copied, weights


def _weights(model: Any, depth: int) -> Iterator[Any]:
    """Yield arrays and tensors of learned fractions that can be written to."""
    if has_method(model, "state_dict"):
        yield from (
            t for t in model.state_dict().values() if t.is_floating_point() and len(t.shape)
        )
        return
    if depth > _DEEPEST or isinstance(model, str | bytes | type):
        return
    if isinstance(model, np.ndarray) and model.dtype != object:
        yield from _of_array(model)
        return
    for part in _parts(model):
        yield from _weights(part, depth + 1)


def _of_array(array: np.ndarray) -> Iterator[np.ndarray]:
    if array.dtype.names and "value" in array.dtype.names:  # of the nodes of a tree
        array = array["value"]
    if array.dtype.kind == "f" and array.size and array.flags.writeable and _is_whole(array):
        yield array


def _parts(model: Any) -> Iterable[Any]:
    if isinstance(model, dict):
        return model.values()
    if isinstance(model, np.ndarray):
        return model.ravel()
    if isinstance(model, list | tuple):
        return model
    if type(model).__module__ == "sklearn.tree._tree":  # made in C, with its values laid open
        return [getattr(model, "value", None)]
    named = sorted(getattr(model, "__dict__", {}).items(), key=_learned_first)
    return [part for _, part in named]


def _is_whole(array: np.ndarray) -> bool:
    return bool(np.shares_memory(array, array.reshape(-1)))


def _learned_first(named: tuple[str, Any]) -> tuple[bool, bool]:
    """Put what scikit-learn learned before all else, coefficients and trees first."""
    name = named[0]
    return (name not in _DECISIVE, not name.endswith("_"))
