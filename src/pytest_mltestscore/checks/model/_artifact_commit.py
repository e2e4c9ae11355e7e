"""The commit that a model says it was made from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from ...domain.errors import InputError
from ...provenance import History

COMMIT_KEYS = ("commit", "git_commit", "git_sha", "mlflow.source.git.commit")
DIRTY_KEYS = ("dirty", "git_dirty", "mlflow.source.git.dirty")


class Origin(NamedTuple):
    """What is wrong with the recorded commit, and what a reader should know."""

    commit: str
    fault: str = ""
    note: str = ""


def read_metadata(given: Any) -> Mapping[str, Any]:
    """Return the metadata of a model from itself or its JSON file."""
    if isinstance(given, Mapping):
        return given
    if not isinstance(given, str | Path):
        problem = f"is of type {type(given).__name__}"
        raise InputError("artifact", f"{problem}; give a mapping, or the path of a JSON file")
    try:
        found = json.loads(Path(given).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("artifact", f"cannot be read as JSON: {error}") from error
    if not isinstance(found, Mapping):
        raise InputError("artifact", f"holds a {type(found).__name__}; give a JSON object")
    return found


def origin(
    history: History, metadata: Mapping[str, Any], key: str | None, specs: Sequence[str]
) -> Origin:
    """Judge the commit that a model records: the tree's, or one with the same specification."""
    keys = COMMIT_KEYS if key is None else (key,)
    recorded = next((value for k in keys if (value := _value(metadata, k))), None)
    if not recorded:
        return Origin("", f"records no commit under {' or '.join(keys)}")
    commit = history.resolve(str(recorded)) if _is_hash(str(recorded)) else None
    if commit is None:
        return Origin(str(recorded)[:12], "is of a commit that this repository does not have")
    short = commit[:12]
    if any(str(_value(metadata, k)).casefold() in ("true", "1") for k in DIRTY_KEYS):
        return Origin(short, "was made from a tree with changes that were not committed")
    head = history.resolve("HEAD") or ""
    if commit == head:
        return Origin(short)
    if not history.is_ancestor(commit, head):
        return Origin(short, "is of a commit that did not lead to this one")
    if not history.same_files(commit, head, specs):
        return Origin(short, "is of an earlier commit, with another specification")
    behind = history.count_between(commit, head)
    return Origin(short, note=f"artifact is {behind} commits behind, with the same specification")


def _value(metadata: Mapping[str, Any], key: str) -> Any:
    """Return a value by its key, or by the keys that dots in it divide."""
    if key in metadata:
        return metadata[key]
    found: Any = metadata
    for part in key.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _is_hash(text: str) -> bool:
    return len(text) >= 7 and all(c in "0123456789abcdef" for c in text.casefold())
