"""Files that are not in version control: they were forgotten when the project moved."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._fault import Fault
from .._repositories import Clone, is_repository


def _inject(value: Any, rng: np.random.Generator) -> Any:
    clone = Clone(value)
    when = clone.git("log", "-1", "--format=%ct")
    names = [str(file.relative_to(clone.root)) for file in clone.tracked()]
    clone.git("rm", "-q", "--cached", "--", *names)
    date = f"@{int(when) + 60} +0000"
    clone.git("commit", "-qm", "Tidy up", GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date)
    return clone.path


FAULT = Fault(
    name="untracked_files",
    damage="takes all text files of a cloned repository out of version control, and leaves them",
    fits=is_repository,
    inject=_inject,
    cost=3.0,
)
