"""What a store added to a score, in words."""

from __future__ import annotations

from collections.abc import Iterator

from ..domain.counting import age_in_words, count
from ..domain.evidence import TestEvidence
from ..domain.record import Record


def from_others(record: Record) -> Iterator[str]:
    """Yield what a person should know of results that other runs saw; nothing without a store."""
    if record.pool is None:
        return
    yield _taken(record)
    if record.pool.left_out:
        reasons = [f"{n} {why}" for why, n in record.pool.left_out.items()]
        records = count(
            sum(record.pool.left_out.values()), "stored record does", "stored records do"
        )
        yield f"{records} not count: {'; '.join(reasons)}"


def _taken(record: Record) -> str:
    borrowed = {
        test.nodeid: test.seen.age_s
        for item in record.items
        for test in item.tests
        if test.seen and test.seen.run != record.run.id
    }
    sources = record.pool.sources if record.pool else ()
    if not borrowed:
        return "no result of another run was needed or found"
    tests = count(len(borrowed), "test")
    runs = count(len(sources), "other run")
    return f"{tests} seen in {runs}, the oldest {age_in_words(max(borrowed.values()))} ago"


def seen_elsewhere(test: TestEvidence, record: Record) -> str:
    """Return when another run saw a test; empty for results of this one."""
    if test.seen is None or test.seen.run == record.run.id:
        return ""
    return f"{age_in_words(test.seen.age_s)} ago, in run {test.seen.run[:12]}"
