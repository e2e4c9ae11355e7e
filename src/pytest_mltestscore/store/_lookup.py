"""One record of a store, by the branch or commit that it is of."""

from __future__ import annotations

import datetime as dt
import re
from typing import NamedTuple

from ..domain.errors import ConfigError
from ..domain.record import Record
from ..domain.tables import shown
from ._address import masked
from ._entry import CLOCK_SKEW, COMMIT_CHARACTERS, Entry, short_branch
from ._store import Skipped, Store

_FORM = re.compile(r"(branch|commit):(.*)", re.DOTALL)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_LOOKED_AT = 50
"""Records that are read for one whose gate did not fail."""


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


def reference(text: str, *, store_option: str = "--store") -> Reference | None:
    """Read `branch:NAME` or `commit:HASH`; None for anything else, such as the name of a file.

    Raises
    ------
    ConfigError
        If no branch is named, what is named is no commit, or it is the URL of a store, which is
        for `store_option`.

    >>> reference("branch:main")
    Reference(kind='branch', name='main')
    >>> reference("main.json")
    """
    match = _FORM.fullmatch(text.strip())
    if match is None and "://" in text:
        raise ConfigError(
            f"{masked(text)} is a store; name it by {store_option}, and here the branch or commit,"
            " as in branch:main"
        )
    if match is None:
        return None
    kind, name = match[1], match[2].strip()
    if kind == "branch" and not name:
        raise ConfigError(f"{shown(text)}: names no branch; give branch:main")
    if kind == "commit" and not _COMMIT.fullmatch(name.lower()):
        raise ConfigError(f"{shown(text)}: give at least 7 digits of the hash of a commit")
    return Reference(kind, name if kind == "branch" else name.lower())


def newest_record(
    store: Store,
    system: str,
    wanted: Reference,
    *,
    now: dt.datetime,
    beside: str | None = None,
) -> Record | None:
    """Return the record of a system that a branch or commit is compared by; None if there is none.

    It is the newest one of a complete run that its own gate did not fail, or the newest one if that
    failed them all: what lost something must not become the measure of the next run. Runs on
    uncommitted changes, and records that cannot be read, are passed over.

    Parameters
    ----------
    store
        Where it is looked for.
    system
        Its name.
    wanted
        The branch or commit.
    now
        Runs that began later are passed over: somebody's clock is wrong.
    beside
        The commit that is compared. Of a branch, its own runs are passed over, or a run that is
        tried again would be compared with itself.

    Raises
    ------
    StoreError
        If the place fails.
    """
    passed_over = (beside or "")[:COMMIT_CHARACTERS] if wanted.kind == "branch" else ""
    candidates = [
        entry
        for entry in reversed(store.entries(system).entries)
        if entry.completeness == "complete"
        and wanted.means(entry)
        and not entry.dirty
        and entry.started_at <= now + CLOCK_SKEW
        and not (passed_over and entry.commit == passed_over)
    ]
    newest = None
    for entry in candidates[:_LOOKED_AT]:
        for found in store.read([entry]):
            if isinstance(found, Skipped):
                continue
            newest = newest or found.record
            if found.record.gate.status != "failed":
                return found.record
    return newest
