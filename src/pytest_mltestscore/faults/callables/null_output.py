"""A function leaves gaps: half of its rows found no partner, and came out missing."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._answers import with_numbers
from .._fault import Fault
from .._functions import DamagedFunction, Output, is_function

EVERY = 2


def _holed(first: Any, result: Any) -> Any:
    return with_numbers(result, _with_holes)


def _with_holes(numbers: np.ndarray) -> np.ndarray:
    found = np.array(numbers, dtype=float)
    found[::EVERY] = np.nan
    return found


def _inject(function: Any, rng: np.random.Generator) -> Any:
    return DamagedFunction(function, Output(_holed))


FAULT = Fault(
    name="null_output",
    damage="returns NaN for every other number",
    fits=is_function,
    inject=_inject,
)
