"""A gate that is always shut: it compares with a file that is no longer written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._fault import Fault
from .._functions import DamagedFunction, is_function


def _no(function: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    return False


def _inject(function: Any, rng: np.random.Generator) -> Any:
    return DamagedFunction(function, _no)


FAULT = Fault(
    name="always_false",
    damage="answers False, whatever it is asked",
    fits=is_function,
    inject=_inject,
    cost=0.5,
)
