"""The model was made from something else: a branch that was never merged, a working copy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from .._fault import Fault

_KEY = re.compile(r"commit|sha|revision", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{7,40}")


def _fits(value: Any) -> bool:
    return isinstance(value, Mapping) and any(_is_commit(*entry) for entry in value.items())


def _is_commit(key: Any, value: Any) -> bool:
    named = isinstance(key, str) and _KEY.search(key)
    return bool(named and isinstance(value, str) and _HASH.fullmatch(value))


def _inject(value: Any, rng: np.random.Generator) -> Any:
    def other() -> str:
        return rng.bytes(20).hex()

    return {k: other() if _is_commit(k, part) else part for k, part in value.items()}


FAULT = Fault(
    name="foreign_commit",
    damage="names a commit that the repository does not have",
    fits=_fits,
    inject=_inject,
    cost=0.5,
)
