"""Which missed faults are accepted, what that changes, and when a statement is stale."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from pytest_mltestscore.domain.evidence import AcceptedFault
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import ItemProof, Policy
from pytest_mltestscore.scoring.merge import merge
from strategies import PAPER, reason, row, run, score

FAULTS = ("nulls", "shuffles")
RUBRIC = replace(PAPER, items=tuple(replace(item, faults=FAULTS) for item in PAPER.items))
TEST = "tests/test_a.py::test_a"
WHY = "rows with nulls are dropped before"


def trial(verdict, fault="nulls"):
    return Trial(fault=fault, site="rows", verdict=verdict)


def proved(*verdicts, nodeid=TEST, why="", left_out=0):
    trials = tuple(map(trial, verdicts, FAULTS))
    return row(nodeid, proof=Proof(trials=trials, why=why, left_out=left_out))


def accept(fault="nulls", **where):
    return AcceptedFault(fault=fault, reason=WHY, **(where or {"test": TEST}))


def judged(*tests, accepted, item="data-1", **facts):
    return score({item: tests}, by=RUBRIC, accepted_faults=accepted, **facts)


def verdicts(record, item="data-1"):
    return [[t.verdict for t in test.proof.trials] for test in record.item(item).tests]


def test_a_missed_fault_is_accepted_with_its_reason_and_counted_apart():
    record = judged(proved("missed", "missed"), accepted=[accept()])
    (test,) = record.item("data-1").tests
    assert test.proof.trials[0] == replace(trial("accepted"), why=WHY)
    assert test.proof.trials[1] == trial("missed", "shuffles")
    assert record.item("data-1").proof == ItemProof(caught=0, missed=1, no_verdict=0, accepted=1)
    assert [status.tests for status in record.accepted_faults] == [1]


@pytest.mark.parametrize("verdict", ["caught", "no-verdict"])
def test_only_what_was_missed_is_accepted(verdict):
    record = judged(proved(verdict), accepted=[accept()])
    assert verdicts(record) == [[verdict]]
    assert [status.tests for status in record.accepted_faults] == [0]


@pytest.mark.parametrize(
    "where, hit",
    [
        ({"test": TEST}, True),
        ({"test": "tests/"}, True),
        ({"test": "tests/*::test_?"}, True),
        ({"test": "tests/test_b.py"}, False),
        ({"item": "data-1"}, True),
        ({"item": "data-2"}, False),
        ({"item": "data-1", "test": TEST}, True),
        ({"item": "data-1", "test": "tests/test_b.py"}, False),
        ({"item": "data-2", "test": TEST}, False),
    ],
)
def test_a_statement_is_about_tests_of_a_pattern_and_of_an_item(where, hit):
    record = judged(proved("missed"), accepted=[accept(**where)])
    assert verdicts(record) == [["accepted" if hit else "missed"]]


def test_another_fault_stays_missed():
    record = judged(proved("missed"), accepted=[accept("shuffles")])
    assert verdicts(record) == [["missed"]]


def test_one_test_may_miss_it_for_one_item_and_not_for_another():
    tests = {item: [proved("missed")] for item in ("data-1", "data-2")}
    record = score(tests, by=RUBRIC, accepted_faults=[accept(item="data-2")])
    assert verdicts(record, "data-1") == [["missed"]]
    assert verdicts(record, "data-2") == [["accepted"]]


@pytest.mark.parametrize(
    "other, count",
    [
        ("caught", ItemProof(caught=1, missed=0, no_verdict=0)),
        ("missed", ItemProof(caught=0, missed=1, no_verdict=0)),
        ("no-verdict", ItemProof(caught=0, missed=0, no_verdict=0, accepted=1)),
    ],
)
def test_what_one_test_may_miss_another_may_not(other, count):
    tests = proved("missed"), proved(other, nodeid="tests/test_b.py::test_b")
    assert judged(*tests, accepted=[accept()]).item("data-1").proof == count


def test_of_several_statements_the_first_gives_the_reason():
    general = AcceptedFault(fault="nulls", reason="in general", item="data-1")
    record = judged(proved("missed"), accepted=[accept(), general])
    assert record.item("data-1").tests[0].proof.trials[0].why == WHY
    assert [status.tests for status in record.accepted_faults] == [1, 1]


def test_nothing_is_proven_by_what_is_accepted():
    record = judged(proved("missed"), accepted=[accept()], policy=Policy(require_proof=True))
    assert not record.item("data-1").proof.proven
    assert record.item("data-1").state == "withheld"


def stale(*tests, statement=None, **facts):
    record = judged(*tests, accepted=[statement or accept(test="tests")], **facts)
    (status,) = record.accepted_faults
    return status.stale


OTHER = "tests/test_b.py::test_b"


@pytest.mark.parametrize(
    "tests, said",
    [
        ([], "there is no such test"),
        ([proved("missed", nodeid="unit/test_c.py::test_c")], "there is no such test"),
        ([proved("missed")], ""),
        ([proved("caught")], "it is caught now"),
        ([proved("caught"), proved("missed", nodeid=OTHER)], ""),
        ([proved("caught"), proved("caught", nodeid=OTHER)], "it is caught now"),
        ([proved("caught"), proved("no-verdict", nodeid=OTHER)], ""),
        # Tests that were not tried may miss it the next time.
        ([proved(left_out=1)], ""),
        ([proved()], ""),
        ([proved("caught"), proved(nodeid=OTHER)], "it is caught now"),
        ([proved("caught"), proved(nodeid=OTHER, left_out=3)], ""),
        ([proved("caught"), row(OTHER)], ""),
        ([proved("caught"), row(OTHER, "skipped")], ""),
        ([proved("caught"), proved("caught", nodeid=OTHER, why="fails without a fault")], ""),
        ([row(TEST)], ""),
    ],
)
def test_a_statement_is_stale_where_nothing_can_need_it_any_more(tests, said):
    assert stale(*tests) == said


@pytest.mark.parametrize("kind", ["deselected", "arguments", "stopped", "collection-errors"])
@pytest.mark.parametrize("tests", [[], [proved("caught")]])
def test_a_run_that_left_something_out_calls_nothing_stale(kind, tests):
    assert stale(*tests, of=run(reason(kind))) == ""


def test_a_module_that_skipped_itself_may_hold_the_test():
    assert stale(notes=["not collected: tests/test_gpu.py: no GPU"]) == ""


def test_parts_are_judged_together():
    other = proved("missed", nodeid=OTHER)
    accepted = [accept(test="tests")]
    parts = [
        judged(test, accepted=accepted, of=run(reason("arguments"), id=name))
        for name, test in (("one", proved("caught")), ("two", other))
    ]
    whole = merge(parts, whole=True)
    assert (
        whole.accepted_faults == judged(proved("caught"), other, accepted=accepted).accepted_faults
    )
    assert verdicts(whole) == [["caught"], ["accepted"]]


def test_what_is_no_longer_accepted_is_missed_again():
    before = judged(proved("missed"), accepted=[accept()])
    after = judged(*before.item("data-1").tests, accepted=[])
    assert after.item("data-1").tests == (proved("missed"),)
