"""What is known of the commits that runs are of, for judging whose word counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from .parts import Part

Files = Mapping[tuple[str, str], str]
"""Commit and path of a file, to what its content is called; equal names are equal contents."""


def _unknown(_one: str, _other: str) -> bool:
    return False


class Lineage(NamedTuple):
    """What git says; by default, nothing."""

    files: Files = MappingProxyType({})
    head: str | None = None
    """The commit that is checked out."""
    precedes: Callable[[str, str], bool] = _unknown
    """Whether the first commit is in the history of the second."""

    def is_same(self, path: str, one: Part, other: Part) -> bool:
        """Whether a file is known to be the same in two runs."""
        commits = _commits(one, other)
        if commits is None:
            return False
        content = self.files.get((commits[0], path))
        known = content is not None and content == self.files.get((commits[1], path))
        return known or commits[0] == commits[1]

    def was_changed(self, path: str, one: Part, other: Part) -> bool:
        """Whether a file is known to differ between two runs."""
        commits = _commits(one, other)
        if commits is None:
            return False
        contents = [self.files.get((commit, path)) for commit in commits]
        return None not in contents and contents[0] != contents[1]

    def was_deleted(self, path: str, part: Part) -> bool:
        """Whether a file that a run had is no longer in what is checked out."""
        commit = part.run.commit
        if commit is None or self.head is None or (commit, path) not in self.files:
            return False
        return (self.head, path) not in self.files

    def is_behind(self, one: Part, other: Part) -> bool:
        """Whether a run is of a commit that the other's was built on."""
        commit, another = one.run.commit, other.run.commit
        if commit is None or another is None or commit == another:
            return False
        return self.precedes(commit, another)


def _commits(one: Part, other: Part) -> tuple[str, str] | None:
    """Return the commits of two runs, None unless each is of the state of its commit."""
    if one.run.dirty or other.run.dirty or one.run.commit is None or other.run.commit is None:
        return None
    return one.run.commit, other.run.commit
