"""Accepted faults: which missed faults a project accepts, and which of its statements are stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ..domain.evidence import AcceptedFault, TestEvidence
from ..domain.nodeids import compiled
from ..domain.proof import Trial
from ..domain.record import AcceptedFaultStatus

Tests = Mapping[str, Sequence[TestEvidence]]
"""Item id to one row a test."""


def with_accepted(
    test: TestEvidence, item: str, statements: Sequence[AcceptedFault]
) -> TestEvidence:
    """Return a test of an item with the missed faults that it may miss marked as accepted.

    What was accepted before, such as in a record that is scored again, is judged anew.
    """
    proof = test.proof
    if proof is None or not (proof.count("missed") or proof.count("accepted")):
        return test
    about = [s for s in statements if _is_about(s, item, test)]
    trials = tuple(_judged(trial, about) for trial in proof.trials)
    return msgspec.structs.replace(test, proof=msgspec.structs.replace(proof, trials=trials))


def _judged(trial: Trial, about: Sequence[AcceptedFault]) -> Trial:
    if trial.verdict not in ("missed", "accepted"):
        return trial
    reason = next((s.reason for s in about if s.fault == trial.fault), None)
    if reason is None:
        return msgspec.structs.replace(trial, verdict="missed", why="")
    return msgspec.structs.replace(trial, verdict="accepted", why=reason)


def _is_about(statement: AcceptedFault, item: str, test: TestEvidence) -> bool:
    if statement.item and statement.item != item:
        return False
    return not statement.test or compiled(statement.test).match(test.nodeid) is not None


def statuses(
    statements: Sequence[AcceptedFault], tests: Tests, *, everything_seen: bool
) -> tuple[AcceptedFaultStatus, ...]:
    """Say of each statement how many tests need it, and whether it is stale.

    Parameters
    ----------
    statements
        What the project accepts.
    tests
        Those of all items, as `with_accepted` returns them.
    everything_seen
        No test was left out, so one that was not seen does not exist.
    """
    return tuple(_status(statement, tests, everything_seen) for statement in statements)


def _status(statement: AcceptedFault, tests: Tests, everything_seen: bool) -> AcceptedFaultStatus:
    about = {row.nodeid: row for row in _rows(statement, tests)}
    verdicts = [_verdict(statement.fault, row) for row in about.values()]
    stale = ""
    if everything_seen and not about:
        stale = "there is no such test"
    # A test that was not tried may miss the fault the next time.
    elif everything_seen and {*verdicts} <= {"caught", "not-planned"} and "caught" in verdicts:
        stale = "it is caught now"
    needed = verdicts.count("accepted")
    return AcceptedFaultStatus(statement=statement, tests=needed, stale=stale)


def _rows(statement: AcceptedFault, tests: Tests) -> Iterator[TestEvidence]:
    """Yield the tests that a statement is about; one that serves several items comes as often."""
    for item, rows in tests.items():
        yield from (row for row in rows if _is_about(statement, item, row))


def _verdict(fault: str, row: TestEvidence) -> str:
    """Return what came of a fault, `not-planned` if it fits nothing of the test, else empty."""
    proof = row.proof
    if proof is None or proof.why:
        return ""
    tried = next((trial.verdict for trial in proof.trials if trial.fault == fault), "")
    return tried or ("" if proof.left_out else "not-planned")
