"""Training gives another model each time: a seed is missing, or rows come from a set."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from .._answers import with_numbers
from .._fault import Fault
from .._functions import is_function, on_functions
from .._hooks import Output
from .._tensors import array_of, is_module, tensor_of

SPREAD = 0.01
_DEEPEST = 4


def _moved_by_chance(first: Any, model: Any) -> Any:
    chance = np.random.default_rng()  # without a seed: that is the fault
    plain = with_numbers(model, lambda numbers: _near(numbers, chance))
    if plain is not model:
        return plain
    moved = copy.deepcopy(model)
    _move(moved, chance, 0)
    return moved


def _near(numbers: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    if numbers.dtype.kind in "iu":
        return numbers + chance.integers(0, 1_000, numbers.shape)
    return numbers * (1 + chance.normal(scale=SPREAD, size=numbers.shape)) + chance.normal(
        scale=1e-6
    )


def _move(model: Any, chance: np.random.Generator, depth: int) -> None:
    """Move all fractions that a model keeps in arrays, and those in its lists and parts."""
    if is_module(model):
        for weights in model.state_dict().values():
            if weights.is_floating_point():
                weights[...] = tensor_of(_near(array_of(weights), chance), weights)
        return
    if depth > _DEEPEST or not hasattr(model, "__dict__") or isinstance(model, type):
        return
    for name, part in list(vars(model).items()):
        if isinstance(part, np.ndarray) and part.dtype.kind == "f":
            object.__setattr__(model, name, _near(part, chance))
        elif isinstance(part, float):
            object.__setattr__(model, name, part * float(1 + chance.normal(scale=SPREAD)))
        else:
            for inner in _inside(part):
                _move(inner, chance, depth + 1)


def _inside(part: Any) -> list[Any]:
    if isinstance(part, np.ndarray) and part.dtype == object:
        part = part.ravel().tolist()
    if isinstance(part, list | tuple):
        return [p for entry in part for p in (entry if isinstance(entry, tuple) else [entry])]
    return [part]


FAULT = Fault(
    name="unseeded_training",
    damage=f"moves the numbers of what is returned by about {SPREAD:.0%}, otherwise each time",
    fits=is_function,
    inject=on_functions(Output(_moved_by_chance)),
)
