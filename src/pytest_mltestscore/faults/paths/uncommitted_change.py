"""A working copy that differs from what is committed: somebody tried something, and trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._repositories import Clone, is_repository


def _inject(value: Any, rng: np.random.Generator) -> Any:
    clone = Clone(value)
    clone.edit()
    return clone.path


FAULT = Fault(
    name="uncommitted_change",
    damage="edits all text files of a cloned repository, and commits nothing",
    fits=is_repository,
    inject=_inject,
    cost=3.0,
)
