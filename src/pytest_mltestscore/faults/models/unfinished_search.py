"""The search broke off: the machine was taken away after the first trials."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._searches import is_search, with_trials

KEPT = 3


def _cut(results: dict[str, Any]) -> dict[str, Any]:
    return {name: values[:KEPT] for name, values in results.items()}


def _first(trials: list[Any]) -> list[Any]:
    return trials[:KEPT]


def _inject(search: Any, rng: np.random.Generator) -> Any:
    return with_trials(search, _cut, _first)


FAULT = Fault(
    name="unfinished_search",
    damage=f"keeps the first {KEPT} trials of a search",
    fits=is_search,
    inject=_inject,
)
