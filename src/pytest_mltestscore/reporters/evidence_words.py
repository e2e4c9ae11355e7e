"""What a store added to a score, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..domain.counting import age_in_words, count
from ..domain.evidence import Seen, TestEvidence
from ..domain.record import Record


def from_others(record: Record) -> Iterator[str]:
    """Yield what a person should know of results that other runs saw; nothing without a store."""
    if record.pool is None:
        return
    told = {t.nodeid: t.seen for item in record.items for t in item.tests if t.seen}
    yield _results([seen for seen in told.values() if seen.run != record.run.id])
    if proved := sum(bool(seen.proved_in) for seen in told.values()):
        yield f"{count(proved, 'test')} tried with faults in an earlier run, and unchanged since"
    if record.pool.left_out:
        reasons = [f"{n} {why}" for why, n in record.pool.left_out.items()]
        records = count(
            sum(record.pool.left_out.values()), "stored record does", "stored records do"
        )
        yield f"{records} not count: {'; '.join(reasons)}"


def _results(borrowed: Sequence[Seen]) -> str:
    if not borrowed:
        return "no result of another run was needed or found"
    tests = count(len(borrowed), "test")
    runs = count(len({seen.run for seen in borrowed}), "other run")
    oldest = age_in_words(max(seen.age_s for seen in borrowed))
    return f"{tests} seen in {runs}, the oldest {oldest} ago"


def seen_elsewhere(test: TestEvidence, record: Record) -> str:
    """Return when another run saw a test; empty for results of this one."""
    if test.seen is None or test.seen.run == record.run.id:
        return ""
    return f"{age_in_words(test.seen.age_s)} ago, in run {test.seen.run[:12]}"
