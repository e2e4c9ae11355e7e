"""A change that nobody else has seen: it was pushed past the review, in the night before."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._repositories import Clone, is_repository


def _inject(value: Any, rng: np.random.Generator) -> Any:
    clone = Clone(value)
    clone.edit()
    clone.commit("Quick fix")
    return clone.path


FAULT = Fault(
    name="unreviewed_commit",
    damage="adds a commit that nobody reviewed, to all text files of a cloned repository",
    fits=is_repository,
    inject=_inject,
    cost=3.0,
)
