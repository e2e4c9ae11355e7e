"""A moment that is still to come: a clock is ahead, or day and month were exchanged."""

from __future__ import annotations

from typing import Any

from .._fault import Fault
from .._moments import is_clock, moved, on_moments

DAYS = 400


def _moved(moment: Any) -> Any:
    return moved(moment, DAYS)


FAULT = Fault(
    name="future_clock",
    damage=f"moves a time, or that which a function tells, {DAYS} days ahead",
    fits=is_clock,
    inject=on_moments(_moved),
    cost=0.5,
)
