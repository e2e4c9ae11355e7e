"""A weight is NaN: the learning rate was too high, or a file was damaged on its way."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._weights import copy_with_weights, may_have_weights


def _inject(model: Any, rng: np.random.Generator) -> Any:
    damaged, [weights, *_] = copy_with_weights(model)
    weights.reshape(-1)[int(rng.integers(weights.reshape(-1).shape[0]))] = float("nan")
    return damaged


FAULT = Fault(
    name="nan_weights",
    damage="sets one weight to NaN",
    fits=may_have_weights,
    inject=_inject,
    cost=1.5,
)
