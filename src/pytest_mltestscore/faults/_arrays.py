"""What arrays of numbers are: those of NumPy, tensors, and lists and tuples of numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._tensors import array_of, is_tensor, tensor_of

FEWEST = 2
_LOOKED_AT = 100
"""Entries of a list whose type is looked at."""


def is_array(value: Any) -> bool:
    """Whether a value is an array, tensor, list or tuple of two numbers or more."""
    if is_tensor(value):
        return value.ndim > 0 and len(value) >= FEWEST and array_of(value[:0]).dtype.kind in "iuf"
    if isinstance(value, np.ndarray):
        return value.ndim > 0 and len(value) >= FEWEST and value.dtype.kind in "iuf"
    if type(value) not in (list, tuple) or len(value) < FEWEST:
        return False
    return all(is_number(entry) for entry in value[:_LOOKED_AT])


def is_number(value: Any) -> bool:
    """Whether a value is a number, and no truth value."""
    return isinstance(value, int | float | np.number) and not isinstance(value, bool)


def as_given(changed: np.ndarray, value: Any) -> Any:
    """Return an array as the kind of sequence that it stands for."""
    if is_tensor(value):
        return tensor_of(changed, value)
    return changed if isinstance(value, np.ndarray) else type(value)(changed.tolist())
