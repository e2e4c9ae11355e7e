"""What one run showed: a test with its outcome and measurements, or a statement by a person."""

from __future__ import annotations

import datetime as dt
from typing import Literal

import msgspec

from .proof import Proof

Outcome = Literal[
    "crashed", "incomplete", "error", "failed", "xpassed", "xfailed", "skipped", "not-run", "passed"
]
"""How a test ended, worst first.

`not-run` is a test that was collected and left out or never started; unlike the others it gives
way to any outcome of the same test seen elsewhere.
"""

ALTERNATIVE = " or "
"""Between arguments of `MLSystem` of which a test needs one, such as `train= or estimator=`."""

Phase = Literal["setup", "call", "teardown"]
Scalar = bool | int | float | str | None


class Measurement(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A value that a test recorded. It is shown and never changes an outcome."""

    name: str
    value: Scalar
    limit: str = ""
    """The bound as a person would write it, such as `>= 10000`."""
    unit: str = ""
    volatile: bool = False
    """Differs from run to run (timings), so left out when records are compared."""
    nonfinite: str = ""
    """`nan`, `inf` or `-inf` where `value` is null because JSON cannot hold it."""


class CheckEvidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The result of a check called inside a test."""

    name: str
    holds: bool
    summary: str
    expect: Literal["holds", "fails"] = "holds"
    item: str = ""
    """Name of the rubric item that the check was made for."""
    measurements: tuple[Measurement, ...] = ()
    table: tuple[dict[str, Scalar], ...] = ()
    """Rows of equal keys, worst first, cut to what a person reads."""
    rows_seen: int | None = None
    rows_total: int | None = None
    notes: tuple[str, ...] = ()
    """What a reader must know to judge the result, such as that a sample was taken."""
    volatile: bool = False
    """The numbers differ from run to run, so they are left out when records are compared."""

    @property
    def as_expected(self) -> bool:
        """Whether the check came out as the test said it would."""
        return self.holds == (self.expect == "holds")


class Subtests(msgspec.Struct, frozen=True, kw_only=True):
    """Counts over the subtests of one test."""

    total: int
    failed: int


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how often the result of a test was seen, in a score that a store took part in."""

    run: str
    """Id of the run that it comes from."""
    age_s: int
    """Whole seconds since that run began."""
    runs: int = 1
    """Different runs in which the test passed, as far back as the store was looked at."""
    ci: bool = False
    """Whether a CI job saw it."""
    proved_in: str = ""
    """Id of the run that tried the test with faults, if it was another; the test is unchanged."""


class TestEvidence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The one row that a test has in a record, whatever its reports, reruns and subtests."""

    __test__ = False  # not a test class, whatever its name

    nodeid: str
    outcome: Outcome
    phase: Phase | None = None
    """Where it ended, if not by passing its call."""
    duration_s: float = 0.0
    flaky: bool = False
    reruns: int = 0
    note: str = ""
    message: str = ""
    """First lines of the failure, cleaned and cut."""
    subtests: Subtests | None = None
    measurements: tuple[Measurement, ...] = ()
    checks: tuple[CheckEvidence, ...] = ()
    proof: Proof | None = None
    """What came of faults in what the test is given; None where nothing was to be proved."""
    needs: tuple[str, ...] = ()
    """What a test of the suite skipped for want of: arguments of `MLSystem`, such as `model=`."""
    seen: Seen | None = None
    """None where a run was scored by itself."""


class Attestation(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dated, owned, expiring statement that something was done by hand and made known."""

    item: str
    owner: str
    date: dt.date
    expires: dt.date
    """Last day (UTC) on which it counts."""
    summary: str
    distributed_to: str
    link: str = ""
    file: str = ""


class Waiver(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A dated decision to live without an item. It silences gates and never raises the score."""

    item: str
    reason: str
    owner: str
    expires: dt.date


class AcceptedFault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A statement that tests may miss a fault, and why. It proves nothing."""

    fault: str
    reason: str
    test: str = ""
    """Pattern of the node ids of the tests that it is about; empty for all tests of the item."""
    item: str = ""
    """Id of the item that it is about; empty for all items that the tests serve."""
