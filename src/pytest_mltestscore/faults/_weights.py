"""The weights of a model: arrays and tensors of learned fractions, in a copy of it."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from ._fault import NothingToDamageError
from ._models import has_method, is_model
from ._tensors import is_module

_DEEPEST = 5


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
    if isinstance(model, np.ndarray):
        if model.dtype.kind == "f" and model.size and model.flags.writeable and _is_whole(model):
            yield model
        return
    parts: Any = ()
    if isinstance(model, dict):
        parts = model.values()
    elif isinstance(model, list | tuple):
        parts = model
    elif hasattr(model, "__dict__"):
        parts = [part for name, part in sorted(vars(model).items(), key=_learned_first)]
    for part in parts:
        yield from _weights(part, depth + 1)


def _is_whole(array: np.ndarray) -> bool:
    return bool(array.flags.c_contiguous or array.flags.f_contiguous) and np.shares_memory(
        array, array.reshape(-1)
    )


def _learned_first(named: tuple[str, Any]) -> tuple[bool, bool]:
    """Put what scikit-learn learned before all else, coefficients first."""
    name = named[0]
    return (name != "coef_", not name.endswith("_"))
