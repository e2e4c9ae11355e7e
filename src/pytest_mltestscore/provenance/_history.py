"""The past of files in a git repository: who changed them, when, and what shipped them.

An answer that git refuses is None or nothing, never a guess. Whether the past is whole is
`GitFacts.shallow`, which callers ask first.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from ._git import ask

_FIELDS = ("%H", "%P", "%at", "%ct", "%an", "%ae", "%cn", "%ce", "%(trailers:only,unfold)")
_FORMAT = f"--format={'%x1f'.join(_FIELDS)}%x1e"
_TRAILER = re.compile(r"(?P<key>[A-Za-z-]+)\s*:\s*(?P<value>.*\S)")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as git knows them."""

    name: str
    email: str

    def is_same(self, other: Person) -> bool:
        """Whether both have the same address or the same name: one person with two addresses."""
        same_name = bool(self.name) and self.name.casefold() == other.name.casefold()
        return self.email.casefold() == other.email.casefold() or same_name


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit, with what its message ends in."""

    hash: str
    parents: tuple[str, ...]
    written: dt.datetime
    """By the author's clock, in UTC; survives rebases."""
    committed: dt.datetime
    author: Person
    committer: Person
    trailers: tuple[tuple[str, str], ...]
    """Such as `("Reviewed-by", "Ada <ada@example.org>")`."""


@dataclass(frozen=True, slots=True)
class Release:
    """A tag."""

    name: str
    made: dt.datetime
    """When the tag was made, or what it points to if it is no object of its own."""


@dataclass(frozen=True)
class History:
    """Questions about the repository that `root` lies in. Paths are git's pathspecs."""

    root: Path
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)

    def tracked(self, path: str) -> list[str]:
        """Return the tracked files that a path or pattern means, relative to the root."""
        return (self._ask("ls-files", "-z", "--", path) or "").split("\0")[:-1]

    def changed(self, paths: Sequence[str]) -> list[str] | None:
        """Return files that differ from the commit, new ones among them."""
        answer = self._ask(
            "status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", *paths
        )
        return None if answer is None else [line[3:] for line in answer.split("\0")[:-1]]

    def files_of(self, commit: str, paths: Sequence[str]) -> list[str]:
        """Return those of some files that a commit touched, by its hash, from the top on."""
        answer = self._ask("show", "--name-only", "-z", "--format=", commit, "--", *paths)
        return (answer or "").split("\0")[:-1]

    def top(self) -> Path:
        """Return the folder that the repository begins with."""
        return Path((self._ask("rev-parse", "--show-toplevel") or str(self.root)).rstrip("\n"))

    def resolve(self, revision: str) -> str | None:
        """Return the full hash of a commit; None if there is none of that name."""
        if revision.startswith("-"):
            return None
        answer = self._ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        return answer.strip() if answer else None

    def is_ancestor(self, old: str, new: str) -> bool:
        """Whether one commit, by its hash, led to another."""
        return self._ask("merge-base", "--is-ancestor", old, new) is not None

    def same_files(self, old: str, new: str, paths: Sequence[str]) -> bool:
        """Whether files are equal in two commits, given by hash."""
        return self._ask("diff", "--quiet", old, new, "--", *paths) is not None

    def count_between(self, old: str, new: str) -> int:
        """Return how many commits one commit, by its hash, is ahead of another."""
        return int(self._ask("rev-list", "--count", f"{old}..{new}") or 0)

    def changes(self, paths: Sequence[str], *, since: str | None = None) -> list[Commit] | None:
        """Return commits, without merges, that touched files, newest first.

        `since` is a hash; it and what led to it are left out.
        """
        span = "HEAD" if since is None else f"{since}..HEAD"
        answer = self._ask("log", "--no-merges", "--full-history", _FORMAT, span, "--", *paths)
        return None if answer is None else list(_commits(answer))

    def beginning(self, paths: Sequence[str]) -> Commit | None:
        """Return the first commit of files. A single file is followed through renames.

        Not by `git log --follow`, which takes a new file that resembles any other for its copy.
        """
        first = self._first(paths)
        seen = set(paths)
        while first is not None and len(paths) == 1:
            paths = [self._name_before(first, paths[0])]
            earlier = None if seen.issuperset(paths) else self._first(paths)
            if earlier is None:
                break
            first = earlier
            seen.update(paths)
        return first

    def _first(self, paths: Sequence[str]) -> Commit | None:
        answer = self._ask("log", _FORMAT, "HEAD", "--", *paths)
        return min(_commits(answer or ""), key=lambda c: c.written, default=None)

    def _name_before(self, commit: Commit, path: str) -> str:
        """Return what a file was called before a commit that renamed it."""
        answer = self._ask(
            "show", "--find-renames", "--diff-filter=R", "--name-status", "--relative", "-z",
            "--format=", commit.hash,
        )  # fmt: skip
        words = (answer or "").split("\0")[:-1]  # letter and score, old name, new name
        renames = zip(words[1::3], words[2::3], strict=True)
        return next((old for old, new in renames if new == path), path)

    def releases(self, pattern: str, containing: str | None = None) -> list[Release]:
        """Return tags of some name, oldest first; with a hash, those that contain the commit."""
        contains = [] if containing is None else [f"--contains={containing}"]
        shape = "--format=%(creatordate:unix) %(refname:strip=2)"
        answer = self._ask("for-each-ref", *contains, "--sort=creatordate", shape, "refs/tags")
        lines = [line.partition(" ") for line in (answer or "").splitlines()]
        return [
            Release(name, _moment(made))
            for made, _, name in lines
            if made and fnmatchcase(name, pattern)
        ]

    def merged_by(self) -> dict[str, Commit]:
        """Return, for each commit that came in by a merge into this branch, that merge."""
        graph = self._ask("rev-list", "--parents", "HEAD")
        trunk = self._ask("log", "--first-parent", "--reverse", _FORMAT, "HEAD")
        parents = {h: ps for h, *ps in map(str.split, (graph or "").splitlines())}
        merges = list(_commits(trunk or ""))
        seen = {merge.hash for merge in merges}
        found: dict[str, Commit] = {}
        for merge in merges:
            open_ones = list(merge.parents[1:])
            while open_ones:
                commit = open_ones.pop()
                if commit not in seen:
                    seen.add(commit)
                    found[commit] = merge
                    open_ones += parents.get(commit, [])
        return found

    def _ask(self, *arguments: str) -> str | None:
        return ask(self.root, self.environ, *arguments)


def _commits(answer: str) -> Iterator[Commit]:
    for entry in answer.split("\x1e"):
        parts = entry.lstrip("\n").split("\x1f")
        if len(parts) == len(_FIELDS):
            hash_, parents, written, committed, an, ae, cn, ce, trailers = parts
            yield Commit(
                hash=hash_,
                parents=tuple(parents.split()),
                written=_moment(written),
                committed=_moment(committed),
                author=Person(an, ae),
                committer=Person(cn, ce),
                trailers=tuple(_trailers(trailers)),
            )


def _trailers(text: str) -> Iterator[tuple[str, str]]:
    for line in text.splitlines():
        match = _TRAILER.fullmatch(line)
        if match:
            yield match["key"], match["value"]


def _moment(seconds: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC)
