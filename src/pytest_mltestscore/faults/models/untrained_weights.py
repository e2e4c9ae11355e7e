"""The model was never trained: it was made anew to be loaded, and the weights were not."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._weights import copy_with_weights, may_have_weights

SCALE = 0.01


def _inject(model: Any, rng: np.random.Generator) -> Any:
    damaged, found = copy_with_weights(model)
    for place, weights in enumerate(found):
        drawn = rng.normal(scale=SCALE, size=tuple(weights.shape))
        # Spreads have no sign, and no root of one may fail. Coefficients, which come first, have.
        if place and bool((weights >= 0).all()):
            drawn = np.abs(drawn)
        weights[...] = drawn if isinstance(weights, np.ndarray) else weights.new_tensor(drawn)
    return damaged


FAULT = Fault(
    name="untrained_weights",
    damage="draws all weights anew, as they are before any training",
    fits=may_have_weights,
    inject=_inject,
    cost=1.5,
    draws=3,
)
