"""Fold the reports of one test into one outcome.

Pytest sends several reports a test: set-up, call, tear-down, one per subtest, all of it again for
every rerun and every worker. `report.outcome` alone misleads: an expected failure arrives as
`skipped`, a failing `unittest` subtest leaves its parent `passed`, a broken tear-down follows a
passed call, a dead worker leaves nothing behind. The rules are in `docs/reference/scoring.md`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import reduce
from typing import get_args

import msgspec

from ..domain.evidence import (
    CheckEvidence,
    Measurement,
    Outcome,
    Phase,
    Subtests,
    TestEvidence,
)

WORST_FIRST: tuple[Outcome, ...] = (
    "crashed",
    "incomplete",
    "error",
    "failed",
    "xpassed",
    "xfailed",
    "skipped",
    "passed",
    "not-run",
)
"""`not-run` comes last: it gives way to whatever happened to the same test elsewhere."""

_RANK = {outcome: rank for rank, outcome in enumerate(WORST_FIRST)}
assert set(WORST_FIRST) == set(get_args(Outcome))

# What the current attempt has shown so far, as bits: fifty thousand tests share this code.
_SETUP_PASSED = 1
_CALL_PASSED = 2
_TEARDOWN_SEEN = 4
_CALL_FAILED = 8
_SETUP_FAILED = 16
_TEARDOWN_FAILED = 32
_CRASHED = 64
_RERUN = 128
_XFAILED = 256
_XPASSED = 512
_SKIPPED = 1024
_CALL_XFAIL = 2048
_BY_OUTCOME = {
    "passed": {"setup": _SETUP_PASSED, "call": _CALL_PASSED, "teardown": _TEARDOWN_SEEN},
    "failed": {
        "setup": _SETUP_FAILED,
        "call": _CALL_FAILED,
        "teardown": _TEARDOWN_SEEN | _TEARDOWN_FAILED,
    },
    "skipped": {"setup": _SKIPPED, "call": _SKIPPED, "teardown": _TEARDOWN_SEEN},
}


class Attempts:
    """All attempts at one test by one worker. The last attempt counts; a crash is never forgiven."""

    __slots__ = (
        "_bits",
        "_crashed_before",
        "_failed_subtests",
        "_skipped_subtests",
        "_subtests",
        "duration_s",
        "message",
        "note",
        "reruns",
    )

    def __init__(self) -> None:
        self.reruns = 0
        self._crashed_before = False
        self._start()

    def _start(self) -> None:
        self._bits = self._subtests = self._failed_subtests = self._skipped_subtests = 0
        self.duration_s = 0.0
        self.message = self.note = ""

    def add(
        self,
        when: str | None,
        outcome: str,
        *,
        expected_failure: bool = False,
        subtest: bool = False,
        duration_s: float = 0.0,
        message: str = "",
        note: str = "",
    ) -> None:
        """Take one report into account, in the order in which its worker sent it."""
        if when == "setup" and not subtest and self._bits:
            self._begin_another()
        if subtest:
            self._add_subtest(outcome, expected_failure)
        else:
            self._bits |= _bits_of(when, outcome, expected_failure)
            self.duration_s += duration_s
        if message:
            self.message = f"{self.message}\n{message}" if self.message else message
        if note and not self.note:
            self.note = note

    def _begin_another(self) -> None:
        self._crashed_before |= bool(self._bits & _CRASHED)
        self.reruns += 1
        self._start()

    def _add_subtest(self, outcome: str, expected_failure: bool) -> None:
        self._subtests += 1
        if expected_failure:
            self._bits |= _XFAILED if outcome == "skipped" else _XPASSED
        elif outcome == "failed":
            self._failed_subtests += 1
            self._bits |= _CALL_FAILED
        elif outcome == "skipped":
            self._skipped_subtests += 1

    @property
    def finished(self) -> bool:
        """Whether the last attempt has come to its end, for better or worse."""
        return bool(self._bits & (_TEARDOWN_SEEN | _CRASHED))

    @property
    def outcome(self) -> Outcome:  # noqa: PLR0911 - one return a row of the table reads best
        """The outcome of the last attempt."""
        bits = self._bits
        if bits & _CRASHED or self._crashed_before:
            return "crashed"
        if bits & _CALL_FAILED:
            return "failed"
        if bits & (_SETUP_FAILED | _TEARDOWN_FAILED):
            return "error"
        if bits & _RERUN:
            return "incomplete"  # thrown away, and nothing came after it
        if bits & _XFAILED:
            return "xfailed"
        if bits & _XPASSED:
            return "xpassed"
        if bits & _SKIPPED or self._subtests and self._skipped_subtests == self._subtests:
            return "skipped"
        whole = _SETUP_PASSED | _CALL_PASSED | _TEARDOWN_SEEN
        return "passed" if bits & whole == whole else "incomplete"

    @property
    def phase(self) -> Phase | None:
        """Where the last attempt ended, if it did not pass."""
        bits = self._bits
        if self.outcome in ("passed", "crashed", "incomplete"):
            return None
        if bits & (_CALL_FAILED | _CALL_PASSED | _CALL_XFAIL):
            return "teardown" if self.outcome == "error" else "call"
        return "setup" if not bits & _SETUP_PASSED else "call"

    @property
    def subtests(self) -> Subtests | None:
        """Counts over the subtests of the last attempt, None if it had none."""
        if not self._subtests:
            return None
        return Subtests(total=self._subtests, failed=self._failed_subtests)


def _bits_of(when: str | None, outcome: str, expected_failure: bool) -> int:
    if outcome == "rerun":
        return _RERUN
    if when not in ("setup", "call", "teardown"):  # `???`: what xdist sends for a dead worker
        return _CRASHED
    if not expected_failure:
        return _BY_OUTCOME[outcome][when]
    bits = {"setup": 0, "call": _CALL_XFAIL, "teardown": _TEARDOWN_SEEN}[when]
    return bits | (_XFAILED if outcome == "skipped" else _XPASSED)


def evidence_of(
    nodeid: str,
    attempts: Attempts,
    measurements: Sequence[Measurement] = (),
    checks: Sequence[CheckEvidence] = (),
) -> TestEvidence:
    """Turn the attempts of one worker at one test into its row.

    A check that came out other than expected in a test that passed nonetheless turns the row into
    a failure: somebody forgot the `assert`.
    """
    outcome, phase, note = attempts.outcome, attempts.phase, attempts.note
    if outcome == "passed":
        surprising = next((check for check in checks if not check.as_expected), None)
        if surprising is not None:
            outcome, phase = "failed", "call"
            note = _forgotten_assert(surprising)
    return TestEvidence(
        nodeid=nodeid,
        outcome=outcome,
        phase=phase,
        duration_s=round(attempts.duration_s, 6),
        flaky=attempts.reruns > 0,
        reruns=attempts.reruns,
        note=note,
        message=attempts.message if outcome != "passed" else "",
        subtests=attempts.subtests,
        measurements=tuple(measurements),
        checks=tuple(checks),
    )


def _forgotten_assert(check: CheckEvidence) -> str:
    found = "holds" if check.holds else "does not hold"
    return (
        f"check {check.name} {found}, yet the test passed: assert its result, "
        f"or call it with expect={'holds' if check.holds else 'fails'!r}"
    )


def worst(rows: Iterable[TestEvidence]) -> TestEvidence:
    """Fold rows of the same test, seen by several workers or in several runs, to the worst one.

    Commutative, associative and idempotent, so shards can be merged in any order.

    Raises
    ------
    ValueError
        If there are no rows.
    """
    return reduce(_worse, rows)


def _worse(one: TestEvidence, other: TestEvidence) -> TestEvidence:
    if one == other:
        return one
    kept, left = sorted((one, other), key=_badness)
    return msgspec.structs.replace(
        kept, flaky=kept.flaky or left.flaky, reruns=max(kept.reruns, left.reruns)
    )


def _badness(row: TestEvidence) -> tuple[int, bytes]:
    return _RANK[row.outcome], msgspec.json.encode(row)
