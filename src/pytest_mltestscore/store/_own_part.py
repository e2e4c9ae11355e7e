"""What a run saw by itself, in the few letters that the name of its record has for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from ..domain.evidence import TestEvidence
from ..domain.record import Record


def flags(record: Record) -> str:
    """Return how complete a run was, and what else is worth a letter."""
    run = record.run
    found = "x" if run.cut_short else "w" if run.complete else "p"
    if run.dirty is None:
        found += "n"
    elif run.dirty:
        found += "d"
    found += "i" if run.ci else ""
    found += "v" if any(_tried(row) for row in _own_rows(record)) else ""
    return found + ("f" if any(item.state == "failing" for item in record.items) else "")


def scope(record: Record) -> str:
    """Return what is the same for runs of the same tests that looked into the same folders.

    Behind a hyphen stands what is the same where only the parameters of tests are others; nothing
    where no test has any.
    """
    ids = {row.nodeid for row in _own_rows(record)}
    # A skip takes no result away, so the run before must be read as well.
    skipped = {row.nodeid for row in _own_rows(record) if row.outcome == "skipped"}
    folders = [f"in {folder}" for folder in record.run.collected]
    of_ids = _digest([*sorted(ids), *(f"skips {id_}" for id_ in sorted(skipped)), *folders], 12)
    functions = {_function(nodeid) for nodeid in ids}
    return of_ids if functions == ids else f"{of_ids}-{_digest([*sorted(functions), *folders], 6)}"


def _digest(lines: Sequence[str], digits: int) -> str:
    listed = "\n".join(lines).encode(errors="backslashreplace")
    return hashlib.sha256(listed).hexdigest()[:digits]


def _function(nodeid: str) -> str:
    path, colons, name = nodeid.partition("::")
    return f"{path}{colons}{name.partition('[')[0]}"


def _tried(test: TestEvidence) -> bool:
    elsewhere = test.seen is not None and test.seen.proved_in
    return not elsewhere and test.proof is not None and bool(test.proof.trials)


def _own_rows(record: Record) -> Iterator[TestEvidence]:
    """Yield the tests that the run itself saw."""
    for test in (test for item in record.items for test in item.tests):
        if test.outcome != "not-run" and (test.seen is None or test.seen.run == record.run.id):
            yield test
