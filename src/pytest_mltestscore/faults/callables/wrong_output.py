"""A function computes something else: a unit was changed, a term was added in one place only."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._answers import with_numbers
from .._fault import Fault
from .._functions import is_function, on_functions
from .._hooks import Output

FACTOR, ADDED = 1.5, 1


def _wrong(first: Any, result: Any) -> Any:
    if isinstance(result, bool | np.bool):
        return not result
    return with_numbers(result, _moved)


def _moved(numbers: np.ndarray) -> np.ndarray:
    if numbers.dtype.kind in "iu":
        return numbers.astype(np.int64) + ADDED
    return numbers * FACTOR + ADDED


FAULT = Fault(
    name="wrong_output",
    damage=f"returns other numbers ({FACTOR} times as large, and {ADDED} more), or the opposite",
    fits=is_function,
    inject=on_functions(Output(_wrong)),
)
