"""A function is slow: it asks a service for each row, or sorts what was sorted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._fault import Fault
from .._functions import is_function, on_functions
from .._timing import busy

DELAY_S = 0.1


def _dawdle(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    busy(DELAY_S)
    return function(*args, **kwargs)


FAULT = Fault(
    name="slow_function",
    damage=f"takes {DELAY_S * 1000:.0f} ms longer for each call",
    fits=is_function,
    inject=on_functions(_dawdle),
    cost=5.0,
)
