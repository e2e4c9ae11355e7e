"""One record of a store, by the branch or commit that it is of."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from ..domain.errors import ConfigError, nearest
from ..domain.record import Record
from ..domain.tables import shown
from ..domain.text import clean_line
from ._address import masked
from ._ahead import AHEAD, is_ahead
from ._entry import COMMIT_CHARACTERS, Entry, short_branch
from ._store import Skipped, Store

_FORM = re.compile(r"(branch|commit):(.*)", re.DOTALL)
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
_LOOKED_AT = 50
"""Records that are read for one whose gate did not fail."""
_NAMED = 3
"""Branches that are named where the one that is meant is not there."""
_COMPARED = 1_000
"""Branches among which the nearest is looked for, the newest."""


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


class Found(NamedTuple):
    """The record that a branch or commit is compared by."""

    record: Record | None
    instead: str = ""
    """What the store has instead, for people; empty where it has nothing of the system."""


def newest_record(
    store: Store,
    system: str,
    wanted: Reference,
    *,
    now: dt.datetime,
    beside: str | None = None,
) -> Found:
    """Return the record of a system that a branch or commit is compared by, if there is one.

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
    own = (beside or "")[:COMMIT_CHARACTERS] if wanted.kind == "branch" else ""
    entries = store.entries(system).entries
    meant = [entry for entry in reversed(entries) if wanted.means(entry)]
    objections = [_objection(entry, now, own) for entry in meant]
    candidates = [e for e, objection in zip(meant, objections, strict=True) if not objection]
    newest = None
    unread = 0
    for entry in candidates[:_LOOKED_AT]:
        for found in store.read([entry]):
            if isinstance(found, Skipped):
                unread += 1
                continue
            newest = newest or found.record
            if found.record.gate.status != "failed":
                return Found(found.record)
    if newest is not None:
        return Found(newest)
    if meant:
        return Found(None, _passed_over(Counter(filter(None, objections)), unread))
    return Found(None, _others(wanted, entries))


def _objection(entry: Entry, now: dt.datetime, own: str) -> str:
    if entry.completeness != "complete":
        return "not complete"
    if entry.dirty:
        return "on uncommitted changes"
    if own and entry.commit == own:
        return "of this same commit"
    return AHEAD if is_ahead(entry.started_at, now) else ""


def _passed_over(objections: Counter[str], unread: int) -> str:
    why = [f"{number:,} {objection}" for objection, number in sorted(objections.items())]
    why += [f"{unread:,} that cannot be read"] if unread else []
    return f"of the runs that the store has of it none can be compared with: {', '.join(why)}"


def _others(wanted: Reference, entries: Sequence[Entry]) -> str:
    """Name the branches that there are, the nearest or else the newest first."""
    if wanted.kind != "branch":
        return ""
    branches = list(dict.fromkeys(e.branch for e in reversed(entries) if e.branch))
    closest = nearest(wanted.name, branches[:_COMPARED])
    hint = f"did you mean branch:{clean_line(closest)}? " if closest else ""
    named = [clean_line(branch) for branch in branches[:_NAMED]]
    if more := len(branches) - len(named):
        named.append(f"{more:,} more")
    has = f"store has runs of {', '.join(named)}"
    return (f"{hint}The {has}" if hint else f"the {has}") if named else ""
