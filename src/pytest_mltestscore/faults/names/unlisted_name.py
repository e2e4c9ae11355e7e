"""A name that nobody has heard of: a column was taken into use without asking."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._names import are_names

NAME = "mlscore_unlisted"


def _inject(value: Any, rng: np.random.Generator) -> Any:
    names = list(value)
    names[int(rng.integers(len(names)))] = NAME
    return type(value)(names)


FAULT = Fault(
    name="unlisted_name",
    damage=f"replaces one name in a list by `{NAME}`",
    fits=are_names,
    inject=_inject,
    cost=0.5,
)
