"""A moment long ago: the job that should have set it has not run for a year."""

from __future__ import annotations

from typing import Any

from .._fault import Fault
from .._moments import is_clock, moved, on_moments

DAYS = 400


def _moved(moment: Any) -> Any:
    return moved(moment, -DAYS)


FAULT = Fault(
    name="shifted_clock",
    damage=f"moves a time, or that which a function tells, {DAYS} days back",
    fits=is_clock,
    inject=on_moments(_moved),
    cost=0.5,
)
