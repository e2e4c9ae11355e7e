"""The state of an item, its reason in words, and its points."""

from __future__ import annotations

from itertools import combinations_with_replacement, product
from typing import get_args

import pytest

from pytest_mltestscore.domain.evidence import Outcome
from pytest_mltestscore.domain.record import ItemProof, Policy, State
from pytest_mltestscore.domain.text import shorten
from pytest_mltestscore.scoring.fold import WORST_FIRST
from pytest_mltestscore.scoring.freshness import attestation_status
from pytest_mltestscore.scoring.items import (
    finished_its_call,
    implemented_points,
    judge,
    points,
)
from strategies import BLOCKING, CREDIT_2016, CREDIT_2017, TODAY, attestation, days, row

STATEMENTS = {
    None: None,
    "fresh": attestation(expires=60),
    "expiring": attestation(expires=3),
    "expired": attestation(expires=-1),
    "future": attestation(date=2),
}
FRESH = ("fresh", "expiring")


def stated(kind):
    statement = STATEMENTS[kind]
    return statement and attestation_status(statement, TODAY)


def judged(*outcomes, statement=None, require_ci=False, in_ci=False, unlisted=False):
    return judge(
        [row(f"t.py::t{n}", outcome) for n, outcome in enumerate(outcomes)],
        stated(statement),
        policy=Policy(require_ci=require_ci),
        in_ci=in_ci,
        unlisted=unlisted,
    )


def first_that_applies(outcomes, statement, require_ci, in_ci, unlisted):
    """Say by the words of the design, one predicate a state, what the state must be."""
    shown = "passed" in outcomes and "not-run" not in outcomes
    allowed = in_ci or not require_ci
    left_out = "not-run" in outcomes
    applies = {
        "failing": any(o in BLOCKING for o in outcomes),
        "automated": shown and allowed,
        "manual": statement in FRESH,
        "withheld": shown,
        "expired": statement is not None,
        "not-run": left_out or (unlisted and not outcomes),
        "skipped": bool(outcomes),
        "missing": True,
    }
    return next(state for state, true in applies.items() if true)


@pytest.mark.parametrize("statement", STATEMENTS)
@pytest.mark.parametrize("number", range(4))
def test_the_first_state_that_applies_wins(number, statement):
    assert set(WORST_FIRST) == set(get_args(Outcome))
    for outcomes in combinations_with_replacement(WORST_FIRST, number):
        for require_ci, in_ci, unlisted in product([False, True], repeat=3):
            circumstances = (require_ci, in_ci, unlisted)
            expected = first_that_applies(outcomes, statement, *circumstances)
            state, reason = judged(
                *outcomes,
                statement=statement,
                require_ci=require_ci,
                in_ci=in_ci,
                unlisted=unlisted,
            )
            assert state == expected, (outcomes, statement, circumstances)
            assert reason


@pytest.mark.parametrize(
    "outcomes,state,reason",
    [
        (["passed"], "automated", "1 test passed"),
        (["passed"] * 20, "automated", "20 tests passed"),
        (["passed", "skipped"], "automated", "1 test passed (1 skipped)"),
        (
            ["xpassed", "passed", "xfailed", "skipped", "xfailed", "passed"],
            "automated",
            "2 tests passed (1 skipped, 2 xfailed, 1 xpassed)",
        ),
        (["skipped"], "skipped", "1 test, none earned: 1 skipped"),
        (["xfailed"], "skipped", "1 test, none earned: 1 xfailed"),
        (["xpassed", "skipped"], "skipped", "2 tests, none earned: 1 skipped, 1 xpassed"),
        (["not-run"], "not-run", "1 of 1 test did not run"),
        (["passed", "not-run"], "not-run", "1 of 2 tests did not run"),
        (["skipped", "not-run", "not-run"], "not-run", "2 of 3 tests did not run"),
        (["failed"], "failing", "t.py::t0 failed"),
        (["crashed"], "failing", "t.py::t0 crashed"),
        (["error"], "failing", "t.py::t0 had an error"),
        (["incomplete"], "failing", "t.py::t0 did not come to its end"),
        (["passed", "failed"], "failing", "t.py::t1 failed (1 of 2 tests)"),
        (["failed", "failed", "passed"], "failing", "t.py::t0 failed (2 of 3 tests)"),
        ([], "missing", "no test and no attestation"),
    ],
)
def test_reasons_name_the_tests(outcomes, state, reason):
    assert judged(*outcomes) == (state, reason)


@pytest.mark.parametrize(
    "statement,state,reason",
    [
        ("fresh", "manual", f"attested by ada on {days(-30)}, valid until {days(60)}"),
        ("expiring", "manual", f"attested by ada on {days(-30)}, valid until {days(3)}"),
        ("expired", "expired", f"attestation by ada expired on {days(-1)}"),
        ("future", "expired", f"attestation by ada is dated {days(2)}, in the future"),
    ],
)
def test_reasons_name_the_attestation(statement, state, reason):
    assert judged(statement=statement) == (state, reason)


def test_an_item_of_an_unlisted_run_says_that_the_run_did_not_look_everywhere():
    reason = "no test of it was seen, and this run did not look everywhere"
    assert judged(unlisted=True) == ("not-run", reason)


def test_a_withheld_point_names_the_policy():
    reason = "tests passed, but not in CI (policy require_ci)"
    assert judged("passed", require_ci=True) == ("withheld", reason)
    assert judged("passed", require_ci=True, in_ci=True)[0] == "automated"


@pytest.mark.parametrize(
    "caught, state, reason",
    [
        (None, "withheld", "were not proved with --mlscore-prove (policy require_proof)"),
        (0, "withheld", "did so with every fault, too (policy require_proof)"),
        (1, "automated", "1 test passed"),
    ],
)
def test_a_point_may_be_withheld_until_a_test_was_seen_to_fail(caught, state, reason):
    proof = None if caught is None else ItemProof(caught=caught, missed=2, no_verdict=0)
    policy = Policy(require_proof=True)
    facts = {"policy": policy, "in_ci": False, "unlisted": False, "proof": proof}
    found = judge([row("t.py::t")], None, **facts)
    assert found[0] == state
    assert found[1].endswith(reason)
    assert judge([row("t.py::t")], stated("fresh"), **facts)[0] in ("manual", "automated")


@pytest.mark.parametrize(
    "facts,reason",
    [
        ({"outcome": "error", "phase": "setup"}, "t had an error in setup"),
        ({"outcome": "error", "phase": "teardown"}, "t had an error in teardown"),
        ({"outcome": "error"}, "t had an error"),
        ({"outcome": "failed", "phase": "call"}, "t failed"),
        ({"outcome": "failed", "note": "assert it"}, "t failed; assert it"),
        (
            {"outcome": "error", "phase": "setup", "note": "no disk"},
            "t had an error in setup; no disk",
        ),
    ],
)
def test_the_reason_of_a_failure_says_where(facts, reason):
    tests = [row("t", **facts)]
    assert judge(tests, None, policy=Policy(), in_ci=False, unlisted=False)[1] == reason


def test_a_long_node_id_is_cut_and_the_reason_stays_readable():
    tests = [row("t" * 201, "failed", note="assert it")]
    reason = judge(tests, None, policy=Policy(), in_ci=False, unlisted=False)[1]
    assert reason == f"{shorten('t' * 201, 200)} failed; assert it"


@pytest.mark.parametrize("state", get_args(State))
def test_only_automated_and_manual_earn(state):
    expected = {"automated": (1.0, 2.0), "manual": (0.5, 1.0)}.get(state, (0.0, 0.0))
    assert (points(state, CREDIT_2017), points(state, CREDIT_2016)) == expected


FINISHED = {
    ("passed", None): True,
    ("failed", "call"): True,
    ("failed", None): True,
    ("xfailed", "call"): True,
    ("xfailed", "setup"): False,
    ("xpassed", "call"): True,
    ("error", "teardown"): True,
    ("error", "setup"): False,
    ("error", None): False,
    ("skipped", "setup"): False,
    ("skipped", "call"): False,
    ("skipped", "teardown"): False,
    ("crashed", None): False,
    ("incomplete", None): False,
    ("not-run", None): False,
}


@pytest.mark.parametrize("outcome,phase", FINISHED)
def test_the_literal_credit_is_for_a_test_that_finished_its_call(outcome, phase):
    test, finished = row(outcome=outcome, phase=phase), FINISHED[outcome, phase]
    assert finished_its_call(test) == finished
    assert implemented_points([test], None, CREDIT_2017) == (1.0 if finished else 0.0)
    assert implemented_points([test], stated("fresh"), CREDIT_2016) == (2.0 if finished else 1.0)
    assert implemented_points([row(outcome="skipped"), test], None, CREDIT_2017) == float(finished)


@pytest.mark.parametrize(
    "statement,earned",
    [(None, 0), ("fresh", 0.5), ("expiring", 0.5), ("expired", 0), ("future", 0)],
)
def test_without_a_test_the_literal_credit_is_that_of_the_attestation(statement, earned):
    assert implemented_points([], stated(statement), CREDIT_2017) == earned


@pytest.mark.parametrize(
    "modules,said",
    [
        (["a.py"], "a.py skipped itself"),
        (["a.py", "b.py"], "a.py and b.py skipped themselves"),
        (["a.py", "b.py", "c.py"], "a.py, b.py and 1 more skipped themselves"),
        (["a.py", "b.py", "c.py", "d.py"], "a.py, b.py and 2 more skipped themselves"),
    ],
)
def test_modules_that_skipped_themselves_are_named_where_nothing_is_known(modules, said):
    facts = {"policy": Policy(), "in_ci": False, "skipped_modules": modules}
    state, why = judge([], None, unlisted=False, **facts)
    assert (state, why) == ("missing", f"no test was collected and no attestation; {said}")
    assert judge([], None, unlisted=True, **facts)[0] == "not-run"
    assert "skipped themselves" not in judge([row()], None, unlisted=False, **facts)[1]
