"""Bounds that were moved since the baseline, and what would be worse without their move."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from pytest_mltestscore.domain.evidence import AcceptedFault, CheckEvidence, Measurement, Seen
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import CI, Baseline, Policy, Pool, Setting, Source
from pytest_mltestscore.scoring.diff import baseline_from, yardstick_of
from pytest_mltestscore.scoring.loosened import loosened
from strategies import (
    EDITION_2016,
    PAPER,
    attestation,
    by_sums,
    reason,
    row,
    run,
    score,
    settings_of,
    steady,
    waiver,
)

CI_JOB = run(ci=CI(provider="GitHub Actions"))


def words(old, new):
    return [bound.in_words for bound in loosened(old, new)]


def gated(record, policy=None, **rules):
    """Return a record as if it had been gated by these rules."""
    return replace(record, config=settings_of(**rules), policy=policy or record.policy)


# What the gate asks

NOW = by_sums(2, 3, 3, 3)
FELL = score({"data-1": [row("a", "skipped")]})
STOOD = score({"data-1": [row("a")]})


@pytest.mark.parametrize(
    "before,after,found",
    [
        ({"fail_under": 3.0}, {"fail_under": 2.0}, ["fail_under 3 -> 2 (now 2)"]),
        ({"fail_under": 3.0}, {}, ["fail_under 3 -> none (now 2)"]),
        ({"fail_under": 2.0}, {"fail_under": 1.0}, []),  # the score holds the former floor
        ({"fail_under": 3.0}, {"fail_under": 2.5}, []),  # it fails as before
        ({"fail_under": 1.0}, {"fail_under": 2.0}, []),
        ({}, {"fail_under": 1.0}, []),
        (
            {"fail_under_section": {"data": 3.0, "infra": 3.0}},
            {"fail_under_section": {"infra": 2.0}},
            ["fail_under_section data 3 -> none (now 2)"],
        ),
        (
            {"require": ["data-7:automated", "data-1:automated"]},
            {"require": ["data-1"]},
            ["data-7 require automated -> none (now missing)"],
        ),
        ({"require": ["data-1:automated"]}, {"require": ["data-1"]}, []),
        ({"fail_under_section": {"gone": 3.0}, "require": ["gone-1"]}, {}, []),
        # What others may have written into a record is no rule.
        ({"fail_under": "three"}, {}, []),
        ({"require": [1, 2]}, {}, []),
    ],
)
def test_a_rule_without_which_the_gate_would_fail_is_named(before, after, found):
    assert words(gated(NOW, **before), gated(NOW, **after)) == found


def job(name, provider="gitlab"):
    return CI(provider=provider, job=name)


TYPED = Setting(value=3.0, origin="command line")


@pytest.mark.parametrize(
    "before, after, listed",
    [
        (None, None, True),
        (job("merge"), job("merge"), True),
        (job(""), job(""), True),  # the service names no job
        (job("merge"), job("nightly"), False),
        (job("merge"), job("merge", "jenkins"), False),
        (job("merge"), None, False),
        (None, job("merge"), False),
    ],
)
def test_a_rule_of_a_command_line_binds_its_own_job_alone(before, after, listed):
    old = replace(NOW, config={"fail_under": TYPED}, run=replace(NOW.run, ci=before))
    new = replace(NOW, config={}, run=replace(NOW.run, ci=after))
    assert words(old, new) == ["fail_under 3 -> none (now 2)"] * listed
    in_file = replace(old, config=settings_of(fail_under=3.0))
    assert words(in_file, new) == ["fail_under 3 -> none (now 2)"]
    lower = replace(new, config={"fail_under": replace(TYPED, value=1.0)})
    assert words(in_file, lower) == ["fail_under 3 -> 1 (now 2)"]


def test_that_one_job_is_strict_binds_no_other():
    strict = {"strict": Setting(value=True, origin="command line")}
    now = score({"data-1": [row("a", flaky=True, reruns=1)]})
    old = replace(now, config=strict, run=replace(now.run, ci=job("merge")))
    for name, listed in (("merge", True), ("nightly", False)):
        new = replace(now, run=replace(now.run, ci=job(name)))
        assert bool(words(old, new)) == listed


def test_a_level_that_was_lowered_to_what_is_there_is_named():
    now = score(attestations=[attestation("data-1")])
    old = gated(now, require=["data-1:automated"])
    assert words(old, gated(now, require=["data-1"])) == [
        "data-1 require automated -> manual (now manual)"
    ]


def proven(*verdicts):
    by = replace(PAPER, items=tuple(replace(i, faults=("nulls",)) for i in PAPER.items))
    trials = [Trial(fault="nulls", site="rows", verdict=v) for v in verdicts]
    proofs = [Proof(trials=(trial,)) for trial in trials]
    return score({f"data-{n}": [row(f"t{n}", proof=p)] for n, p in enumerate(proofs, 1)}, by=by)


def test_a_share_of_proven_items_that_was_lowered_is_named():
    now = proven("caught", "missed")
    old = gated(now, fail_under_proof=0.75)
    assert words(old, gated(now, fail_under_proof=0.5)) == [
        "fail_under_proof 0.75 -> 0.5 (now 1 of 2 automated items)"
    ]
    # A job that proves nothing is no proof of anything.
    assert words(old, score({"data-1": [row("t1")]}, by=PAPER)) == []


@pytest.mark.parametrize(
    "new,found",
    [
        (FELL, ["fail_on_regression on -> none (now data-1 automated -> skipped)"]),
        (STOOD, []),
        (gated(FELL, fail_on_regression=True), []),
    ],
)
def test_a_regression_that_nobody_asks_about_any_more_is_named(new, found):
    assert words(gated(STOOD, fail_on_regression=True), new) == found


def test_more_waivers_than_were_allowed_are_named():
    now = score(waivers=[waiver("data-1"), waiver("data-2")])
    old = gated(now, Policy(max_waivers=1))
    assert words(old, now) == ["max_waivers 1 -> none (now 2)"]
    assert words(old, gated(now, Policy(max_waivers=2))) == ["max_waivers 1 -> 2 (now 2)"]
    assert words(gated(now, Policy(max_waivers=2)), now) == []


def test_what_only_a_strict_gate_sees_is_named_where_it_was_strict():
    flaky = score({"data-1": [row("a", flaky=True)]})
    old = gated(STOOD, strict=True)
    assert words(old, flaky) == ["strict on -> off (now flaky tests: a)"]
    assert words(old, gated(flaky, strict=True)) == []
    assert words(old, STOOD) == []


def test_a_bound_that_a_strict_gate_would_have_shown_counts_as_well():
    old, new = gated(NOW, fail_under=3.0, strict=True), gated(NOW, fail_under=2.0)
    assert words(old, new) == [
        "fail_under 3 -> 2 (now 2)",
        "strict on -> off (now loosened: fail_under 3 -> 2 (now 2))",
    ]


@pytest.mark.parametrize("kind", ["deselected", "stopped"])
def test_what_a_run_did_not_see_is_held_against_no_rule(kind):
    old = gated(NOW, fail_under=7.0, fail_on_regression=True, strict=True)
    assert words(old, score(of=run(reason(kind)))) == []


def test_records_that_cannot_be_compared_are_not():
    old = gated(by_sums(2, 3, 3, 3, rubric=EDITION_2016), fail_under=3.0)
    assert loosened(old, NOW) == ()


# Policies

PASSED = {"data-1": [row("a")], "data-2": [row("b", "failed")]}


@pytest.mark.parametrize(
    "before,new,found",
    [
        (Policy(require_ci=True), score(PASSED), ["require_ci on -> off (now earned by data-1)"]),
        (Policy(require_ci=True), score(PASSED, of=CI_JOB), []),
        (
            Policy(require_proof=True),
            score(PASSED),
            ["require_proof on -> off (now earned by data-1)"],
        ),
        (Policy(require_proof=True), proven("caught"), []),
        (Policy(require_ci=True), score(PASSED, policy=Policy(require_ci=True)), []),
        # By hand it earns as much as it did.
        (
            Policy(require_ci=True),
            score({"data-1": [row("a", "skipped")]}, attestations=[attestation("data-1")]),
            [],
        ),
    ],
)
def test_a_policy_is_named_with_the_items_that_earn_without_it(before, new, found):
    assert words(gated(new, before), new) == found


def seen(**facts):
    facts = {"run": "other", "age_s": 3_600, "runs": 1, **facts}
    return score({"data-1": [row("a", seen=Seen(**facts))], "data-2": [row("b")]})


@pytest.mark.parametrize(
    "before,after,new,found",
    [
        ({"min_runs": 3}, {}, seen(runs=2), ["min_runs 3 -> 1 (now earned by data-1, data-2)"]),
        (
            {"min_runs": 3},
            {"min_runs": 2},
            seen(runs=2),
            ["min_runs 3 -> 2 (now earned by data-1)"],
        ),
        (
            {"min_runs": 2},
            {},
            score({"data-1": [row("a", seen=Seen(run="x", age_s=0, runs=2))]}),
            [],
        ),
        (
            {"max_age_days": {"data": 1.0}},
            {"max_age_days": {"data": 3.0, "default": 9.0}},
            seen(age_s=2 * 86_400),
            ["max_age_days data 1 -> data 3, default 9 (now earned by data-1)"],
        ),
        ({"max_age_days": {"data": 1.0}}, {}, seen(), []),
    ],
)
def test_policies_on_results_of_other_runs_are_named(before, after, new, found):
    new = replace(new, policy=Policy(**after))
    assert words(replace(new, policy=Policy(**before)), new) == found


def test_many_items_are_counted():
    now = by_sums(7, 0, 0, 0)
    assert words(gated(now, Policy(require_ci=True)), now) == [
        "require_ci on -> off (now earned by data-1, data-2, data-3, data-4, data-5 and 2 more)"
    ]


def test_results_of_branches_that_did_not_count_are_named():
    tests = {"data-1": [row("a", seen=Seen(run="other", age_s=60))], "data-2": [row("b")]}
    source = Source(
        run="other",
        started_at="2026-03-01T11:00:00+00:00",
        commit="d" * 40,
        branch="feature/x",
        ci=None,
        tests=1,
    )
    pooled = replace(score(tests), pool=Pool(store="scores", sources=(source,)))
    strict = replace(pooled, policy=Policy(branches=("main", "release/*")))
    assert words(strict, pooled) == [
        "branches main, release/* -> all (now earned by data-1)",
    ]
    assert words(replace(pooled, policy=Policy(branches=("feature/*",))), pooled) == []


# Limits in tests


def measured(value=0.65, limit=">= 0.6", outcome="passed", name="auc", **facts):
    return row(
        "t.py::a",
        outcome,
        measurements=(Measurement(name=name, value=value, limit=limit, **facts),),
    )


def of_check(*measurements, expect="holds", name="slice_quality", **facts):
    check = CheckEvidence(
        name=name,
        holds=expect == "holds",
        summary="",
        expect=expect,
        measurements=measurements,
        **facts,
    )
    return row("t.py::a", checks=(check,))


@pytest.mark.parametrize(
    "before,after,found",
    [
        (measured(limit=">= 0.7"), measured(), "data-1 auc limit >= 0.7 -> >= 0.6 (now 0.65)"),
        (
            measured(limit=">= 0.7"),
            measured(limit=""),
            "data-1 auc limit >= 0.7 -> none (now 0.65)",
        ),
        (
            measured(9, "<= 8", name="age", unit="days"),
            measured(9, "<= 10 days", name="age", unit="days"),
            "data-1 age limit <= 8 -> <= 10 days (now 9 days)",
        ),
        (
            measured(5, "10 to 20", name="rows"),
            measured(5, "> 0", name="rows"),
            "data-1 rows limit 10 to 20 -> > 0 (now 5)",
        ),
        # A failure before is no other matter.
        (
            measured(0.5, limit=">= 0.7", outcome="failed"),
            measured(),
            "data-1 auc limit >= 0.7 -> >= 0.6 (now 0.65)",
        ),
        (measured(limit=">= 0.65"), measured(), ""),  # the value meets the former one
        (measured(limit=">= 0.5"), measured(), ""),
        (measured(limit=">= 0.6"), measured(0.5, limit=">= 0.60"), ""),  # nor does it meet this one
        (measured(limit=">= 0.7"), measured(outcome="failed"), ""),
        (measured(limit=">= 0.7"), measured(limit="as good as it gets"), ""),
        (measured(limit="as good as before"), measured(), ""),
        (measured(limit=">= 0.7"), measured(name="recall"), ""),
        (measured(limit=">= 0.7"), measured(True), ""),
        (measured(limit=">= 0.7"), measured("0.65"), ""),
        (measured(limit=">= 0.7"), measured(None, nonfinite="nan"), ""),
        (measured(limit=">= 0.7"), measured(volatile=True), ""),
        # As many as there are: nothing was moved but the number of stages.
        (measured(5, "= 5"), measured(4, "= 4"), ""),
        (measured(5, "= 5"), measured(4, ">= 4"), "data-1 auc limit = 5 -> >= 4 (now 4)"),
    ],
)
def test_a_limit_is_named_that_the_value_would_break(before, after, found):
    old, new = score({"data-1": [before]}), score({"data-1": [after]})
    assert words(old, new) == ([found] if found else [])


LOW, HIGH = (Measurement(name="recall", value=0.65, limit=limit) for limit in (">= 0.6", ">= 0.7"))


@pytest.mark.parametrize(
    "before,after,found",
    [
        (of_check(HIGH), of_check(LOW), 1),
        (of_check(HIGH), of_check(LOW, name="inclusion"), 0),
        (of_check(HIGH), measured(name="recall"), 0),
        (of_check(HIGH), of_check(LOW, expect="fails"), 0),
        (of_check(HIGH), of_check(LOW, volatile=True), 0),
        (of_check(HIGH, HIGH), of_check(HIGH, LOW), 1),
        # Which belongs to which nobody knows.
        (of_check(HIGH), of_check(LOW, LOW), 0),
        (of_check(HIGH, LOW), of_check(LOW, HIGH), 0),
    ],
)
def test_limits_of_checks_are_told_apart_by_check_and_name(before, after, found):
    old, new = score({"data-1": [before]}), score({"data-1": [after]})
    assert words(old, new) == ["data-1 recall limit >= 0.7 -> >= 0.6 (now 0.65)"] * found


def test_a_test_that_serves_several_items_is_told_of_once():
    old, new = (
        score({"data-1": [measured(limit=limit)], "model-1": [measured(limit=limit)]})
        for limit in (">= 0.7", ">= 0.6")
    )
    (bound,) = loosened(old, new)
    assert (bound.item, bound.test) == ("data-1", "t.py::a")


def test_limits_are_read_in_runs_that_did_not_see_everything_too():
    new = score({"data-1": [measured()]}, of=run(reason("deselected")))
    assert len(loosened(score({"data-1": [measured(limit=">= 0.7")]}), new)) == 1


# Statements of the project


@pytest.mark.parametrize(
    "before,rules,found",
    [
        ([], {"require": ["data-1"]}, ["data-1 waiver none -> until 2026-04-30 (now missing)"]),
        (
            [waiver("data-1", expires=-1)],
            {"require": ["data-1"]},
            ["data-1 waiver until 2026-02-28 -> until 2026-04-30 (now missing)"],
        ),
        (
            [waiver("data-1", expires=-1)],
            {"strict": True},
            ["data-1 waiver until 2026-02-28 -> until 2026-04-30 (now missing)"],
        ),
        ([waiver("data-1", expires=3)], {"require": ["data-1"]}, []),  # it would silence it, too
        ([], {"require": ["model-1"]}, []),
        ([], {"fail_under": 1.0}, []),  # which no waiver silences
        ([], {}, []),
    ],
)
def test_a_waiver_is_named_that_silences_a_gate(before, rules, found):
    new = gated(score(waivers=[waiver("data-1")]), **rules)
    assert words(gated(score(waivers=before), **rules), new) == found


def test_a_waiver_for_what_has_just_regressed_is_named():
    rules = settings_of(fail_on_regression=True)
    old = score({"data-1": [row("a")], "data-2": [row("b")]}, config=rules)
    waived = score({"data-1": [row("a")]}, waivers=[waiver("data-2")], config=rules)
    assert words(old, waived) == ["data-2 waiver none -> until 2026-04-30 (now missing)"]


def tried(verdict, statements=(), tests=("t.py::a",)):
    trial = Trial(fault="nulls", site="rows", verdict=verdict)
    rows = [row(nodeid, proof=Proof(trials=(trial,))) for nodeid in tests]
    return score({"data-1": rows}, accepted_faults=statements)


ALL_TESTS = AcceptedFault(fault="nulls", reason="They are dropped.")
ONE_TEST = AcceptedFault(fault="nulls", reason="They are dropped.", test="t.py::a")


@pytest.mark.parametrize(
    "before,after,tests,found",
    [
        ([], [ALL_TESTS], ["t.py::a"], "1 test"),
        ([], [ALL_TESTS], ["t.py::a", "t.py::b"], "2 tests"),
        ([ONE_TEST], [ALL_TESTS], ["t.py::a", "t.py::b"], "1 test"),
        ([ONE_TEST], [ALL_TESTS], ["t.py::a"], ""),
        ([ALL_TESTS], [replace(ALL_TESTS, reason="Said better.")], ["t.py::a"], ""),
        ([], [replace(ALL_TESTS, fault="shuffles")], ["t.py::a"], ""),
    ],
)
def test_a_fault_is_named_that_tests_may_miss_now(before, after, tests, found):
    old, new = tried("missed", before, tests), tried("missed", after, tests)
    wanted = [f"data-1 fault nulls missed -> accepted (now in {found})"] if found else []
    assert words(old, new) == wanted


def test_a_fault_that_is_caught_is_silenced_by_nothing():
    assert words(tried("missed"), tried("caught", [ALL_TESTS])) == []


# Tests that were let go

EVERYWHERE = run(collected=(".",))
GOOD = row("t.py::good")


@pytest.mark.parametrize(
    "before,after,fate",
    [
        # It failed, and still runs, for nothing or for another item.
        (row("t.py::a", "failed"), {"untagged": ["t.py::a"]}, "failed -> no longer serves it"),
        (
            row("t.py::a", "crashed"),
            {"tests": {"model-1": [row("t.py::a")]}},
            "crashed -> no longer serves it",
        ),
        # It passed, and fails now, but for another item alone.
        (
            row("t.py::a"),
            {"tests": {"model-1": [row("t.py::a", "failed")]}},
            "passed -> no longer serves it",
        ),
        (row("t.py::a"), {"tests": {"model-1": [row("t.py::a")]}}, ""),
        (row("t.py::a"), {"untagged": ["t.py::a"]}, ""),  # nobody knows that it fails
        (row("t.py::a", "failed"), {}, "failed -> gone"),
        (row("t.py::a"), {}, ""),
        (row("t.py::a", "failed"), {"notes": ["not collected: t.py: no GPU"]}, ""),
        (row("t.py::a", "failed"), {"of": run(collected=("tests",))}, ""),
        (row("t.py::a", "failed"), {"of": run(reason("deselected"), collected=(".",))}, ""),
        # It may have another name now.
        (row("t.py::a", "failed"), {"tests": {"data-1": [row("t.py::b")]}}, ""),
        (
            row("t.py::a", "failed"),
            {"tests": {"data-1": [row("t.py::a", "xfailed")]}},
            "failed -> xfailed",
        ),
        (row("t.py::a", "failed"), {"tests": {"data-1": [row("t.py::a", "skipped")]}}, ""),
        (row("t.py::a", "failed"), {"tests": {"data-1": [row("t.py::a")]}}, ""),
        (row("t.py::a", "skipped"), {"tests": {"data-1": [row("t.py::a", "xfailed")]}}, ""),
    ],
)
def test_a_failing_test_that_no_longer_counts_is_named(before, after, fate):
    others = after.get("tests", {})
    tests = {**others, "data-1": [GOOD, *others.get("data-1", [])]}
    facts = {"of": EVERYWHERE} | {k: v for k, v in after.items() if k != "tests"}
    new = score(tests, **facts)
    old = score({"data-1": [GOOD, before]})
    assert words(old, new) == ([f"data-1 a {fate} (now automated)"] if fate else [])


def test_who_earns_nothing_has_gained_nothing():
    old = score({"data-1": [row("t.py::a", "failed")]})
    assert words(old, score(untagged=["t.py::a"], of=EVERYWHERE)) == []
    by_hand = score(untagged=["t.py::a"], of=EVERYWHERE, attestations=[attestation("data-1")])
    assert words(old, by_hand) == ["data-1 a failed -> no longer serves it (now manual)"]


def test_a_variant_is_named_with_its_parameters():
    old = score({"data-1": [row("a.py::T::test_x[a::b]", "failed"), GOOD]})
    (bound,) = loosened(old, score({"data-1": [GOOD]}, of=EVERYWHERE))
    assert (bound.what, bound.test) == ("test_x[a::b]", "a.py::T::test_x[a::b]")


# All together


def test_a_run_is_compared_with_the_record_that_its_baseline_was_taken_from():
    old = gated(NOW, fail_under=3.0)
    baseline = baseline_from(old, "main.json", yardstick_of(old))
    rules = settings_of(fail_under=2.0, strict=True)
    facts = {"config": rules, "baseline": baseline}
    tests = {item.id: item.tests for item in NOW.items}
    assert score(tests, **facts).gate.status == "passed"
    record = score(tests, **facts, before=old)
    assert [b.in_words for b in record.baseline.loosened] == ["fail_under 3 -> 2 (now 2)"]
    assert record.gate.status == "failed"
    # A baseline that is none is none, whatever is known of it.
    missing = Baseline(source="main.json", status="missing")
    assert score(tests, config=rules, baseline=missing, before=old).baseline == missing


def test_equal_records_have_nothing_loosened():
    record = gated(NOW, fail_under=7.0, strict=True, require=["data-7"])
    assert loosened(record, record) == ()


floors = st.sampled_from([None, 0.0, 1.0, 2.0, 2.5, 3.0])


@steady
@given(floors, floors, st.booleans(), st.booleans(), st.sampled_from([NOW, FELL, STOOD]))
def test_without_what_is_named_the_gate_would_fail(before, after, strict, regression, new):
    """Where the gate does not fail: it would with all moves taken back, if some are named."""
    former = settings_of(fail_under=before, strict=strict, fail_on_regression=regression)
    old = replace(STOOD, config=former)
    new = replace(new, config={"fail_under": Setting(value=after, origin="ini file")})
    baseline = baseline_from(old, "", yardstick_of(new))
    tests = {item.id: item.tests for item in new.items}
    now = score(tests, config=new.config).gate.status
    then = score(tests, config=former, baseline=baseline).gate.status
    assume(now != "failed")
    assert bool(loosened(old, new)) == (then == "failed")
