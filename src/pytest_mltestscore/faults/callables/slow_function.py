"""A function is slow: it asks a service for each row, or sorts what was sorted."""

from __future__ import annotations

from typing import Any

from .._effect import MOST_S, Effect
from .._fault import Fault
from .._functions import is_function, on_functions
from .._hooks import Burden

DELAY_S = 0.1


def _dawdle(effect: Effect, result: Any) -> None:
    effect.take_time(DELAY_S)


FAULT = Fault(
    name="slow_function",
    damage=f"takes {DELAY_S * 1000:.0f} ms longer for each call, {MOST_S:.0f} s in all",
    fits=is_function,
    inject=on_functions(Burden(_dawdle)),
    cost=5.0,
)
