"""Pool the results of runs: of each test the newest, if the test still exists.

The runs of a system may each look at another part of it, or at the same part again and again. What
they saw is pooled test by test:

- The newest result of a test counts, whatever older ones say. A failure stays until the test is
  seen again; how old a pass may be is for policy to say, when the item is judged.
- A failure of a run that is out of sight counts as long as runs in sight had pooled it.
- A newer result is no newer than the code that it is of: what passes on an older commit takes no
  failure away from a commit that was built on it, nor does a skip, unless the test was changed.
- A test that a newer run would have listed, and did not, is gone, and so is one whose file is. One
  that failed is gone only if its file was changed since: it may have been left out elsewhere.
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
from ..domain.record import Policy, Reason, Record, Shard, Source
from .ages import longest_age_days
from .echoes import echoes
from .gaps import gaps
from .items import BLOCKING
from .lineage import Lineage
from .parts import Part, Tests, part_of

NOTHING_KNOWN = Lineage()
_PLAIN = frozenset({"passed", "not-run"})


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
    lineage: Lineage = NOTHING_KNOWN,
    shards: Iterable[tuple[str | None, Shard]] = (),
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
    lineage
        What is known of commits. A test that was tried with faults counts as tried in later runs
        that did not try it, while its file is the same.
    shards
        Parts of runs that are known to have come, besides those of the records, with their commits.
    """
    parts = _parts(records)
    others = {part.run.id: part for part in parts if own is None or part.run.id != own.run.id}
    everyone = sorted(
        [*others.values(), *([own] if own else [])],
        key=lambda part: (part.moment, part is own, part.run.id),
        reverse=True,
    )
    seen = _seen_by_item(everyone, _Existing(everyone, lineage))
    tests = {
        item: [_settled(sightings, policy, now, lineage) for sightings in by_test.values()]
        for item, by_test in seen.items()
    }
    longest = dt.timedelta(days=longest_age_days(policy, sections))
    recent = [part for part in everyone if now - part.moment <= longest]
    return Pooled(tests, _sources(tests, others), gaps(tests, recent, own, frozenset(shards)))


def places_of_tests(
    records: Iterable[Record], own: Part | None, head: str | None
) -> set[tuple[str, str]]:
    """Return the commits and files that a lineage should know.

    Most tests only pass, and of their files it is enough to know whether they are still there.
    """
    parts = [*_parts(records), *([own] if own else [])]
    seen = [
        (part.run.commit, row) for part in parts for found in part.tests.values() for row in found
    ]
    every = {(commit, _path(row)) for commit, row in seen}
    telling = {_path(row) for _, row in seen if row.proof or row.outcome not in _PLAIN}
    commits = {part.run.commit for part in parts} | {head}
    places = every | {(head, path) for _, path in every}
    places |= {(commit, path) for commit in commits for path in telling}
    return {(commit, path) for commit, path in places if commit}


def _parts(records: Iterable[Record]) -> list[Part]:
    listed = list(records)
    return [*map(part_of, listed), *echoes(listed)]


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
                if existing.has(item, row, part):
                    of_item.setdefault(row.nodeid, []).append(_Sighting(part, row))
    return found


class _Existing:
    """Knows which tests are gone: by the newest run that would have listed them."""

    def __init__(self, newest_first: Sequence[Part], lineage: Lineage) -> None:
        self._lineage = lineage
        self._listing = [p for p in newest_first if p.run.collected and p.lists_everything]
        self._listed: dict[tuple[str, str], frozenset[str]] = {}
        self._newest: dict[str, Part | None] = {}

    def has(self, item: str, row: TestEvidence, part: Part) -> bool:
        """Whether a test that a part saw still serves the item."""
        path = _path(row)
        if path not in self._newest:
            self._newest[path] = next((p for p in self._listing if p.covers(path)), None)
        newest = self._newest[path]
        if newest is None or newest is part or newest.moment <= part.moment:
            return not self._lineage.was_deleted(path, part)
        if row.nodeid in self._listed_by(newest, item):
            return True
        return row.outcome in BLOCKING and self._lineage.is_same(path, part, newest)

    def _listed_by(self, part: Part, item: str) -> frozenset[str]:
        key = part.run.id, item
        if key not in self._listed:
            seen = frozenset(row.nodeid for row in part.tests.get(item, ()))
            self._listed[key] = seen | part.borrowed.get(item, frozenset())
        return self._listed[key]


def _settled(
    newest_first: Sequence[_Sighting], policy: Policy, now: dt.datetime, lineage: Lineage
) -> TestEvidence:
    """Return the row of a test that counts, with where it was seen."""
    ran = [s for s in newest_first if s.row.outcome != "not-run"]
    if not ran:
        return newest_first[0].row
    counts = _counting(ran, policy, lineage)
    runs = {s.part.run.id for s in ran if s.row.outcome == "passed"}
    proved = _proved(counts, ran, lineage)
    seen = Seen(
        run=counts.part.run.id,
        age_s=max(0, int((now - counts.part.moment).total_seconds())),
        runs=len(runs),
        ci=counts.part.run.ci is not None,
        proved_in="" if proved is counts else proved.part.run.id,
    )
    return replace(counts.row, proof=proved.row.proof, seen=seen)


def _counting(newest_first: Sequence[_Sighting], policy: Policy, lineage: Lineage) -> _Sighting:
    """Return the sighting that says what a test does."""
    newest = newest_first[0]
    path = _path(newest.row)
    real = next((s for s in newest_first if s.row.outcome != "skipped"), newest)
    if lineage.was_changed(path, real.part, newest.part):  # then the skip is meant
        real = newest
    for older in newest_first[_place(real, newest_first) :]:
        if older.row.outcome in BLOCKING and lineage.is_behind(real.part, older.part):
            return older
    if policy.require_ci:  # a pass at home takes nothing away from the one in CI before it
        since = newest_first[_place(real, newest_first) :]
        unbroken = takewhile(lambda s: s.row.outcome in ("passed", "skipped"), since)
        passes = (s for s in unbroken if s.row.outcome == "passed")
        return next((s for s in passes if s.part.run.ci), real)
    return real


def _place(sighting: _Sighting, among: Sequence[_Sighting]) -> int:
    return next(place for place, other in enumerate(among) if other is sighting)


def _proved(counts: _Sighting, newest_first: Sequence[_Sighting], lineage: Lineage) -> _Sighting:
    """Return the newest sighting that tells what the test does about faults, if one does."""
    if counts.row.proof is not None:
        return counts
    path = _path(counts.row)
    tried = (s for s in newest_first if s.row.proof is not None and s.row.proof.trials)
    return next((s for s in tried if lineage.is_same(path, s.part, counts.part)), counts)


def _path(row: TestEvidence) -> str:
    return row.nodeid.partition("::")[0]


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
