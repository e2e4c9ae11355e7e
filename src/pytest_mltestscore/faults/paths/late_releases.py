"""Releases come a year late: changes wait for a release calendar, or for somebody to dare."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault, NothingToDamageError
from .._repositories import Clone, is_repository

DAYS = 400
MOST = 100


def _inject(value: Any, rng: np.random.Generator) -> Any:
    clone = Clone(value)
    tags = clone.git("tag", "--list").split()
    if not 0 < len(tags) <= MOST:
        raise NothingToDamageError(f"it has {len(tags)} tags")
    for tag in tags:
        when = clone.git("log", "-1", "--format=%ct", tag)
        date = f"@{int(when) + DAYS * 86_400} +0000"
        dates = {"GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date}
        words = ("commit-tree", "-p", f"{tag}^{{commit}}", "-m", "Release", f"{tag}^{{tree}}")
        clone.git("tag", "-f", tag, clone.git(*words, **dates))
    return clone.path


FAULT = Fault(
    name="late_releases",
    damage=f"moves every tag of a cloned repository to a commit {DAYS} days later",
    fits=is_repository,
    inject=_inject,
    cost=4.0,
)
