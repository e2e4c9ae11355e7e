from __future__ import annotations

import pytest
from msgspec.structs import replace
from tests.sample_records import perfect

from pytest_mltestscore.domain.evidence import Seen, TestEvidence
from pytest_mltestscore.scoring.flaky import Flaky, flaky

COMMIT = "1a2b3c4d" * 5
OTHER = "9f8e7d6c" * 5


def record(number, outcome="passed", *, item="data-1", commit=COMMIT, dirty=False, **facts):
    """Return the record of a run in which one test of an item ended like this."""
    base = perfect()
    row = TestEvidence(nodeid="t.py::t", outcome=outcome, **facts)
    items = [replace(i, tests=(row,) if i.id == item else ()) for i in base.items]
    run = replace(base.run, id=f"run-{number}", commit=commit, dirty=dirty)
    return replace(base, items=tuple(items), run=run)


def counts(*records):
    """Return runs, failures, re-runs and failures on a commit on which it also passed."""
    return [(t.runs, t.failed, t.reruns, t.both) for t in flaky(records)]


@pytest.mark.parametrize("outcome", ["failed", "error", "crashed"])
def test_passed_and_failed_on_one_commit(outcome):
    runs = [record(1), record(2, outcome), record(3, outcome), record(4), record(5, commit=OTHER)]
    assert flaky(runs) == [Flaky("data-1", "t.py::t", 5, 2, 0, 2)]


def test_a_failure_that_a_commit_mended_is_no_flakiness():
    assert counts(record(1, "failed", commit=OTHER), record(2), record(3)) == []
    assert counts(record(1, "failed"), record(2, "failed")) == []


def test_failures_elsewhere_are_counted_as_failures_only():
    runs = [record(1), record(2, "failed"), record(3, "failed", commit=OTHER)]
    assert counts(*runs) == [(3, 2, 0, 1)]


@pytest.mark.parametrize("facts", [{"dirty": True}, {"dirty": None}, {"commit": None}])
def test_of_uncommitted_changes_nobody_knows_whether_they_are_the_same(facts):
    assert counts(record(1, **facts), record(2, "failed", **facts)) == []
    assert counts(record(1), record(2, "failed", **facts)) == []


def test_passed_only_when_tried_again():
    runs = [record(1, flaky=True, reruns=1), record(2), record(3, flaky=True, reruns=2)]
    assert counts(*runs) == [(3, 0, 2, 0)]
    assert counts(record(1, "failed", flaky=True, reruns=2)) == []


@pytest.mark.parametrize("outcome", ["skipped", "xfailed", "xpassed", "not-run", "incomplete"])
def test_what_neither_passed_nor_failed_is_not_counted(outcome):
    assert counts(record(1), record(2, outcome), record(3, "failed")) == [(2, 1, 0, 1)]


def test_a_result_of_another_run_counts_there_and_not_twice():
    taken = Seen(run="run-1", age_s=60)
    own = Seen(run="run-2", age_s=0)
    runs = [record(1, "failed"), record(3, "failed", seen=taken), record(2, seen=own)]
    assert counts(*runs) == [(2, 1, 0, 1)]


def test_a_run_that_is_there_twice_counts_once():
    assert counts(record(1), record(1), record(2, "failed")) == [(2, 1, 0, 1)]


def test_items_come_in_the_order_of_the_rubric_and_gone_ones_last():
    runs = [
        *(record(n, o, item="model-6") for n, o in enumerate(["passed", "failed"])),
        *(record(n, o, item="data-2") for n, o in enumerate(["passed", "failed"])),
    ]
    assert [test.item for test in flaky(runs)] == ["data-2", "model-6"]
    last = replace(runs[-1], items=tuple(i for i in runs[-1].items if i.id != "data-2"))
    assert [test.item for test in flaky([*runs, last])] == ["model-6", "data-2"]


def test_nothing_is_flaky_in_nothing():
    assert flaky([]) == []
