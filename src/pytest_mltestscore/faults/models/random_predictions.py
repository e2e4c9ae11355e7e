"""The model answers by chance: weights were drawn anew and never trained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .._answers import rows_in, taken
from .._fault import Fault
from .._models import is_asked, with_answers


@dataclass(frozen=True)
class _MixedUp:
    seed: int

    def __call__(self, rows: Any, answers: Any) -> Any:
        found = rows_in(answers)
        order = np.random.default_rng(self.seed).permutation(found)
        return taken(answers, order) if found else answers


def _inject(model: Any, rng: np.random.Generator) -> Any:
    return with_answers(model, _MixedUp(int(rng.integers(2**32))))


FAULT = Fault(
    name="random_predictions",
    damage="gives the answers to other rows",
    fits=is_asked,
    inject=_inject,
)
