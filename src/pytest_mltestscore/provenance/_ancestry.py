"""Which commits are in the history of a checkout."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from ._git import ask
from ._objects import objects

_ABBREVIATION = re.compile(r"[0-9a-f]{7,64}")


class Ancestry(NamedTuple):
    """What git says of commits. Those in neither set are of another line of history."""

    ancestors: frozenset[str]
    """In the history of what is checked out, itself included."""
    unknown: frozenset[str]
    """Of which this checkout knows nothing, as one without its whole history does."""


def ancestry(
    root: Path, commits: Iterable[str], environ: Mapping[str, str] | None = None
) -> Ancestry:
    """Ask git which commits lie in the history of what is checked out at `root`.

    Parameters
    ----------
    root
        A folder in the checkout.
    commits
        Hashes, or at least seven digits of them. What is none is unknown.
    environ
        Where git finds its settings; that of the process if left out.

    All are unknown outside a checkout, without git, and where git takes too long.
    """
    environ = os.environ if environ is None else environ
    asked = frozenset(commits)
    named = sorted(commit for commit in asked if _ABBREVIATION.fullmatch(commit))
    found = objects(root, environ, "commit", {commit: commit for commit in named})
    if not found:
        return Ancestry(frozenset(), asked)
    beside = ask(
        root, environ, "rev-list", "--stdin",
        text="\n".join([*found.values(), "^HEAD", ""]),
    )  # fmt: skip
    if beside is None:
        return Ancestry(frozenset(), asked)
    elsewhere = frozenset(beside.split())
    ancestors = frozenset(name for name, commit in found.items() if commit not in elsewhere)
    return Ancestry(ancestors, asked - found.keys())


def precedes(root: Path, one: str, other: str, environ: Mapping[str, str] | None = None) -> bool:
    """Return whether git knows that a commit is in the history of another."""
    environ = os.environ if environ is None else environ
    if not (_ABBREVIATION.fullmatch(one) and _ABBREVIATION.fullmatch(other)):
        return False
    return ask(root, environ, "merge-base", "--is-ancestor", one, other) is not None
