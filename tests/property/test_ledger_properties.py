"""However the ledger keeps its accounts, its rows are those of the fold."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.collect.ledger import Ledger
from pytest_mltestscore.domain.evidence import Measurement
from pytest_mltestscore.scoring.fold import Attempts, evidence_of
from strategies import Report, report_sequences, steady

PHASES = ("setup", "call", "teardown")


def enter(ledger: Ledger, report: Report, seconds: float) -> None:
    """Enter a report as the controller does, which has a faster way for passes."""
    told = report.expected_failure or report.subtest or report.message
    if report.outcome == "passed" and report.when in PHASES and not told:
        ledger.add_pass("t", "", report.when, seconds)
    else:
        add(ledger.attempts("t", "", report.when), report, seconds)


def add(attempts: Attempts, report: Report, seconds: float) -> None:
    attempts.add(
        report.when,
        report.outcome,
        expected_failure=report.expected_failure,
        subtest=report.subtest,
        message=report.message,
        duration_s=seconds,
    )


@steady
@given(report_sequences(), st.booleans())
def test_rows_of_the_ledger_are_those_of_the_fold(attempts, recorded):
    ledger, account = Ledger(), Attempts()
    ledger.select({"t": ("data-1",)})
    for place, report in enumerate(report for attempt in attempts for report in attempt):
        enter(ledger, report, 2.0**place)
        add(account, report, 2.0**place)
    measured = (Measurement(name="rows", value=1),) if recorded else ()
    if recorded:
        ledger.record("t", "", measured, ())
    assert ledger.evidence() == {"data-1": [evidence_of("t", account, measured)]}
    assert ledger.unfinished == (0 if account.finished else 1)


def test_records_of_an_attempt_that_was_thrown_away_are_gone():
    ledger = Ledger()
    ledger.select({"t": ("data-1",)})
    for _ in range(2):
        for when in PHASES:
            ledger.add_pass("t", "", when, 0.0)
        ledger.record("t", "", (Measurement(name="rows", value=1),), ())
    ledger.add_pass("t", "", "setup", 0.0)
    [row] = ledger.evidence()["data-1"]
    assert (row.measurements, row.reruns) == ((), 2)
