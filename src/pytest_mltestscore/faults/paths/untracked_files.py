"""Files that are not in version control: they were forgotten when the project moved."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._repositories import Clone, is_repository


def _inject(value: Any, rng: np.random.Generator) -> Any:
    clone = Clone(value)
    names = [str(file.relative_to(clone.root)) for file in clone.tracked()]
    clone.git("rm", "-q", "--cached", "--", *names)
    clone.commit("Tidy up")
    return clone.path


FAULT = Fault(
    name="untracked_files",
    damage="takes all text files of a cloned repository out of version control, and leaves them",
    fits=is_repository,
    inject=_inject,
    cost=3.0,
)
