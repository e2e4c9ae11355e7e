from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from pytest_mltestscore import reporters
from pytest_mltestscore.cli import main
from pytest_mltestscore.domain.record import Policy, Reason
from pytest_mltestscore.reporters._wording import GATES
from pytest_mltestscore.scoring.diff import baseline_from, yardstick_of
from pytest_mltestscore.scoring.gate import exit_code

ALL = ("data", "model", "infra", "monitor")
DESELECTED = Reason(kind="deselected", detail="2 tagged tests deselected by -k")
STOPPED = Reason(kind="stopped", detail="stopping after 1 failure")


def edited(path, change):
    """Change a stored record as somebody with an editor might."""
    content = json.loads(Path(path).read_text("utf-8"))
    change(content)
    Path(path).write_text(json.dumps(content), encoding="utf-8")
    return path


OFTEN_ENOUGH = settings(suppress_health_check=strategies.fixtures_are_shared, max_examples=40)

# The verdict by the record's own rules


@pytest.mark.parametrize(
    "parts,code,verdict",
    [
        ({"full": ALL}, 0, "mlscore: score 7 of 7  (no gate was asked for)"),
        (
            {"full": ALL, "rules": {"fail_under": 7.0}},
            0,
            "mlscore: gate passed  score 7, required 7",
        ),
        (
            {"full": ALL[1:], "rules": {"fail_under": 1.0}},
            10,
            "mlscore: GATE FAILED  score 0, required 1",
        ),
        (
            {"full": ALL, "rules": {"fail_under": 1.0}, "reasons": [DESELECTED]},
            0,
            "mlscore: gate not evaluated  2 tagged tests deselected by -k",
        ),
        (
            {"full": ALL, "rules": {"fail_under": 1.0, "strict": True}, "reasons": [DESELECTED]},
            11,
            "mlscore: GATE UNDECIDED  2 tagged tests deselected by -k",
        ),
        (
            {"full": ALL, "rules": {"fail_under": 1.0}, "reasons": [STOPPED]},
            11,
            "mlscore: GATE UNDECIDED  stopping after 1 failure",
        ),
        (
            {"waived": ["data-1", "data-2"], "policy": Policy(max_waivers=1)},
            10,
            "mlscore: GATE FAILED  2 waived items, at most 1 allowed",
        ),
    ],
)
def test_the_stored_rules_decide(mlscore, save, parts, code, verdict):
    done = mlscore("gate", save("r.json", **parts))
    assert (done.code, done.last, done.err) == (code, verdict, "")


def test_every_condition_is_listed_as_expected_and_found_with_its_origin(mlscore, save):
    rules = {
        "fail_under": 1.0,
        "fail_under_section": {"model": 2.0},
        "require": ["data-1:automated", "data-2:manual"],
    }
    path = save(
        "r.json",
        outcomes={"data-1": "failed"},
        attested=["data-2"],
        full=["model"],
        rules=rules,
        waived=["infra-1"],
        policy=Policy(max_waivers=3),
    )
    done = mlscore("gate", path)
    assert done.code == 10
    assert done.out == (
        "churn, 2026-03-02, commit 1a2b3c4d1a2b\n"
        "  FAILED  fail_under (pyproject.toml): score 0, required 1\n"
        "          expected >= 1, found 0\n"
        "  ok      fail_under_section (pyproject.toml): section model 7, required 2\n"
        "          expected >= 2, found 7\n"
        "  FAILED  require (pyproject.toml): data-1 is failing, required automated\n"
        "          expected automated, found failing\n"
        "  ok      require (pyproject.toml): data-2 is manual, required automated or\n"
        "          manual\n"
        "          expected automated or manual, found manual\n"
        "  ok      max_waivers (policy): 1 waived items, at most 3 allowed\n"
        "          expected <= 3, found 1\n"
        "mlscore: GATE FAILED  score 0, required 1; data-1 is failing, required automated\n"
    )


def test_conditions_of_an_incomplete_run_are_open(mlscore, save):
    path = save("r.json", rules={"fail_under": 1.0}, reasons=[STOPPED], run={"commit": None})
    first, condition, *_ = mlscore("gate", path).out.splitlines()
    assert first == "churn, 2026-03-02"
    assert condition.startswith("  open    fail_under")


def test_without_conditions_it_says_how_to_give_some(mlscore, save):
    done = mlscore("gate", save("r.json"))
    assert done.code == 0
    assert "no conditions: give some, such as --fail-under=2\n" in done.out


# Options


@pytest.mark.parametrize(
    "options,code",
    [
        (["--fail-under=1"], 10),
        (["--fail-under", "0"], 0),
        (["--fail-under-section=model=7"], 0),
        (["--fail-under-section=model=7", "--fail-under-section", "data=0.5"], 10),
        (["--require=tuned-hyperparameters:automated"], 0),
        (["--require=model-3,data-2"], 10),
        (["--require=model-3", "--require=data-2"], 10),
        (["--require=data-1"], 0),
        (["--require=data-1:automated"], 10),
        (["--fail-on-regression"], 11),
        (["--strict"], 0),
    ],
)
def test_options_are_rules(mlscore, save, options, code):
    path = save("r.json", full=["model"], attested=["data-1"])
    if "--fail-under-section=model=7" in options:
        assert mlscore("gate", path, "--fail-under-section=data=0.5").code == 0
        options = [o.replace("data=0.5", "data=1") for o in options]
    assert mlscore("gate", path, *options).code == code


def test_an_option_replaces_the_rule_of_its_name_and_no_other(mlscore, save):
    rules = {"fail_under": 5.0, "require": ["data-1:automated"], "strict": True}
    path = save("r.json", full=ALL[1:], outcomes={"data-1": "passed"}, rules=rules)
    done = mlscore("gate", path, "--fail-under=1")
    assert done.code == 0
    assert "fail_under (mlscore gate): score 1, required 1" in done.out
    assert "require (pyproject.toml): data-1 is automated" in done.out
    assert "strict (pyproject.toml): no flaky tests" in done.out
    assert "strict" not in mlscore("gate", path, "--no-strict", "--fail-under=1").out


def test_the_maximum_is_that_of_the_records_rubric(mlscore, refused, save):
    path = save("r.json", strategies.score(by=strategies.EDITION_2016))
    assert mlscore("gate", path, "--fail-under=14").code == 10
    assert refused("gate", path, "--fail-under=14.5").startswith("--fail-under: is '14.5'; give a")


@pytest.mark.parametrize(
    "options,message",
    [
        (["--fail-under=nan"], "--fail-under: is 'nan'; give a number from 0 to 7"),
        (["--fail-under", "-1"], "--fail-under: is '-1'; give a number from 0 to 7"),
        (["--fail-under="], "--fail-under: is ''; give a number"),
        (["--fail-under=3,0"], "--fail-under: is '3,0'; did you mean 3.0?"),
        (["--fail-under"], "argument --fail-under: expected one argument (see `mlscore gate --he"),
        (["--fail-under-section=dta=1"], "--fail-under-section: unknown section 'dta'; did you"),
        (["--fail-under-section=data"], "--fail-under-section: is 'data'; give SECTION=N"),
        (["--require=shema"], "--require: unknown rubric item 'shema'"),
        (["--require=data-1:auto"], "--require: data-1 has the unknown level 'auto'; did you mean"),
        (["--baseline="], ": cannot be read: "),
        (["--baseline=."], ".: cannot be read: Is a directory; give a file that holds a run rec"),
        (["--fail-un=1"], "unrecognized arguments: --fail-un=1"),
    ],
)
def test_bad_options_are_refused_by_name_with_the_mend(refused, save, options, message):
    assert refused("gate", save("r.json"), *options).startswith(message)


# Baseline


def test_a_lower_item_is_a_regression(mlscore, save):
    main_, now = save("main.json", full=ALL), save("now.json", full=ALL[1:])
    done = mlscore("gate", now, "--baseline", main_, "--fail-on-regression")
    assert done.code == 10
    assert "baseline: main.json: 7 of 28 items earned more there\n" in done.out
    assert "  FAILED  fail_on_regression (mlscore gate): regressed\n" in done.out
    assert "found data-1 automated -> missing," in " ".join(done.out.split())
    assert mlscore("gate", main_, "--baseline", now, "--fail-on-regression").code == 0


def test_a_baseline_alone_is_shown_and_decides_nothing(mlscore, save):
    main_, now = save("main.json", full=ALL), save("now.json")
    done = mlscore("gate", now, "--baseline", main_)
    assert done.code == 0
    assert "baseline: main.json: 28 of 28 items earned more there\n" in done.out


def test_a_rule_that_was_loosened_is_pointed_out_and_fails_a_strict_gate(mlscore, save):
    main_ = save("main.json", full=ALL, rules={"fail_under": 7.0})
    now = save("now.json", full=ALL[1:], rules={"fail_under": 0.0})
    asked = mlscore("gate", now, "--baseline", main_)
    assert asked.code == 0
    assert "loosened: fail_under 7 -> 0 (now 0)\n" in asked.out
    strict = mlscore("gate", now, "--baseline", main_, "--strict")
    assert strict.code == 10
    assert strict.last == "mlscore: GATE FAILED  loosened: fail_under 7 -> 0 (now 0)"
    # An option may loosen a rule as well as a file.
    typed = mlscore("gate", main_, "--baseline", main_, "--fail-under=6")
    assert "loosened" not in typed.out
    lower = save("lower.json", full=ALL[1:], rules={"fail_under": 7.0})
    typed = mlscore("gate", lower, "--baseline", main_, "--fail-under=0")
    assert "loosened: fail_under 7 -> 0 (now 0)\n" in typed.out


def test_a_floor_that_can_be_raised_is_named(mlscore, save):
    path = save("r.json", full=ALL, rules={"fail_under": 2.0})
    assert "\n  floor   fail_under could be 7\n" in mlscore("gate", path).out
    assert "  floor" not in mlscore("gate", path, "--fail-under=7").out


def test_a_given_baseline_replaces_the_stored_one(mlscore, save, make):
    old = make(full=ALL)
    stored = baseline_from(old, "old.json", yardstick_of(old))
    path = save("r.json", rules={"fail_on_regression": True}, baseline=stored)
    assert mlscore("gate", path).code == 10
    assert mlscore("gate", path, "--baseline", save("empty.json")).code == 0


@pytest.mark.parametrize(
    "parts,code,said",
    [
        (None, 0, "main.json: no comparison, main.json does not exist yet"),
        ({"system": "fraud"}, 11, "different systems: fraud and churn"),
        ({"reasons": [DESELECTED]}, 11, "the baseline run was not complete"),
    ],
)
def test_what_cannot_be_compared_is_said(mlscore, save, parts, code, said):
    if parts is not None:
        save("main.json", **parts)
    path = save("r.json", full=ALL)
    done = mlscore("gate", path, "--baseline=main.json", "--fail-on-regression")
    assert done.code == code
    assert said in " ".join(done.out.split())
    strict = mlscore("gate", path, "--baseline=main.json", "--fail-on-regression", "--strict")
    assert strict.code == 11


def test_of_several_systems_in_a_baseline_the_same_one_is_taken(mlscore, save, make, tmp_path):
    render = reporters.find("json").render
    records = [make(system="fraud"), make(full=ALL)]
    joined = ", ".join(render(record) for record in records)
    (tmp_path / "all.json").write_text(f'{{"records": [{joined}]}}', encoding="utf-8")
    done = mlscore("gate", save("r.json"), "--baseline=all.json", "--fail-on-regression")
    assert done.code == 10


def test_one_stream_cannot_be_both(refused):
    message = "standard input can be read only once; give files for the others"
    assert refused("gate", "-", "--baseline", "-") == message


# Records that nobody should trust


def test_a_verdict_that_the_content_does_not_give_is_not_believed(mlscore, save):
    path = save("r.json", rules={"fail_under": 1.0})

    def whitewash(content):
        content["gate"] = {"status": "passed", "verdict": "gate\u202e passed", "checks": []}

    done = mlscore("gate", edited(path, whitewash))
    assert done.code == 10
    assert done.last == "mlscore: GATE FAILED  score 0, required 1"
    assert done.err == (
        "mlscore: warning: r.json: its own verdict is 'gate\\u202e passed', which is not what its"
        " content gives; it is judged anew\n"
    )
    assert mlscore("gate", path, "--fail-under=0").err == ""


def test_a_rule_of_a_later_version_is_not_dropped(refused, save):
    path = save("r.json", full=ALL, rules={"fail_under": 1.0})

    def add_rule(content):
        check = content["gate"]["checks"][0]
        content["gate"]["checks"].append({**check, "rule": "fail_under_novelty"})

    message = refused("gate", edited(path, add_rule))
    assert message == (
        "r.json: it was judged by the rule 'fail_under_novelty', which this version does not know;"
        " update pytest-mltestscore"
    )


@pytest.mark.parametrize(
    "name,value,problem",
    [
        ("fail_under", "three", "Expected `float"),
        ("fail_under", [1], "Expected `float"),
        ("fail_under_section", {"dta": 1}, "fail_under_section: 'dta' is not in the rubric; did"),
        ("fail_under_section", 3, "Expected `object`, got `int`"),
        ("require", ["data-8"], "require: 'data-8' is not in the rubric; did you mean 'data-"),
        ("require", ["data-1:gold"], "level 'gold' is neither 'manual' nor 'automated'"),
        ("require", [1], "'int' object has no attribute 'partition'"),
        ("require", None, "'NoneType' object is not iterable"),
        ("strict", "yes", "Expected `bool`, got `str`"),
    ],
)
def test_unusable_stored_rules_are_refused(refused, save, name, value, problem):
    path = save("r.json")

    def spoil(content):
        content["config"][name] = {"value": value, "origin": "by hand"}

    message = refused("gate", edited(path, spoil))
    assert message.startswith(f"r.json: config: unusable gate rule: {problem}")
    assert message.endswith("score again, or give the rule as an option")


def test_an_option_mends_an_unusable_stored_rule(mlscore, save):
    path = save("r.json", full=ALL)

    def spoil(content):
        content["config"]["fail_under"] = {"value": "three", "origin": "by hand"}

    assert mlscore("gate", edited(path, spoil), "--fail-under=3").code == 0


# One verdict


@settings(OFTEN_ENOUGH)
@given(case=strategies.cases(), before=st.none() | strategies.cases())
def test_printed_verdict_stored_verdict_and_exit_code_agree(case, before, capsys, tmp_path):
    baseline = None
    if before is not None:
        old = before.score()
        baseline = baseline_from(old, "old.json", yardstick_of(case.score()))
    record = case.score(baseline=baseline)
    path = tmp_path / "r.json"
    path.write_text(reporters.find("json").render(record), encoding="utf-8")
    code = main(["gate", str(path)])
    out, err = capsys.readouterr()
    status = record.gate.status
    assert code == exit_code(status)
    assert err == ""
    said = GATES[status] if status != "not-asked" else "score "
    assert out.splitlines()[-1].startswith(f"mlscore: {said}")


@settings(OFTEN_ENOUGH)
@given(case=strategies.cases(), data=st.data())
def test_rules_given_as_options_are_judged_as_stored_ones(case, data, capsys, tmp_path):
    config = data.draw(strategies.configs(case.by))
    path = tmp_path / "r.json"
    path.write_text(reporters.find("json").render(case.score(config={})), encoding="utf-8")
    typed = {name: setting.value for name, setting in config.items()}
    options = [f"--require={text}" for text in typed["require"]]
    options += [f"--fail-under-section={s}={n!r}" for s, n in typed["fail_under_section"].items()]
    if typed["fail_under"] is not None:
        options.append(f"--fail-under={typed['fail_under']!r}")
    options += [f"--{name.replace('_', '-')}" for name, value in typed.items() if value is True]
    code = main(["gate", str(path), *options])
    out, err = capsys.readouterr()
    if code == 2:  # a floor that this small rubric does not have, or one written as 1e-05
        assert "give a number from 0 to" in err
        return
    gate = case.score(config=config).gate
    assert code == exit_code(gate.status)
    shown = [line.split()[0] for line in out.splitlines() if line.startswith("  ")]
    words = {True: "ok", False: "FAILED", None: "open"}
    # Options are put into the order of the rubric, stored rules stay as they are.
    found = [word for word in shown if word in words.values()]
    assert sorted(found) == sorted(words[check.ok] for check in gate.checks)
