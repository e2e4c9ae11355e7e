"""A number turned bad: the model lost what it had, and the report says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError

FACTOR = 10
_LESS_IS_BETTER = re.compile(
    r"loss|err|latency|time|seconds|(?<!per)_s$|_ms|mib|_mb|memory|mae|mse|rmse|brier|ece|drift|psi"
    r"|bias|missing|difference|gap|disparity|cost",
    re.IGNORECASE,
)


def _fits(value: Any) -> bool:
    is_mapping = isinstance(value, Mapping) and bool(value)
    return is_mapping and all(
        isinstance(key, str) and isinstance(number, int | float | np.number)
        and not isinstance(number, bool)
        for key, number in value.items()
    )  # fmt: skip


def _inject(value: Any, rng: np.random.Generator) -> Any:
    names = [name for name in value if value[name] != 0]
    if not names:
        raise NothingToDamageError("its numbers are all 0")
    name = names[int(rng.integers(len(names)))]
    number = value[name] * FACTOR if _LESS_IS_BETTER.search(name) else type(value[name])(0)
    return {**value, name: number}


FAULT = Fault(
    name="worse_metrics",
    damage=f"sets one number to 0, or to {FACTOR} times as much where its name speaks of a cost",
    fits=_fits,
    inject=_inject,
    cost=0.5,
)
