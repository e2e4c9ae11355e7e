"""A function takes memory: it loads a whole table of embeddings for a few rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._fault import Fault
from .._functions import is_function, on_functions

MIB = 64


def _load(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    taken = np.ones(MIB * 2**20, dtype=np.uint8)
    result = function(*args, **kwargs)
    del taken
    return result


FAULT = Fault(
    name="hungry_function",
    damage=f"takes {MIB} MiB of memory for each call",
    fits=is_function,
    inject=on_functions(_load),
    cost=3.0,
)
