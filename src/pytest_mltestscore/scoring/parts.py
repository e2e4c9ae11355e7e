"""What one run saw by itself, as a part of what several runs show together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ..domain.evidence import TestEvidence
from ..domain.record import UNLISTED_KINDS, Reason, ReasonKind, Record, Run

EVERYTHING = "."

Tests = Mapping[str, Sequence[TestEvidence]]
"""Item id to one row a test."""


class Part(NamedTuple):
    """What one run saw by itself. The reasons of `run` are its own."""

    run: Run
    tests: Tests
    borrowed: Mapping[str, frozenset[str]] = {}
    """Item id to tests that others had seen: the run knew that they exist."""

    @property
    def moment(self) -> dt.datetime:
        """When it began."""
        return dt.datetime.fromisoformat(self.run.started_at).astimezone(dt.UTC)

    @property
    def lists_everything(self) -> bool:
        """Whether every tagged test of its folders is listed."""
        kinds: set[ReasonKind] = {reason.kind for reason in self.run.incomplete_reasons}
        return not kinds & UNLISTED_KINDS

    def covers(self, path: str) -> bool:
        """Whether a file lies in one of its folders."""
        return any(_lies_in(path, folder) for folder in self.run.collected)


def part_of(record: Record) -> Part:
    """Return what the run of a record saw by itself, if others were added to it."""
    if record.pool is None:
        run = record.run
    else:
        reasons = record.pool.own_reasons
        run = replace(record.run, incomplete_reasons=reasons, complete=not reasons)
    rows = {item.id: [_bare(t) for t in item.tests if _is_own(t, run)] for item in record.items}
    borrowed = {
        item.id: frozenset(t.nodeid for t in item.tests if not _is_own(t, run))
        for item in record.items
    }
    return Part(run, {item: found for item, found in rows.items() if found}, borrowed)


def _is_own(test: TestEvidence, run: Run) -> bool:
    return test.seen is None or test.seen.run == run.id


def _bare(test: TestEvidence) -> TestEvidence:
    if test.seen is None:
        return test
    return replace(test, seen=None, proof=None if test.seen.proved_in else test.proof)


def of_the_whole(run: Run, reasons: Iterable[Reason]) -> Run:
    """Return a run that is incomplete for these reasons."""
    listed = tuple(sorted({*reasons}))
    return replace(run, complete=not listed, incomplete_reasons=listed)


def without_details_of_others(record: Record) -> Record:
    """Return a record in which results of other runs are short: those runs have records too."""
    items = (replace(i, tests=tuple(_short(t, record) for t in i.tests)) for i in record.items)
    return replace(record, items=tuple(items), trend=())


def _short(test: TestEvidence, record: Record) -> TestEvidence:
    if test.seen is None or test.seen.run == record.run.id:
        return test
    return replace(test, message="", measurements=(), checks=(), subtests=None)


def _lies_in(path: str, folder: str) -> bool:
    return folder in (EVERYTHING, path) or path.startswith(f"{folder}/")
