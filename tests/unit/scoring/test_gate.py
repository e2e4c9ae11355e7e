"""Every gate condition in every kind of run, and the one verdict over them."""

from __future__ import annotations

import msgspec
import pytest

from pytest_mltestscore.domain.errors import ConfigError
from pytest_mltestscore.domain.proof import Proof, Trial
from pytest_mltestscore.domain.record import CI, GateCheck, Loosened, Policy, Requirement
from pytest_mltestscore.domain.text import shorten
from pytest_mltestscore.scoring.diff import baseline_from, missing_baseline, yardstick
from pytest_mltestscore.scoring.gate import GateRules, Judged, decide, exit_code, requirement
from strategies import (
    PAPER,
    attestation,
    by_sums,
    reason,
    row,
    run,
    score,
    settings_of,
    waiver,
)


def judged(record, **changed):
    parts = Judged(
        record.score, record.sections, record.items, record.baseline, record.policy, record.run
    )
    return parts._replace(**changed)


def gate_of(record, **rules):
    return decide(GateRules(**rules), judged(record))


def baseline(old, *, source="main.json"):
    return baseline_from(old, source, yardstick("churn", PAPER))


EMPTY = score()
GOOD = score({"data-1": [row("a"), row("b", "skipped")]})
"""One item automated; score 0."""


def tried(*verdicts):
    """Return a record with one automated item for each verdict on its one fault."""
    items = tuple(msgspec.structs.replace(item, faults=("nulls",)) for item in PAPER.items)
    by = msgspec.structs.replace(PAPER, items=items)
    proofs = [Proof(trials=(Trial(fault="nulls", site="rows", verdict=v),)) for v in verdicts]
    tests = {i.id: [row(i.id, proof=p)] for i, p in zip(items, proofs, strict=False)}
    return score(tests, by=by)


# One rule at a time: the record, the rules, whether it holds (None: undecided), expected, actual,
# message.
RULES = {
    "floor of zero": (EMPTY, {"fail_under": 0.0}, True, ">= 0", "0", "score 0, required 0"),
    "floor missed": (EMPTY, {"fail_under": 0.5}, False, ">= 0.5", "0", "score 0, required 0.5"),
    "floor met": (
        by_sums(3, 3, 4, 5),
        {"fail_under": 3.0},
        True,
        ">= 3",
        "3",
        "score 3, required 3",
    ),
    "floor just below": (
        by_sums(3, 3, 4, 5),
        {"fail_under": 2.999},
        True,
        ">= 2.999",
        "3",
        "score 3, required 2.999",
    ),
    "floor just above": (
        by_sums(3, 3, 4, 5),
        {"fail_under": 3.0000000000000004},
        False,
        ">= 3.0000000000000004",
        "3",
        "score 3, required 3.0000000000000004",
    ),
    "half a point short": (
        by_sums(2.5, 3, 4, 5),
        {"fail_under": 2.9999999},
        False,
        ">= 2.9999999",
        "2.5",
        "score 2.5, required 2.9999999",
    ),
    "all proven": (
        tried("caught", "caught"),
        {"fail_under_proof": 1.0},
        True,
        ">= 1",
        "2 of 2 automated items",
        "proven 2 of 2 automated items, required 1",
    ),
    "half of them proven": (
        tried("caught", "missed", "no-verdict", "caught"),
        {"fail_under_proof": 0.51},
        False,
        ">= 0.51",
        "2 of 4 automated items",
        "proven 2 of 4 automated items, required 0.51",
    ),
    "none tried": (
        GOOD,
        {"fail_under_proof": 0.5},
        None,
        ">= 0.5",
        "0 of 1 automated items",
        "no test was proved; add --mlscore-prove",
    ),
    "none automated": (
        EMPTY,
        {"fail_under_proof": 0.0},
        None,
        ">= 0",
        "0 of 0 automated items",
        "no test was proved; add --mlscore-prove",
    ),
    "section met": (
        by_sums(4, 0, 0, 0),
        {"fail_under_section": {"data": 4.0}},
        True,
        ">= 4",
        "4",
        "section data 4, required 4",
    ),
    "section missed": (
        by_sums(4, 0, 0, 0),
        {"fail_under_section": {"data": 4.5}},
        False,
        ">= 4.5",
        "4",
        "section data 4, required 4.5",
    ),
    "automated is enough for manual": (
        GOOD,
        {"require": (requirement("data-1"),)},
        True,
        "automated or manual",
        "automated",
        "data-1 is automated, required automated or manual",
    ),
    "manual is enough for manual": (
        score(attestations=[attestation()]),
        {"require": (requirement("data-1:manual"),)},
        True,
        "automated or manual",
        "manual",
        "data-1 is manual, required automated or manual",
    ),
    "manual is not automated": (
        score(attestations=[attestation()]),
        {"require": (requirement("data-1:automated"),)},
        False,
        "automated",
        "manual",
        "data-1 is manual, required automated",
    ),
    "automated is automated": (
        GOOD,
        {"require": (requirement("data-1:automated"),)},
        True,
        "automated",
        "automated",
        "data-1 is automated, required automated",
    ),
    "missing is not manual": (
        EMPTY,
        {"require": (requirement("data-1"),)},
        False,
        "automated or manual",
        "missing",
        "data-1 is missing, required automated or manual",
    ),
    "waived": (
        score(waivers=[waiver("data-1", expires=0)]),
        {"require": (requirement("data-1"),)},
        True,
        "automated or manual",
        "missing",
        "data-1 is missing, required automated or manual, waived until 2026-03-01",
    ),
    "waiver of another item": (
        score(waivers=[waiver("data-2")]),
        {"require": (requirement("data-1"),)},
        False,
        "automated or manual",
        "missing",
        "data-1 is missing, required automated or manual",
    ),
    "waiver expired": (
        score(waivers=[waiver("data-1", expires=-1)]),
        {"require": (requirement("data-1"),)},
        False,
        "automated or manual",
        "missing",
        "data-1 is missing, required automated or manual",
    ),
    "waiver that is not needed": (
        score({"data-1": [row()]}, waivers=[waiver("data-1")]),
        {"require": (requirement("data-1"),)},
        True,
        "automated or manual",
        "automated",
        "data-1 is automated, required automated or manual",
    ),
    "a waiver does not lower a floor": (
        score(waivers=[waiver(i.id) for i in PAPER.items]),
        {"fail_under": 0.5},
        False,
        ">= 0.5",
        "0",
        "score 0, required 0.5",
    ),
}


@pytest.mark.parametrize(
    "record,rules,ok,expected,actual,message", RULES.values(), ids=RULES.keys()
)
def test_one_rule(record, rules, ok, expected, actual, message):
    (rule,) = rules
    gate = gate_of(record, **rules)
    check = GateCheck(rule=rule, expected=expected, actual=actual, ok=ok, message=message)
    assert gate.checks == (check,)
    assert gate.status == {True: "passed", False: "failed", None: "undecided"}[ok]
    assert gate.verdict == f"gate {gate.status}: {message}"


# Regression


NO_REGRESSION = "no item lower than in the baseline"
OLD = score({"data-1": [row()], "data-2": [row()]}, attestations=[attestation("data-3")])

REGRESSIONS = {
    "equal": (OLD, True, "none lower", "no item regressed"),
    "better": (
        score({f"data-{n}": [row()] for n in (1, 2, 3)}),
        True,
        "none lower",
        "no item regressed",
    ),
    "lost half": (
        score({"data-2": [row()]}, attestations=[attestation("data-1"), attestation("data-3")]),
        False,
        "data-1 automated -> manual",
        "regressed: data-1 automated -> manual",
    ),
    "lost two, won one": (
        score({"data-1": [row(outcome="failed")], "data-2": [row()], "data-4": [row()]}),
        False,
        "data-1 automated -> failing, data-3 manual -> missing",
        "regressed: data-1 automated -> failing, data-3 manual -> missing",
    ),
    "another state, the same points": (
        score({**{f"data-{n}": [row()] for n in (1, 2, 3)}, "data-4": [row(outcome="failed")]}),
        True,
        "none lower",
        "no item regressed",
    ),
    "waived": (
        score({"data-2": [row()]}, attestations=[attestation("data-3")], waivers=[waiver()]),
        True,
        "data-1 automated -> missing",
        "regressed, but waived: data-1 automated -> missing",
    ),
    "one of two waived": (
        score({"data-2": [row()]}, waivers=[waiver()]),
        False,
        "data-3 manual -> missing",
        "regressed: data-3 manual -> missing",
    ),
    "waiver expired": (
        score(
            {"data-2": [row()]},
            attestations=[attestation("data-3")],
            waivers=[waiver(expires=-1)],
        ),
        False,
        "data-1 automated -> missing",
        "regressed: data-1 automated -> missing",
    ),
}


@pytest.mark.parametrize("new,ok,actual,message", REGRESSIONS.values(), ids=REGRESSIONS.keys())
def test_no_item_may_be_lower_than_in_the_baseline(new, ok, actual, message):
    assert new.score.final == OLD.score.final == 0  # hidden behind the minimum
    tests = {i.id: i.tests for i in new.items}
    new = score(
        tests,
        attestations=[i.attestation.statement for i in new.items if i.attestation],
        waivers=[i.waiver.decision for i in new.items if i.waiver],
        baseline=baseline(OLD),
        config=settings_of(fail_on_regression=True),
    )
    check = GateCheck(
        rule="fail_on_regression", expected=NO_REGRESSION, actual=actual, ok=ok, message=message
    )
    assert new.gate.checks == (check,)
    assert new.gate.status == ("passed" if ok else "failed")


@pytest.mark.parametrize(
    "found,strict,ok,why",
    [
        (missing_baseline("main.json"), False, True, "main.json does not exist yet"),
        (missing_baseline("main.json"), True, None, "main.json does not exist yet"),
        (None, False, None, "no baseline was given"),
        (None, True, None, "no baseline was given"),
        (
            baseline(score(of=run(reason("deselected")))),
            False,
            None,
            "the baseline run was not complete",
        ),
        (
            baseline(score(of=run(reason("deselected")))),
            True,
            None,
            "the baseline run was not complete",
        ),
    ],
)
def test_only_a_first_run_may_do_without_a_baseline(found, strict, ok, why):
    rules = GateRules(fail_on_regression=True, strict=strict)
    gate = decide(rules, judged(GOOD, baseline=found))
    check = gate.checks[0]
    assert (check.rule, check.expected, check.actual) == (
        "fail_on_regression",
        NO_REGRESSION,
        "no baseline",
    )
    assert (check.ok, check.message) == (ok, f"no baseline to compare with ({why})")
    assert gate.status == ("passed" if ok else "undecided")
    if ok is None:
        assert gate.verdict == f"gate undecided: {check.message}"


def test_a_known_failure_beats_a_condition_that_cannot_be_decided():
    gate = gate_of(EMPTY, fail_under=1.0, fail_on_regression=True)
    assert [c.ok for c in gate.checks] == [False, None]
    assert (gate.status, gate.verdict) == ("failed", "gate failed: score 0, required 1")


def test_a_baseline_that_is_not_gated_is_only_shown():
    record = score(baseline=baseline(OLD))
    assert [c.item for c in record.baseline.changes] == ["data-1", "data-2", "data-3"]
    assert (record.gate.status, record.gate.checks) == ("not-asked", ())


# Policy and strict


@pytest.mark.parametrize(
    "waivers,allowed,ok",
    [
        ([], 0, True),
        ([waiver("data-1")], 0, False),
        ([waiver("data-1", expires=-1)], 0, True),
        ([waiver("data-1"), waiver("data-2")], 1, False),
        ([waiver("data-1"), waiver("data-2")], 2, True),
        ([waiver("data-1"), waiver("data-2", expires=-1)], 1, True),
    ],
)
def test_more_waivers_than_the_policy_allows_fail_the_gate(waivers, allowed, ok):
    gate = score(waivers=waivers, policy=Policy(max_waivers=allowed)).gate
    count = sum(w.expires >= waiver(expires=0).expires for w in waivers)
    check = GateCheck(
        rule="max_waivers",
        expected=f"<= {allowed}",
        actual=str(count),
        ok=ok,
        message=f"{count} waived items, at most {allowed} allowed",
    )
    assert gate.checks == (check,)
    assert gate.status == ("passed" if ok else "failed")


def strict_checks(**evidence):
    gate = score(**evidence, config=settings_of(strict=True)).gate
    assert all(c.rule == "strict" for c in gate.checks)
    return gate, [(c.expected, c.actual, c.ok, c.message) for c in gate.checks]


CLEAN = [
    (f"no {what}", "none", True, f"no {what}")
    for what in ("expired attestations", "expired waivers", "flaky tests")
]


def test_strict_alone_is_a_gate():
    gate, checks = strict_checks()
    assert checks == CLEAN
    assert gate.status == "passed"


@pytest.mark.parametrize(
    "evidence,broken,actual",
    [
        ({"attestations": [attestation("data-2", expires=-1)]}, 0, "data-2"),
        (
            {
                "tests": {"data-2": [row()]},
                "attestations": [attestation("data-2", expires=-1), attestation("model-1")],
            },
            0,
            "data-2",
        ),
        ({"waivers": [waiver("data-2", expires=-1), waiver("data-1", expires=0)]}, 1, "data-2"),
        ({"tests": {"data-1": [row("b", flaky=True), row("a", flaky=True)]}}, 2, "a, b"),
        ({"tests": {"data-1": [row("t", "failed", flaky=True)], "data-2": [row("u")]}}, 2, "t"),
        ({"tests": {i: [row("t", flaky=True)] for i in ("data-1", "data-2")}}, 2, "t"),
        (
            {"tests": {"data-1": [row(f"t{n}", flaky=True) for n in range(5)]}},
            2,
            "t0, t1, t2, t3, t4",
        ),
        (
            {"tests": {"data-1": [row(f"t{n}", flaky=True) for n in range(7)]}},
            2,
            "t0, t1, t2, t3, t4 and 2 more",
        ),
    ],
)
def test_strict_names_what_is_out_of_order(evidence, broken, actual):
    gate, checks = strict_checks(**evidence)
    expected = list(CLEAN)
    what = CLEAN[broken][0].removeprefix("no ")
    expected[broken] = (f"no {what}", actual, False, f"{what}: {actual}")
    assert checks == expected
    assert (gate.status, gate.verdict) == ("failed", f"gate failed: {what}: {actual}")


def test_an_attestation_on_its_last_day_is_not_expired():
    assert strict_checks(attestations=[attestation(expires=0)])[1] == CLEAN


def test_long_names_are_cut():
    (*_, flaky) = strict_checks(tests={"data-1": [row("t" * 121, flaky=True)]})[1]
    assert flaky[1] == shorten("t" * 121, 120)


def test_strict_never_changes_points():
    tests = {"data-1": [row(flaky=True)]}
    strict = score(tests, config=settings_of(strict=True))
    assert strict.items == score(tests).items
    assert strict.score == score(tests).score


# The run


ALL_RULES = {
    "fail_under": 0.0,
    "fail_under_section": {"data": 0.0},
    "require": (Requirement(item="data-1"),),
    "fail_on_regression": True,
}
PARTIAL = run(reason("deselected", "3 left out by -k"))
CUT = run(reason("stopped", "stopped after 1 failure"))
BOTH = run(reason("arguments", "only a.py was run"), reason("exit", "pytest.exit"))


@pytest.mark.parametrize(
    "of,strict,status,verdict",
    [
        (PARTIAL, False, "not-evaluated", "gate not evaluated: 3 left out by -k"),
        (PARTIAL, True, "undecided", "gate undecided: 3 left out by -k"),
        (CUT, False, "undecided", "gate undecided: stopped after 1 failure"),
        (CUT, True, "undecided", "gate undecided: stopped after 1 failure"),
        (BOTH, False, "undecided", "gate undecided: only a.py was run; pytest.exit"),
        (BOTH, True, "undecided", "gate undecided: only a.py was run; pytest.exit"),
        (run(complete=False), False, "undecided", "gate undecided: the run was not complete"),
        (run(complete=False), True, "undecided", "gate undecided: the run was not complete"),
        (run(*CUT.incomplete_reasons, complete=True), False, "undecided", None),
        (run(*PARTIAL.incomplete_reasons, complete=True), False, "not-evaluated", None),
    ],
)
@pytest.mark.parametrize(
    "rules",
    [
        *({name: value} for name, value in ALL_RULES.items()),
        {"fail_under": 7.0},
        ALL_RULES,
        {},
    ],
    ids=str,
)
def test_a_run_that_does_not_show_everything_has_no_verdict(of, strict, status, verdict, rules):
    gate = decide(GateRules(strict=strict, **rules), judged(GOOD, run=of))
    if not rules and not strict:
        assert (gate.status, gate.verdict) == ("not-asked", "no gate was asked for")
        return
    assert gate.status == status
    assert gate.verdict == verdict or verdict is None
    assert gate.checks
    assert all(c.ok is None for c in gate.checks)


def test_the_waiver_cap_has_no_verdict_either():
    gate = decide(GateRules(), judged(GOOD, run=PARTIAL, policy=Policy(max_waivers=0)))
    assert (gate.status, [c.ok for c in gate.checks]) == ("not-evaluated", [None])


def test_a_run_in_which_nothing_was_asked_has_no_gate():
    for of in (PARTIAL, CUT, BOTH, run()):
        assert decide(GateRules(), judged(GOOD, run=of)).status == "not-asked"


def test_all_conditions_are_listed_in_their_order_and_each_failure_is_in_the_verdict():
    gate = score(
        config=settings_of(
            fail_under=1,
            fail_under_section={"model": 1, "data": 2},
            require=["data-2", "data-1:automated"],
            fail_on_regression=True,
            strict=True,
        ),
        policy=Policy(max_waivers=0),
        baseline=baseline(OLD),
        waivers=[waiver("model-1")],
    ).gate
    assert [c.rule for c in gate.checks] == [
        "fail_under",
        "fail_under_section",
        "fail_under_section",
        "require",
        "require",
        "fail_on_regression",
        "max_waivers",
        "strict",
        "strict",
        "strict",
        "strict",
    ]
    assert [c.ok for c in gate.checks] == [False] * 7 + [True] * 4
    assert gate.verdict == (
        "gate failed: score 0, required 1; section data 0, required 2; section model 0, required 1;"
        " data-2 is missing, required automated or manual; data-1 is missing, required automated;"
        " regressed: data-1 automated -> missing, data-2 automated -> missing,"
        " data-3 manual -> missing; 1 waived items, at most 0 allowed"
    )


def proven(*verdicts, **rules):
    return decide(GateRules(**rules), judged(tried(*verdicts)))


@pytest.mark.parametrize(
    "gate,nudges",
    [
        (gate_of(by_sums(3, 3, 3.5, 7), fail_under=2.0), ["fail_under could be 3"]),
        (gate_of(by_sums(2.5, 3, 3, 3), fail_under=2.4), ["fail_under could be 2.5"]),
        (gate_of(by_sums(3, 3, 3, 3), fail_under=3.0), []),
        # What was not asked for is not spoken of.
        (gate_of(by_sums(3, 3, 3, 3), require=(Requirement(item="data-1"),)), []),
        (
            gate_of(by_sums(0, 2.5, 3, 3), fail_under_section={"infra": 1.0, "model": 1.5}),
            ["fail_under_section could be model=2.5", "fail_under_section could be infra=3"],
        ),
        (gate_of(by_sums(0, 2.5, 3, 3), fail_under_section={"model": 2.5}), []),
        (
            gate_of(by_sums(1, 1, 1, 1), fail_under=0.5, fail_under_section={"data": 0.0}),
            ["fail_under could be 1", "fail_under_section could be data=1"],
        ),
        # Two of three are more than 0.66, and a floor of 0.67 would fail.
        (
            proven("caught", "caught", "missed", fail_under_proof=0.5),
            ["fail_under_proof could be 0.66"],
        ),
        (proven("caught", fail_under_proof=0.99), ["fail_under_proof could be 1"]),
        (proven("caught", "missed", fail_under_proof=0.5), []),
        # A gate that failed, or saw too little, has other worries.
        (gate_of(by_sums(2, 3, 3, 3), fail_under=1.0, require=(Requirement(item="data-7"),)), []),
        (decide(GateRules(fail_under=0.0), judged(by_sums(2, 3, 3, 3), run=PARTIAL)), []),
        (decide(GateRules(fail_under=0.0), judged(by_sums(2, 3, 3, 3), run=CUT)), []),
    ],
)
def test_floors_that_can_be_raised_are_named(gate, nudges):
    assert list(gate.nudges) == nudges


def test_a_floor_that_was_raised_holds_and_cannot_be_raised_again():
    record = by_sums(2.5, 3, 4, 3)
    floors = {"fail_under": 2.5, "fail_under_section": {"infra": 4.0}}
    assert gate_of(record, **floors).status == "passed"
    assert gate_of(record, **floors).nudges == ()


def loosened_to(gain):
    """Return a baseline since which nothing was loosened, or one floor."""
    moved = Loosened(what="fail_under", before="3", after="2", found="2.5")
    bounds = (moved,) if gain else ()
    return msgspec.structs.replace(baseline(EMPTY), loosened=bounds)


@pytest.mark.parametrize("gain", [True, False])
def test_what_was_loosened_fails_a_strict_gate_alone(gain):
    bounds = judged(GOOD, baseline=loosened_to(gain))
    assert decide(GateRules(fail_under=0.0), bounds).status == "passed"
    gate = decide(GateRules(strict=True), bounds)
    assert gate.status == ("failed" if gain else "passed")
    (check,) = [c for c in gate.checks if c.expected == "no bound loosened"]
    assert check.rule == "strict"
    assert check.message == (
        "loosened: fail_under 3 -> 2 (now 2.5)" if gain else "no bound loosened"
    )


def test_a_pass_lists_everything_that_was_asked():
    gate = score({"data-1": [row()]}, config=settings_of(fail_under=0, require=["data-1"])).gate
    assert gate.verdict == (
        "gate passed: score 0, required 0; data-1 is automated, required automated or manual"
    )


FIVE = [f"data-{n}" for n in range(1, 6)]


@pytest.mark.parametrize(
    "rules,message",
    [
        (
            {"fail_under_section": {"dta": 1.0}},
            "fail_under_section: 'dta' is not in the rubric; did you mean 'data'?",
        ),
        (
            {"fail_under_section": {"zzz": 1.0}},
            "fail_under_section: 'zzz' is not in the rubric; it has data, model, infra, monitor",
        ),
        (
            {"require": (Requirement(item="model-9"),)},
            "require: 'model-9' is not in the rubric; did you mean 'model-7'?",
        ),
        (
            {"require": (Requirement(item="zzz"),)},
            "require: 'zzz' is not in the rubric; it has " + ", ".join(FIVE) + " and 23 more",
        ),
    ],
)
def test_a_condition_on_what_is_not_there_is_an_error_and_never_passes(rules, message):
    with pytest.raises(ConfigError) as error:
        gate_of(GOOD, **rules)
    assert str(error.value) == message


# Rules from a record


def test_rules_are_read_back_from_the_configuration_of_a_record():
    config = settings_of(
        rubric="paper",
        fail_under=4,
        fail_under_section={"data": 2},
        require=["data-1", "data-2:automated"],
        fail_on_regression=True,
        strict=True,
    )
    assert GateRules.from_config(config) == GateRules(
        fail_under=4.0,
        fail_under_section={"data": 2.0},
        require=(
            Requirement(item="data-1", level="manual"),
            Requirement(item="data-2", level="automated"),
        ),
        fail_on_regression=True,
        strict=True,
    )


def test_rules_that_nobody_set_ask_for_nothing():
    assert GateRules.from_config({}) == GateRules()
    unset = settings_of(fail_under=None, fail_under_section={}, require=[], strict=False)
    assert GateRules.from_config(unset) == GateRules()


@pytest.mark.parametrize(
    "values",
    [{"fail_under": "4"}, {"strict": 1}, {"fail_under_section": ["data=4"]}, {"fail_under": True}],
)
def test_rules_of_the_wrong_type_are_refused(values):
    with pytest.raises(msgspec.ValidationError):
        GateRules.from_config(settings_of(**values))


@pytest.mark.parametrize(
    "text,item,level",
    [
        ("data-1", "data-1", "manual"),
        (" data-1 ", "data-1", "manual"),
        ("data-1:", "data-1", "manual"),
        ("data-1:manual", "data-1", "manual"),
        ("data-1 : automated ", "data-1", "automated"),
    ],
)
def test_requirements_are_read(text, item, level):
    assert requirement(text) == Requirement(item=item, level=level)


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match=r"^level 'auto' is neither 'manual' nor 'automated'$"):
        requirement("data-1: auto")


def test_the_policy_of_ci_is_judged_by_the_run():
    policy, tests = Policy(require_ci=True), {"data-1": [row()]}
    inside = run(ci=CI(provider="GitHub"))
    assert score(tests, policy=policy).item("data-1").state == "withheld"
    assert score(tests, policy=policy, of=inside).item("data-1").state == "automated"


@pytest.mark.parametrize(
    "status,code",
    [("passed", 0), ("not-asked", 0), ("not-evaluated", 0), ("failed", 10), ("undecided", 11)],
)
def test_exit_codes(status, code):
    assert exit_code(status) == code
