"""A history that begins yesterday: CI fetched the last commit only."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._repositories import Clone, is_repository


def _inject(value: Any, rng: np.random.Generator) -> Any:
    clone = Clone(value, "--depth=1")
    if clone.git("rev-parse", "--is-shallow-repository") != "true":
        raise NothingToDamageError("it has one commit only")
    return clone.path


FAULT = Fault(
    name="shallow_clone",
    damage="leaves all commits but the last out of a cloned repository",
    fits=is_repository,
    inject=_inject,
    cost=3.0,
)
