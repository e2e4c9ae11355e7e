"""A stage breaks: a library was updated, a table is gone, a disk is full."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._fault import Fault
from .._functions import DamagedFunction, is_function


def _raise(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("broken on purpose, by the fault raising_function")


def _inject(function: Any, rng: np.random.Generator) -> Any:
    return DamagedFunction(function, _raise)


FAULT = Fault(
    name="raising_function",
    damage="raises a RuntimeError in place of doing anything",
    fits=is_function,
    inject=_inject,
    cost=0.5,
)
