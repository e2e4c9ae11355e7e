"""A moment that is still to come: a clock is ahead, or day and month were exchanged."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._moments import is_moment, moved

DAYS = 400


def _inject(value: Any, rng: np.random.Generator) -> Any:
    return moved(value, DAYS)


FAULT = Fault(
    name="future_clock",
    damage=f"moves a time {DAYS} days ahead",
    fits=is_moment,
    inject=_inject,
    cost=0.5,
)
