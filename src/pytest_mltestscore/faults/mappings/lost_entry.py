"""An entry is gone: two people changed a file, and the merge kept one of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._fault import Fault


def _fits(value: Any) -> bool:
    if not isinstance(value, Mapping):
        return False
    return any(isinstance(part, Mapping) or _is_record(part) for part in value.values())


def _is_record(value: Any) -> bool:
    return dataclasses.is_dataclass(value) and not isinstance(value, type)


def _inject(value: Any, rng: np.random.Generator) -> Any:
    nested = {key: part for key, part in value.items() if isinstance(part, Mapping)}
    inner = max(nested, key=lambda key: len(nested[key]), default=None)
    if inner is not None and any(isinstance(p, Mapping) for p in nested[inner].values()):
        return {**value, inner: _without_one(nested[inner], rng)}
    return _without_one(value, rng)


def _without_one(value: Mapping[Any, Any], rng: np.random.Generator) -> dict[Any, Any]:
    lost = list(value)[int(rng.integers(len(value)))]
    return {key: part for key, part in value.items() if key is not lost}


FAULT = Fault(
    name="lost_entry",
    damage="takes one entry out of a mapping of records",
    fits=_fits,
    inject=_inject,
    cost=0.5,
)
