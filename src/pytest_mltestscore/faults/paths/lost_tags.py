"""Nobody knows what was released: tags were not fetched, or never pushed."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._repositories import Clone, is_repository


def _inject(value: Any, rng: np.random.Generator) -> Any:
    clone = Clone(value)
    tags = clone.git("tag", "--list").split()
    if not tags:
        raise NothingToDamageError("it has no tags")
    clone.git("tag", "-d", *tags)
    return clone.path


FAULT = Fault(
    name="lost_tags",
    damage="takes all tags out of a cloned repository",
    fits=is_repository,
    inject=_inject,
    cost=3.0,
)
