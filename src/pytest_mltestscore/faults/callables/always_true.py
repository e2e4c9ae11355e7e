"""A gate that is always open: the threshold was lowered for one release, and never raised again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._fault import Fault
from .._functions import DamagedFunction, is_function


def _yes(function: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    return True


def _inject(function: Any, rng: np.random.Generator) -> Any:
    return DamagedFunction(function, _yes)


FAULT = Fault(
    name="always_true",
    damage="answers True, whatever it is asked",
    fits=is_function,
    inject=_inject,
    cost=0.5,
)
