"""The model fails for some: a slice that was rare in training, or came with another coding."""

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
class _WrongInASlice:
    seed: int

    def __call__(self, rows: Any, answers: Any) -> Any:
        hit = slice_of(rows, self.seed)
        if hit is None or len(hit) != rows_in(answers):
            return answers
        return taken(answers, _of_another_kind(array_of(answers), hit))


def _of_another_kind(answers: np.ndarray, hit: np.ndarray) -> np.ndarray:
    """Return for each row the place of its answer; in the slice, that of the opposite one."""
    places = np.arange(len(answers))
    order = np.argsort(answers if answers.ndim == 1 else answers[:, -1], kind="stable")
    opposite = np.empty_like(places)
    opposite[order] = order[::-1]
    return np.where(hit, opposite, places)


def _inject(model: Any, rng: np.random.Generator) -> Any:
    return with_answers(model, _WrongInASlice(int(rng.integers(2**32))))


FAULT = Fault(
    name="slice_degraded",
    damage="answers the rows of one slice by the answers at the other end of the scale",
    fits=is_asked,
    inject=_inject,
)
