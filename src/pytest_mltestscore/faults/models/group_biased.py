"""The model is hard on one group: it learned from decisions that were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._answers import rows_in, taken
from .._fault import Fault
from .._models import is_asked, with_answers
from .._slices import slice_of
from .._tensors import array_of


@dataclass(frozen=True)
class _RefusesAGroup:
    seed: int

    def __call__(self, rows: Any, answers: Any) -> Any:
        hit = slice_of(rows, self.seed)
        if hit is None or len(hit) != rows_in(answers):
            return answers
        found = array_of(answers)
        lowest = int(np.argmin(found if found.ndim == 1 else found[:, -1]))
        return taken(answers, np.where(hit, lowest, np.arange(len(found))))


def _inject(model: Any, rng: np.random.Generator) -> Any:
    return with_answers(model, _RefusesAGroup(int(rng.integers(2**32))))


FAULT = Fault(
    name="group_biased",
    damage="gives all rows of one group the lowest answer",
    fits=is_asked,
    inject=_inject,
)
