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
from ..domain.proof import Proof
from ..domain.text import MESSAGE_LIMIT

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
_CALL_ENDED = _CALL_PASSED | _CALL_FAILED | _CALL_XFAIL
_ENDED = _TEARDOWN_SEEN | _CRASHED | _RERUN
_PASSED = {"setup": _SETUP_PASSED, "call": _CALL_PASSED, "teardown": _TEARDOWN_SEEN}
_PLAINLY_PASSED = _SETUP_PASSED | _CALL_PASSED | _TEARDOWN_SEEN
_BY_OUTCOME = {
    "passed": _PASSED,
    "failed": {
        "setup": _SETUP_FAILED,
        "call": _CALL_FAILED,
        "teardown": _TEARDOWN_SEEN | _TEARDOWN_FAILED,
    },
    "skipped": {"setup": _SKIPPED, "call": _SKIPPED, "teardown": _TEARDOWN_SEEN},
}


class Attempts:
    """All attempts at one test by one worker. The last one counts; a crash is never forgiven."""

    __slots__ = (
        "_began",
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
        self._began = False
        self._bits = self._subtests = self._failed_subtests = self._skipped_subtests = 0
        self.duration_s = 0.0
        self.message = self.note = ""

    @classmethod
    def of_a_pass(cls, duration_s: float) -> Attempts:
        """Return the account of a test that passed plainly; see `passed_plainly`."""
        passed = cls()
        passed._began = True
        passed._bits = _PLAINLY_PASSED
        passed.duration_s = duration_s
        return passed

    def add_pass(self, when: Phase, duration_s: float) -> None:
        """Take into account that a phase passed; `add` for the most frequent report, and faster."""
        if self._began and when == "setup":
            self._begin_another()
        self._began = True
        self._bits |= _PASSED[when]
        self.duration_s += duration_s

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
        if self._begins_another(when, subtest):
            self._begin_another()
        if subtest:
            self._add_subtest(outcome, expected_failure)
        else:
            self._began = True
            self._bits |= _bits_of(when, outcome, expected_failure)
            self.duration_s += duration_s
        # A thousand failing subtests need not all speak, but a broken tear-down always does.
        if message and (when == "teardown" or len(self.message) < MESSAGE_LIMIT):
            self.message = f"{self.message}\n{message}" if self.message else message
        self.note = self.note or note

    def _begins_another(self, when: str | None, subtest: bool) -> bool:
        if subtest:  # subtests of a fixture are reported before the set-up that they belong to
            return bool(self._bits & _ENDED)
        return when == "setup" and self._began

    def _begin_another(self) -> None:
        self._crashed_before |= bool(self._bits & _CRASHED)
        last_words = self.message if self._crashed_before else ""
        self.reruns += 1
        self._start()
        self.message = last_words

    def _add_subtest(self, outcome: str, expected_failure: bool) -> None:
        self._subtests += 1
        if outcome == "failed":
            self._failed_subtests += 1
            self._bits |= _CALL_FAILED
        elif expected_failure:
            self._bits |= _XFAILED if outcome == "skipped" else _XPASSED
        elif outcome == "skipped":
            self._skipped_subtests += 1

    @property
    def finished(self) -> bool:
        """Whether the last attempt has come to its end, for better or worse."""
        return bool(self._bits & (_TEARDOWN_SEEN | _CRASHED))

    @property
    def passed_plainly(self) -> bool:
        """Whether all phases passed at once, so that there is nothing to tell but how long."""
        said = self.reruns or self._crashed_before or self._subtests or self.message or self.note
        return self._bits == _PLAINLY_PASSED and not said

    @property
    def outcome(self) -> Outcome:
        """The outcome of the last attempt."""
        bits = self._bits
        if bits & _CRASHED or self._crashed_before:
            return "crashed"
        if bits & _CALL_FAILED:
            return "failed"
        if bits & (_SETUP_FAILED | _TEARDOWN_FAILED):
            return "error"
        if bits & _RERUN or not bits & _TEARDOWN_SEEN:
            return "incomplete"  # thrown away with nothing after it, or its tear-down is unknown
        if bits & _XFAILED:
            return "xfailed"
        if bits & _XPASSED:
            return "xpassed"
        if bits & _SKIPPED or (self._subtests and self._skipped_subtests == self._subtests):
            return "skipped"
        whole = _SETUP_PASSED | _CALL_PASSED
        return "passed" if bits & whole == whole else "incomplete"

    @property
    def phase(self) -> Phase | None:
        """Where the last attempt ended, if it did not pass.

        None for a tear-down that failed after a skip: `teardown` says that the call came to its
        end, which earns the literal credit.
        """
        bits, outcome = self._bits, self.outcome
        if outcome in ("passed", "crashed", "incomplete"):
            return None
        if outcome == "error" and not bits & _SETUP_FAILED:
            return "teardown" if bits & _CALL_ENDED else None
        return "call" if bits & (_CALL_ENDED | _SETUP_PASSED) else "setup"

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
    if outcome == "failed" or not expected_failure:
        # An outcome that some plugin made up shows nothing, so the attempt stays incomplete.
        return _BY_OUTCOME.get(outcome, {}).get(when, 0)
    bits = {"setup": 0, "call": _CALL_XFAIL, "teardown": _TEARDOWN_SEEN}[when]
    return bits | (_XFAILED if outcome == "skipped" else _XPASSED)


def evidence_of(
    nodeid: str,
    attempts: Attempts,
    measurements: Sequence[Measurement] = (),
    checks: Sequence[CheckEvidence] = (),
    proof: Proof | None = None,
    needs: Sequence[str] = (),
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
        proof=proof,
        needs=tuple(needs) if outcome == "skipped" else (),
    )


def evidence_of_a_pass(nodeid: str, duration_s: float) -> TestEvidence:
    """Return the row of a test that passed plainly and recorded nothing, as `evidence_of` would."""
    return TestEvidence(nodeid=nodeid, outcome="passed", duration_s=round(duration_s, 6))


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
    TypeError
        If there are no rows.
    """
    return reduce(_worse, rows)


def _worse(one: TestEvidence, other: TestEvidence) -> TestEvidence:
    kept, left = sorted((one, other), key=_badness)
    return msgspec.structs.replace(
        kept,
        flaky=kept.flaky or left.flaky,
        reruns=max(kept.reruns, left.reruns),
        proof=min(filter(None, (kept.proof, left.proof)), key=msgspec.json.encode, default=None),
    )


def _badness(row: TestEvidence) -> tuple[int, bytes]:
    # Without what is united below, or the order of three rows would depend on the first two.
    alone = msgspec.structs.replace(row, flaky=False, reruns=0, proof=None)
    return _RANK[row.outcome], msgspec.json.encode(alone)
