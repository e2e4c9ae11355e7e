"""One record of a store, by the branch or commit that it is of."""

from __future__ import annotations

import re
from typing import NamedTuple

from ..domain.errors import ConfigError
from ..domain.record import Record
from ..domain.tables import shown
from ._entry import COMMIT_CHARACTERS, Entry, short_branch
from ._store import Skipped, Store

_FORM = re.compile(r"(branch|commit):(.*)", re.DOTALL)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


class Reference(NamedTuple):
    """A branch or commit whose newest record is meant."""

    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.kind}:{self.name}"

    def means(self, entry: Entry) -> bool:
        """Whether a record is of it."""
        if self.kind == "branch":
            return entry.branch == short_branch(self.name)
        return (entry.commit or "").startswith(self.name[:COMMIT_CHARACTERS])


def reference(text: str) -> Reference | None:
    """Read `branch:NAME` or `commit:HASH`; None for anything else, such as the name of a file.

    Raises
    ------
    ConfigError
        If no branch is named, or what is named is no commit.

    >>> reference("branch:main")
    Reference(kind='branch', name='main')
    >>> reference("main.json")
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        return None
    kind, name = match[1], match[2].strip()
    if kind == "branch" and not name:
        raise ConfigError(f"{shown(text)}: names no branch; give branch:main")
    if kind == "commit" and not _COMMIT.fullmatch(name.lower()):
        raise ConfigError(f"{shown(text)}: give at least 7 digits of the hash of a commit")
    return Reference(kind, name if kind == "branch" else name.lower())


def newest_record(store: Store, system: str, wanted: Reference) -> Record | None:
    """Return the newest record of a complete run of a system that a reference means.

    None if there is none. Records that cannot be read are passed over.

    Raises
    ------
    StoreError
        If the place fails.
    """
    entries = store.entries(system).entries
    whole = [e for e in reversed(entries) if e.completeness == "complete" and wanted.means(e)]
    for entry in whole:
        for found in store.read([entry]):
            if not isinstance(found, Skipped):
                return found.record
    return None
