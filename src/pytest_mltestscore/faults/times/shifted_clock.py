"""A moment long ago: the job that should have set it has not run for a year."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._moments import is_moment, moved

DAYS = 400


def _inject(value: Any, rng: np.random.Generator) -> Any:
    return moved(value, -DAYS)


FAULT = Fault(
    name="shifted_clock",
    damage=f"moves a time {DAYS} days back",
    fits=is_moment,
    inject=_inject,
    cost=0.5,
)
