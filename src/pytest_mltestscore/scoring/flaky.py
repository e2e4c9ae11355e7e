"""Tests that do not say the same thing twice, seen over several runs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..domain.evidence import Outcome, TestEvidence
from ..domain.record import Record

_FAILED: frozenset[Outcome] = frozenset({"failed", "error", "crashed"})
"""Not `incomplete`: that the run ended is no fault of the test."""


class Flaky(NamedTuple):
    """A test of an item that both passed and failed on the same code."""

    item: str
    nodeid: str
    runs: int
    """Runs in which it passed or failed."""
    failed: int
    reruns: int
    """Runs in which it passed when it was tried again."""
    both: int
    """Times that it failed on a commit, without uncommitted changes, on which it also passed."""


@dataclass(slots=True)
class _Tally:
    """What became of a test of an item, by commit."""

    runs: set[str] = field(default_factory=set)
    reruns: int = 0
    passed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    failed: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, row: TestEvidence, record: Record) -> None:
        run = record.run
        if run.id in self.runs:  # a part of a run, and the whole that was merged from the parts
            return
        self.runs.add(run.id)
        self.reruns += row.flaky and row.outcome == "passed"
        # Of changes that were not committed nobody knows whether they are the same.
        commit = run.commit if run.commit and run.dirty is False else ""
        (self.failed if row.outcome in _FAILED else self.passed)[commit] += 1

    def both(self) -> int:
        return sum(n for commit, n in self.failed.items() if commit and commit in self.passed)


def flaky(records: Iterable[Record]) -> list[Flaky]:
    """Return the flaky tests in records of one system, by item.

    A result that a record took from another run counts where it comes from, not there.

    Parameters
    ----------
    records
        Complete or not. Their order is that of time; items come as the last of them has them.
    """
    tallies: dict[tuple[str, str], _Tally] = defaultdict(_Tally)
    order: Sequence[str] = ()
    for record in records:
        order = [item.id for item in record.items]
        for item_id, row in _own_rows(record):
            tallies[item_id, row.nodeid].add(row, record)
    places = {item: place for place, item in enumerate(order)}
    return sorted(_found(tallies), key=lambda test: (places.get(test.item, len(places)), *test))


def _own_rows(record: Record) -> Iterator[tuple[str, TestEvidence]]:
    for item in record.items:
        for row in item.tests:
            is_own = row.seen is None or row.seen.run == record.run.id
            if is_own and (row.outcome == "passed" or row.outcome in _FAILED):
                yield item.id, row


def _found(tallies: Mapping[tuple[str, str], _Tally]) -> Iterator[Flaky]:
    for (item, nodeid), tally in tallies.items():
        both = tally.both()
        if tally.reruns or both:
            failed = sum(tally.failed.values())
            yield Flaky(item, nodeid, len(tally.runs), failed, tally.reruns, both)
