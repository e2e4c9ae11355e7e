"""Numbers are lost: a division by nothing, a loss that ran away."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._arrays import as_given, is_array
from .._fault import Fault
from .._tensors import array_of

SHARE = 0.1


def _inject(value: Any, rng: np.random.Generator) -> Any:
    kept = array_of(value)
    found = kept.astype(kept.dtype if kept.dtype.kind == "f" else float)
    hit = rng.random(found.shape) < SHARE
    hit.reshape(-1)[-1] = True
    found[hit] = np.nan
    return as_given(found, value)


FAULT = Fault(
    name="nan_array",
    damage=f"sets {SHARE:.0%} of the numbers to NaN, the last one among them",
    fits=is_array,
    inject=_inject,
)
