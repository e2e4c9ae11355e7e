"""Who else than its author has looked at a change, as far as git can tell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from ...provenance import Commit, History, Person
from ._code_owners import CodeOwners

Evidence: TypeAlias = Literal["trailer", "merge", "owner"]

_WORDS = {
    "trailer": "trailer of another",
    "merge": "merged by another",
    "owner": "applied by an owner",
}
_MEANS = {
    "trailer": "a line such as `{trailer}: Name <address>` of somebody else in its message",
    "merge": "a merge by somebody else",
    "owner": "a commit by an owner who is not the author",
}
_PERSON = re.compile(r"(?P<name>[^<]*?)\s*<(?P<email>[^>]*)>")


class Change(NamedTuple):
    """A commit, and what shows that it was reviewed; empty where nothing does."""

    commit: Commit
    evidence: str


class Reviews(NamedTuple):
    """What counts as a review."""

    accept: Sequence[Evidence]
    trailers: Sequence[str]
    owners: CodeOwners | None
    owners_only: bool
    known: Mapping[str, str]
    """Where reviews are that git knows nothing of, by the full hash of the commit."""

    def accepted(self) -> str:
        """Return in words what shows that a change was reviewed."""
        trailer = next(iter(self.trailers), "Reviewed-by")
        means = [_MEANS[kind].format(trailer=trailer) for kind in self.accept]
        return ", or ".join([*means, "named in reviewed="])

    def judge(
        self, history: History, commits: Sequence[Commit], paths: Sequence[str]
    ) -> list[Change]:
        """Return each commit with the first evidence that counts."""
        merged_by = history.merged_by()
        changes = []
        for commit in commits:
            files = history.files_of(commit.hash, paths) if self.owners else []
            reviews = self._reviews(commit, merged_by.get(commit.hash), files)
            changes.append(Change(commit, next(reviews, "")))
        return changes

    def _reviews(self, commit: Commit, merge: Commit | None, files: Sequence[str]) -> Iterator[str]:
        if commit.hash in self.known:
            yield f"review: {self.known[commit.hash]}"
        for kind, reviewer in self._reviewers(commit, merge):
            others = not reviewer.is_same(commit.author)
            must_own = self.owners_only or kind == "owner"
            if others and kind in self.accept and (not must_own or self._owns(reviewer, files)):
                yield _WORDS[kind]

    def _reviewers(self, commit: Commit, merge: Commit | None) -> Iterator[tuple[Evidence, Person]]:
        wanted = {key.casefold() for key in self.trailers}
        for key, value in [*commit.trailers, *(merge.trailers if merge else ())]:
            match = _PERSON.search(value)
            if key.casefold() in wanted and match:
                yield "trailer", Person(match["name"], match["email"])
        if merge is not None:
            yield "merge", merge.author
        yield "owner", commit.committer

    def _owns(self, reviewer: Person, files: Sequence[str]) -> bool:
        owners = self.owners
        return owners is not None and bool(files) and all(owners.owns(reviewer, f) for f in files)
