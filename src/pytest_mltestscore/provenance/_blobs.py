"""Whether a file is the same at two commits, by the name that git gives its content."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from ._objects import objects

Place = tuple[str, str]
"""A commit, and the path of a file below the folder that is asked from."""

_HASH = re.compile(r"[0-9a-f]{7,64}")


def contents(
    root: Path, places: Iterable[Place], environ: Mapping[str, str] | None = None
) -> dict[Place, str]:
    """Return what git calls the contents of files: equal names are equal contents.

    Files and commits that this checkout does not have are left out; all are outside of git.
    """
    environ = os.environ if environ is None else environ
    asked = {place for place in places if _can_be_asked(*place)}
    return objects(root, environ, "blob", {place: f"{place[0]}:./{place[1]}" for place in asked})


def _can_be_asked(commit: str, path: str) -> bool:
    return bool(_HASH.fullmatch(commit)) and path.isprintable() and bool(path)
