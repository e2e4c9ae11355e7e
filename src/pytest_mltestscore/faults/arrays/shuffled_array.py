"""Numbers belong to other rows: they were stored in another order than the rows were."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._arrays import as_given, is_array
from .._fault import Fault, NothingToDamageError
from .._orders import an_order
from .._tensors import array_of


def _inject(value: Any, rng: np.random.Generator) -> Any:
    found = array_of(value)
    flat = found.reshape(len(found), -1)
    varying = [column for column in flat.T if len(np.unique(column)) > 1]
    if not varying:
        raise NothingToDamageError("its numbers are all the same")
    return as_given(found[an_order(varying[0], rng)], value)


FAULT = Fault(
    name="shuffled_array",
    damage="mixes up the order of the numbers",
    fits=is_array,
    inject=_inject,
)
