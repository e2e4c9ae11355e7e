"""The model answers NaN for some rows: a division by nothing, an overflow."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._answers import with_numbers
from .._fault import Fault
from .._models import is_asked, with_answers

EVERY = 20


def _some_nan(rows: Any, answers: Any) -> Any:
    return with_numbers(answers, _with_holes)


def _with_holes(numbers: np.ndarray) -> np.ndarray:
    found = np.array(numbers, dtype=float)
    found[::EVERY] = np.nan
    return found


def _inject(model: Any, rng: np.random.Generator) -> Any:
    return with_answers(model, _some_nan)


FAULT = Fault(
    name="nan_predictions",
    damage=f"answers NaN for every {EVERY}th row, the first one among them",
    fits=is_asked,
    inject=_inject,
)
