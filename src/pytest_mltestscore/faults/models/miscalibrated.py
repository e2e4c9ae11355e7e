"""Probabilities that are too sure of themselves: trained for too long, or on rows drawn evenly."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._answers import with_numbers
from .._fault import Fault
from .._models import is_asked, on_answers

POWER = 4


def _too_sure(rows: Any, answers: Any) -> Any:
    return with_numbers(answers, _sharpened)


def _sharpened(numbers: np.ndarray) -> np.ndarray:
    """Multiply the log-odds of probabilities; leave other numbers, labels among them."""
    inside = numbers.dtype.kind == "f" and numbers.size and 0 <= numbers.min() <= numbers.max() <= 1
    if not inside:
        return numbers
    for_it, against = numbers**POWER, (1 - numbers) ** POWER
    if numbers.ndim == 2:  # one column a class
        return np.asarray(for_it / for_it.sum(axis=1, keepdims=True))
    return np.asarray(for_it / (for_it + against))


FAULT = Fault(
    name="miscalibrated",
    damage=f"multiplies the log-odds of probabilities by {POWER}",
    fits=is_asked,
    inject=on_answers(_too_sure),
)
