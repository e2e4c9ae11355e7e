"""Numbers in another unit: shares become per cent, logits are taken for probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._arrays import as_given, is_array
from .._fault import Fault, NothingToDamageError
from .._tensors import array_of

FACTOR = 100


def _inject(value: Any, rng: np.random.Generator) -> Any:
    found = array_of(value)
    if not np.any(found):
        raise NothingToDamageError("its numbers are all 0")
    wide = found.astype(np.int64) if found.dtype.kind in "iu" else found
    return as_given(wide * FACTOR, value)


FAULT = Fault(
    name="rescaled_array",
    damage=f"multiplies all numbers by {FACTOR}",
    fits=is_array,
    inject=_inject,
)
