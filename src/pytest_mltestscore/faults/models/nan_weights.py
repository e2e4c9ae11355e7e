"""A weight is NaN: the learning rate was too high, or a file was damaged on its way."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._models import has_method, is_model

_DEEPEST = 5


def _fits(value: Any) -> bool:
    return is_model(value) or (has_method(value, "state_dict") and has_method(value, "parameters"))


def _inject(model: Any, rng: np.random.Generator) -> Any:
    try:
        damaged = copy.deepcopy(model)
    except Exception as error:
        raise NothingToDamageError(f"it cannot be copied ({error})") from error
    weights = next(_weights(damaged, 0), None)
    if weights is None:
        raise NothingToDamageError("no weights were found in it")
    weights.reshape(-1)[int(rng.integers(weights.reshape(-1).shape[0]))] = float("nan")
    return damaged


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


FAULT = Fault(
    name="nan_weights",
    damage="sets one weight to NaN",
    fits=_fits,
    inject=_inject,
    cost=1.5,
    may_crash=True,
)
