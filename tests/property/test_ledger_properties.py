"""Whatever way the reports of a test take, its row is the one of the fold."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_mltestscore.collect.controller import ControllerPlugin
from pytest_mltestscore.collect.ledger import Ledger
from pytest_mltestscore.domain.evidence import Measurement
from pytest_mltestscore.scoring.fold import Attempts, evidence_of, worst
from strategies import Report, report_sequences, steady

WORKERS = ("gw0", "gw1")


class SubtestReport(pytest.TestReport):
    """Known by its name, since pytest before 9 has none."""


def controller() -> ControllerPlugin:
    """Return the part that listens, for a run in which one tagged test was selected."""
    config: Any = SimpleNamespace(invocation_params=SimpleNamespace(args=(), dir="."), args=())
    listening = ControllerPlugin(config, str)
    listening.ledger.select({"t": ("data-1",)})
    return listening


def sent(report: Report, worker: str, seconds: float) -> pytest.TestReport:
    """Return a report as pytest makes it, and xdist marks it."""
    longrepr: Any = {"failed": report.message, "skipped": ("t.py", 1, "Skipped: ")}
    kind = SubtestReport if report.subtest else pytest.TestReport
    made: Any = kind(
        nodeid="t",
        location=("t.py", 1, "t"),
        keywords={},
        outcome=report.outcome,
        longrepr=longrepr.get(report.outcome),
        when=report.when,
        duration=seconds,
    )
    made.worker_id = worker
    if report.subtest:
        made.context = None
    if report.expected_failure:
        made.wasxfail = ""
    return made


@steady
@given(st.tuples(report_sequences(), report_sequences()), st.booleans(), st.randoms())
def test_the_row_of_a_test_is_that_of_the_fold(by_worker, recorded, random):
    listening = controller()
    accounts = {worker: Attempts() for worker in WORKERS}
    queues = {
        worker: [report for attempt in attempts for report in attempt]
        for worker, attempts in zip(WORKERS, by_worker, strict=True)
    }
    place = 0
    while any(queues.values()):
        worker = random.choice([w for w, left in queues.items() if left])
        report = queues[worker].pop(0)
        seconds = 2.0 ** (place % 8)
        listening.pytest_runtest_logreport(sent(report, worker, seconds))
        report.feed(accounts[worker], seconds)
        place += 1
    measured = (Measurement(name="rows", value=1),) if recorded else ()
    if recorded:
        listening.ledger.record("t", WORKERS[0], measured, ())
    rows = [evidence_of("t", a, measured if w == "gw0" else ()) for w, a in accounts.items()]
    assert listening.ledger.evidence() == {"data-1": [worst(rows)]}
    ended = any(account.finished for account in accounts.values())
    assert listening.ledger.unfinished == (0 if ended else 1)
    assert not listening._internal_error


def test_records_of_an_attempt_that_was_thrown_away_are_gone():
    ledger = Ledger()
    ledger.select({"t": ("data-1",)})
    for _ in range(2):
        for when in ("setup", "call", "teardown"):
            ledger.add_pass("t", "", when, 0.0)
        ledger.record("t", "", (Measurement(name="rows", value=1),), ())
    ledger.add_pass("t", "", "setup", 0.0)
    [row] = ledger.evidence()["data-1"]
    assert (row.measurements, row.reruns) == ((), 2)
