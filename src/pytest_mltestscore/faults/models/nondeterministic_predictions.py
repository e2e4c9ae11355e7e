"""The same row is answered otherwise each time: dropout was left on, or a sample is drawn."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._answers import with_numbers
from .._fault import Fault
from .._models import is_asked, on_answers

SPREAD = 0.05


def _restless(rows: Any, answers: Any) -> Any:
    chance = np.random.default_rng()  # without a seed: that is the fault

    def move(numbers: np.ndarray) -> np.ndarray:
        if numbers.dtype.kind in "iu":  # classes: some turn into another one that was answered
            hit = chance.random(numbers.shape) < SPREAD
            return np.where(hit, chance.permutation(numbers), numbers)
        noise = chance.normal(scale=SPREAD, size=numbers.shape)
        inside = bool(numbers.size) and numbers.min() >= 0 and numbers.max() <= 1
        moved = numbers * (1 + noise)
        return np.clip(moved, 0, 1) if inside else moved

    return with_numbers(answers, move)


FAULT = Fault(
    name="nondeterministic_predictions",
    damage=f"moves each answer by about {SPREAD:.0%}, otherwise each time",
    fits=is_asked,
    inject=on_answers(_restless),
)
