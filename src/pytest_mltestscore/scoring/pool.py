"""Pool the results of runs: of each test the newest, if the test still exists.

The runs of a system may each look at another part of it, or at the same part again and again. What
they saw is pooled test by test:

- The newest result of a test counts, whatever older ones say. A failure stays until the test is
  seen again; how old a pass may be is for policy to say, when the item is judged.
- A test that a newer run would have listed, and did not, is gone.
- The pool shows everything unless a run of it was cut short and not repeated, or a part that was
  announced never came.

The order in which the runs are given does not matter.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile
from typing import NamedTuple

from msgspec.structs import replace

from ..domain.evidence import Seen, TestEvidence
from ..domain.record import Policy, Reason, Record, Source
from .ages import longest_age_days
from .gaps import gaps
from .parts import Part, Tests, part_of

Files = Mapping[tuple[str, str], str]
"""Commit and path of a file, to what its content is called; equal names are equal contents."""


class Pooled(NamedTuple):
    """What all runs show together."""

    tests: dict[str, list[TestEvidence]]
    """Each row with where it was seen."""
    sources: tuple[Source, ...]
    """The runs besides the own one whose results count, in order of time."""
    reasons: tuple[Reason, ...]
    """Why the pool does not show everything."""


def pool(
    records: Iterable[Record],
    own: Part | None,
    *,
    policy: Policy,
    sections: Sequence[str],
    now: dt.datetime,
    files: Files | None = None,
) -> Pooled:
    """Pool what runs saw.

    Parameters
    ----------
    records
        Of runs in a store. One that comes twice counts once.
    own
        What the run saw that is being scored; None where only the store is.
    policy
        Of the project.
    sections
        Ids of the sections of the rubric.
    now
        The moment by which ages are judged, with its time zone.
    files
        What is known of the files of tests. A test that was tried with faults counts as tried in
        later runs that did not try it, while its file is the same.
    """
    parts = map(part_of, records)
    others = {part.run.id: part for part in parts if own is None or part.run.id != own.run.id}
    everyone = sorted(
        [*others.values(), *([own] if own else [])],
        key=lambda part: (part.moment, part is own, part.run.id),
        reverse=True,
    )
    seen = _seen_by_item(everyone, _Existing(everyone))
    tests = {
        item: [_settled(sightings, policy, now, files or {}) for sightings in by_test.values()]
        for item, by_test in seen.items()
    }
    longest = dt.timedelta(days=longest_age_days(policy, sections))
    recent = [part for part in everyone if now - part.moment <= longest]
    return Pooled(tests, _sources(tests, others), gaps(tests, recent, own))


def places_of_tests(records: Iterable[Record], own: Part | None) -> set[tuple[str, str]]:
    """Return the commits and files that `pool` asks for in `files`."""
    parts = [*map(part_of, records), *([own] if own else [])]
    proved = {
        row.nodeid.partition("::")[0]
        for part in parts
        for rows in part.tests.values()
        for row in rows
        if row.proof is not None and row.proof.trials
    }
    commits = {part.run.commit for part in parts if part.run.commit}
    return {(commit, path) for commit in commits for path in proved}


class _Sighting(NamedTuple):
    part: Part
    row: TestEvidence


def _seen_by_item(
    newest_first: Sequence[Part], existing: _Existing
) -> dict[str, dict[str, list[_Sighting]]]:
    """Return the sightings of each test of each item, the newest first."""
    found: dict[str, dict[str, list[_Sighting]]] = {}
    for part in newest_first:
        for item, rows in part.tests.items():
            of_item = found.setdefault(item, {})
            for row in rows:
                if existing.has(item, row.nodeid, part):
                    of_item.setdefault(row.nodeid, []).append(_Sighting(part, row))
    return found


class _Existing:
    """Knows which tests are gone: by the newest run that would have listed them."""

    def __init__(self, newest_first: Sequence[Part]) -> None:
        self._listing = [p for p in newest_first if p.run.collected and p.lists_everything]
        self._listed: dict[tuple[str, str], frozenset[str]] = {}
        self._newest: dict[str, Part | None] = {}

    def has(self, item: str, nodeid: str, part: Part) -> bool:
        """Whether a test that a part saw still serves the item."""
        path = nodeid.partition("::")[0]
        if path not in self._newest:
            self._newest[path] = next((p for p in self._listing if p.covers(path)), None)
        newest = self._newest[path]
        if newest is None or newest is part or newest.moment <= part.moment:
            return True
        return nodeid in self._listed_by(newest, item)

    def _listed_by(self, part: Part, item: str) -> frozenset[str]:
        key = part.run.id, item
        if key not in self._listed:
            seen = frozenset(row.nodeid for row in part.tests.get(item, ()))
            self._listed[key] = seen | part.borrowed.get(item, frozenset())
        return self._listed[key]


def _settled(
    newest_first: Sequence[_Sighting], policy: Policy, now: dt.datetime, files: Files
) -> TestEvidence:
    """Return the row of a test that counts, with where it was seen."""
    ran = [s for s in newest_first if s.row.outcome != "not-run"]
    if not ran:
        return newest_first[0].row
    counts = ran[0]
    if policy.require_ci:  # a pass at home takes nothing away from the one in CI before it
        passes = takewhile(lambda s: s.row.outcome == "passed", ran)
        counts = next((s for s in passes if s.part.run.ci), counts)
    runs = {s.part.run.id for s in ran if s.row.outcome == "passed"}
    proved = _proved(counts, ran, files)
    seen = Seen(
        run=counts.part.run.id,
        age_s=max(0, int((now - counts.part.moment).total_seconds())),
        runs=len(runs),
        ci=counts.part.run.ci is not None,
        proved_in="" if proved is counts else proved.part.run.id,
    )
    return replace(counts.row, proof=proved.row.proof, seen=seen)


def _proved(counts: _Sighting, newest_first: Sequence[_Sighting], files: Files) -> _Sighting:
    """Return the newest sighting that tells what the test does about faults, if one does."""
    if counts.row.proof is not None:
        return counts
    tried = (s for s in newest_first if s.row.proof is not None and s.row.proof.trials)
    return next((s for s in tried if _is_same_test(s, counts, files)), counts)


def _is_same_test(one: _Sighting, other: _Sighting, files: Files) -> bool:
    """Whether the file of a test is the same in two runs, as far as that is known."""
    if one.part.run.dirty or other.part.run.dirty:
        return False
    commit, another = one.part.run.commit, other.part.run.commit
    if commit is None or another is None:
        return False
    path = one.row.nodeid.partition("::")[0]
    content = files.get((commit, path))
    return commit == another or (content is not None and content == files.get((another, path)))


def _sources(tests: Tests, others: Mapping[str, Part]) -> tuple[Source, ...]:
    named: dict[str, set[str]] = defaultdict(set)
    for rows in tests.values():
        for row in rows:
            runs = {row.seen.run, row.seen.proved_in} if row.seen else set()
            for run in runs & others.keys():
                named[run].add(row.nodeid)
    used = sorted((others[run] for run in named), key=lambda part: (part.moment, part.run.id))
    return tuple(
        Source(
            run=part.run.id,
            started_at=part.run.started_at,
            commit=part.run.commit,
            branch=part.run.branch,
            ci=part.run.ci,
            tests=len(named[part.run.id]),
            shard=part.run.shard,
        )
        for part in used
    )
