"""Which records of a store count beside a run, read with one listing and one read each."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from ..domain.record import Policy, Reason, Record, Shard, TrendPoint
from ..domain.rubric import Rubric
from ..provenance import Ancestry, GitFacts, ancestry
from ._ahead import AHEAD, is_ahead
from ._entry import Entry, short_branch
from ._history import trend
from ._store import Skipped, Store, StoredRecord

READ_AT_MOST = 1_000
"""Records that are read for one score."""
SETS_OF_PARAMETERS = 20
"""Of tests that differ in parameters alone, the sets of which a record is read: those of other
machines, perhaps. Where they are others each day, the older ones are gone."""
REPLACED = f"of parameters that {SETS_OF_PARAMETERS} newer sets have replaced"
BEYOND = f"beyond the {READ_AT_MOST:,} that are read (too many different sets of tests)"

_Kind = tuple[str, Shard | None, bool, bool]


class Scope(NamedTuple):
    """What is scored, and where and when."""

    system: str
    rubric: Rubric
    policy: Policy
    now: dt.datetime
    root: Path
    """A folder in the checkout."""
    git: GitFacts


class Gathered(NamedTuple):
    """What a store has for a score."""

    records: tuple[Record, ...]
    left_out: dict[str, int]
    """Why records did not count, and how many each."""
    trend: tuple[TrendPoint, ...]
    reasons: tuple[Reason, ...]
    """Why what it has is not all that there is."""
    notes: tuple[str, ...]
    shards: frozenset[tuple[str | None, Shard]]
    """Parts of runs that came, each with its commit."""


def gather(store: Store, scope: Scope) -> Gathered:
    """Read the records that can say something of a system as it is checked out.

    Of runs that had the same tests, the newest are read, as many as the policy wants to see.

    Raises
    ------
    StoreError
        If the place fails.
    """
    window = dt.timedelta(days=scope.policy.window_days)
    listing = store.entries(scope.system, since=scope.now - window)
    sieve = _Sieve(scope, listing.entries)
    counting = [entry for entry in listing.entries if sieve.lets_through(entry)]
    records: list[Record] = []
    skipped: list[Skipped] = list(listing.skipped)
    groups = _by_scope(counting)
    wanted = _newest(groups, scope.policy.min_runs, sieve.left_out)
    for found in _read(store, wanted, groups):
        if isinstance(found, Skipped):
            skipped.append(found)
        elif sieve.lets_through_record(found):
            records.append(found.record)
    newer = [s for s in skipped if s.kind == "newer"]
    return Gathered(
        records=tuple(records),
        left_out=dict(sorted(sieve.left_out.items())),
        trend=trend(counting, scope.rubric, before=scope.now),
        reasons=(*_newer(newer), *sieve.doubts()),
        notes=tuple(f"store: passed over {s}" for s in skipped),
        shards=frozenset((e.commit, e.shard) for e in counting if e.shard),
    )


class _Sieve:
    """Says which records count, and keeps why others do not."""

    def __init__(self, scope: Scope, entries: Sequence[Entry]) -> None:
        self.left_out: Counter[str] = Counter()
        self._scope = scope
        self._own_branch = scope.git.branch
        self._ancestry = self._asked({e.commit for e in entries if e.commit})

    def _asked(self, commits: set[str]) -> Ancestry | None:
        """Return what git says of commits; None where any commit will do."""
        if self._scope.policy.commits == "any":
            return None
        return ancestry(self._scope.root, commits)

    def lets_through(self, entry: Entry) -> bool:
        """Whether a record counts, by what its entry says."""
        return self._noted(self._objection(entry))

    def lets_through_record(self, found: StoredRecord) -> bool:
        """Whether a record counts, by what only itself can say."""
        if found.record.rubric.id != self._scope.rubric.id:
            return self._noted("of another rubric")
        allowed = self._allowed(found.record.run.branch, fnmatchcase)
        return self._noted("" if allowed else _BRANCH)

    def doubts(self) -> Iterator[Reason]:
        """Yield why what was let through may not be all that counts."""
        if number := self.left_out[_SHALLOW]:
            records = "1 record is" if number == 1 else f"{number} records are"
            yield Reason(kind="store", detail=f"store: {records} {_SHALLOW}")

    def _noted(self, objection: str) -> bool:
        if objection:
            self.left_out[objection] += 1
        return not objection

    def _objection(self, entry: Entry) -> str:
        if is_ahead(entry.started_at, self._scope.now):
            return AHEAD
        if entry.dirty:
            return "on uncommitted changes"
        if entry.dirty is None and entry.commit is not None:
            return "of which git could not tell whether there were uncommitted changes"
        if self._scope.policy.require_ci and not entry.ci:
            return "outside CI (policy require_ci)"
        if not self._allowed(entry.branch, _may_match):
            return _BRANCH
        return self._objection_to_commit(entry.commit)

    def _allowed(self, branch: str | None, matches: Callable[[str, str], bool]) -> bool:
        patterns = self._scope.policy.branches
        if not patterns or branch is None:
            return not patterns
        own = self._own_branch
        if own is not None and branch in (own, short_branch(own)):
            return True
        return any(matches(branch, pattern) for pattern in patterns)

    def _objection_to_commit(self, commit: str | None) -> str:
        if self._ancestry is None:
            return ""
        if commit is None or self._scope.git.commit is None:
            # Runs outside of git are of one state as far as anybody knows, which is said.
            return "" if commit is self._scope.git.commit else "of a commit that nobody can place"
        if commit in self._ancestry.ancestors:
            return ""
        if commit in self._ancestry.unknown:
            return _SHALLOW if self._scope.git.shallow else _UNKNOWN
        return "of commits that are not in the history of this one"


_UNKNOWN = "of commits that this checkout does not know"
_SHALLOW = f"{_UNKNOWN} (it is shallow: fetch all of its history)"
_BRANCH = "of other branches (policy branches)"


def _may_match(branch: str, pattern: str) -> bool:
    """Whether a branch, which an entry may show cut short, may match a pattern."""
    if "~" not in branch:
        return fnmatchcase(branch, pattern)
    has_wildcards = any(character in pattern for character in "*?[")
    return has_wildcards or short_branch(pattern) == branch


def _by_scope(entries: Iterable[Entry]) -> dict[_Kind, list[Entry]]:
    """Return the entries of each set of tests, in their order.

    Shards are kept apart, since those without tests would look the same; so are runs with and
    without proofs or failures, since the newest may be of older code and not have the last word.
    """
    found: dict[_Kind, list[Entry]] = defaultdict(list)
    for entry in entries:
        found[_kind(entry)].append(entry)
    return found


def _newest(
    groups: Mapping[_Kind, list[Entry]], number: int, left_out: Counter[str]
) -> list[Entry]:
    """Take the newest of each group; those that failed come first, and of equals the newest.

    There are bounds, so that a store of any size can be read. What lies beyond is counted.
    """
    taken = [group.pop() for group in groups.values() for _ in range(min(number, len(group)))]
    taken.sort(key=lambda e: (e.failing, e.started_at, e.key), reverse=True)
    found: list[Entry] = []
    alike: Counter[_Kind] = Counter()
    for entry in taken:
        kind = (entry.functions, *_kind(entry)[1:])
        alike[kind] += 1
        if entry.functions and not entry.failing and alike[kind] > SETS_OF_PARAMETERS * number:
            left_out[REPLACED] += 1
        elif len(found) == READ_AT_MOST:
            left_out[BEYOND] += 1
        else:
            found.append(entry)
    return found


def _read(
    store: Store, wanted: Sequence[Entry], older: Mapping[_Kind, list[Entry]]
) -> Iterator[StoredRecord | Skipped]:
    """Yield records; one that cannot be read gives way to an older one of its group."""
    while wanted:
        again: list[Entry] = []
        for entry, found in zip(wanted, store.read(wanted), strict=True):
            yield found
            rest = older[_kind(entry)]
            if isinstance(found, Skipped) and rest:
                again.append(rest.pop())
        wanted = again


def _kind(entry: Entry) -> _Kind:
    return entry.scope, entry.shard, entry.proved, entry.failing


def _newer(skipped: Sequence[Skipped]) -> Iterator[Reason]:
    if skipped:
        records = "1 record is" if len(skipped) == 1 else f"{len(skipped)} records are"
        mend = "update pytest-mltestscore"
        yield Reason(kind="store", detail=f"store: {records} of a newer version; {mend}")
