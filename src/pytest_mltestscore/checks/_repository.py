"""The git repository that a check asks about the past."""

from __future__ import annotations

from pathlib import Path

from ..domain.errors import InputError
from ..provenance import History, git_facts


def whole_history(root: str | Path, argument: str) -> History:
    """Return the history of the repository that a folder lies in.

    Raises
    ------
    InputError
        If there is none, or its early commits were left out when it was cloned.
    """
    facts = git_facts(Path(root))
    if facts.commit is None:
        problem = f"{str(root)!r} is in no git repository with a commit"
        raise InputError(argument, f"{problem}; give the folder of one (and install git)")
    if facts.shallow is not False:
        problem = "is a shallow clone, in which early commits are missing"
        hint = "run git fetch --unshallow; in CI, set fetch-depth: 0 or GIT_DEPTH: 0"
        raise InputError(argument, f"{problem}; {hint}")
    return History(Path(root))
