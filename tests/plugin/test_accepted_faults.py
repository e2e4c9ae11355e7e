"""Accepted faults: a project says what its tests may miss, and every report says so, too."""

from __future__ import annotations

import shlex

import pytest

import needs

needs.module_at_import("narwhals", "numpy", "pandas")

PROVE = ("--mlscore-prove", "--mlscore-prove-depth=full")
SUITE = """
import pandas as pd
import pytest

@pytest.fixture(scope="module")
def rows():
    return pd.DataFrame({"km": [100.0, 200.0, 300.0] * 20, "carrier": ["AA", "DL", "AA"] * 20})

@pytest.mark.mlscore("data-1")
def test_ranges(rows):
    assert rows["km"].dropna().between(0, 1000).all()

@pytest.mark.mlscore("data-1")
def test_vacuous(rows):
    rows["km"]
"""
REASON = "Nulls are dropped before anything is computed"


def accept(pytester, *entries, **where):
    tables = entries or (where,)
    text = ""
    for entry in tables:
        facts = {"fault": "null_burst", "reason": REASON, **entry}
        text += "[[accepted_faults]]\n" + "".join(f"{k} = '{v}'\n" for k, v in facts.items())
    (pytester.path / "mlscore.toml").write_text(text, encoding="utf-8")


@pytest.fixture
def suite(pytester):
    pytester.makepyfile(test_rows=SUITE)
    return pytester


def verdicts(scored):
    """Return by test what came of the nulls."""
    return {
        nodeid.partition("::")[2]: next(
            (t["verdict"], t.get("why", ""))
            for t in row["proof"]["trials"]
            if t["fault"] == "null_burst"
        )
        for nodeid, row in scored.rows("data-1").items()
    }


@pytest.mark.parametrize(
    "where, accepted",
    [
        ({"test": "test_rows.py::test_ranges"}, {"test_ranges"}),
        ({"test": "test_rows.py"}, {"test_ranges", "test_vacuous"}),
        ({"item": "feature-schema"}, {"test_ranges", "test_vacuous"}),
        ({"item": "data-1", "test": "*vacuous"}, {"test_vacuous"}),
    ],
)
def test_a_missed_fault_is_accepted_where_the_project_says_so(suite, score, where, accepted):
    accept(suite, **where)
    scored = score(*PROVE, "--mlscore-report=term:items", "--mlscore-report=md:out.md")
    missed = {"test_ranges", "test_vacuous"} - accepted
    assert verdicts(scored) == {
        **dict.fromkeys(accepted, ("accepted", REASON)),
        **dict.fromkeys(missed, ("missed", "")),
    }
    proof = scored.item("data-1")["proof"]
    assert proof["caught"] > 0  # by the test of ranges, which is proven all the same
    assert proof["accepted"] == (0 if missed else 1)
    (status,) = scored.record["accepted_faults"]
    assert (status["tests"], status["stale"]) == (len(accepted), "")
    scored.result.stdout.fnmatch_lines(["ACCEPTED null_burst, missed by *"])
    assert f": {REASON}\n" in (suite.path / "out.md").read_text("utf-8")


def test_what_is_accepted_proves_nothing(suite, score):
    suite.makepyfile(test_rows=SUITE.replace("assert ", ""))
    accept(suite, item="data-1")
    scored = score(*PROVE, "--mlscore-fail-under-proof=1")
    assert scored.ret == 10
    assert scored.item("data-1")["proof"]["caught"] == 0
    scored.result.stdout.fnmatch_lines(
        ["Proof: *0 of 1 automated item seen to fail; 0 of *, 1 accepted", "UNPROVEN data-1*"]
    )


def test_a_run_without_proving_reads_the_same_file(suite, score):
    accept(suite, test="test_rows.py")
    scored = score()
    assert scored.ret == 0
    assert [s["stale"] for s in scored.record["accepted_faults"]] == [""]


SOUND = SUITE.replace(".dropna()", "").rpartition("@pytest.mark")[0]


def stale(scored):
    return [status["stale"] for status in scored.record["accepted_faults"]]


def test_what_is_caught_now_need_not_be_accepted(pytester, score):
    pytester.makepyfile(test_rows=SOUND)
    accept(pytester, test="test_rows.py::test_ranges")
    scored = score(*PROVE)
    assert stale(scored) == ["it is caught now"]
    assert "so remove the entry" in " ".join(scored.result.stdout.str().split())


def test_a_test_that_is_gone_need_not_be_accepted(suite, score):
    accept(suite, {"test": "test_gone.py"}, {"test": "test_rows.py"})
    assert stale(score()) == ["there is no such test", ""]


@pytest.mark.parametrize("args", [("test_rows.py::test_ranges",), ("-k", "ranges"), ("-x",)])
def test_a_run_that_leaves_something_out_calls_nothing_stale(pytester, score, args):
    others = 'def test_red(): assert 0\n\n@pytest.mark.mlscore("data-2")\ndef test_last(): ...\n'
    pytester.makepyfile(test_rows=SOUND + others)
    accept(pytester, {"test": "test_gone.py"}, {"test": "test_rows.py"})
    assert stale(score(*PROVE, *args)) == ["", ""]


def test_at_the_usual_depth_a_fault_that_was_not_tried_is_not_called_caught(pytester, score):
    pytester.makepyfile(test_rows=SOUND)
    faults = score(*PROVE).row("data-1")["proof"]["trials"]
    caught = [trial["fault"] for trial in faults if trial["verdict"] == "caught"]
    accept(pytester, *({"fault": fault, "item": "data-1"} for fault in caught))
    said = stale(score("--mlscore-prove"))
    assert said.count("it is caught now") == 1
    assert {*said} == {"it is caught now", ""}


@pytest.mark.parametrize(
    "entry, said",
    [
        ({"fault": "null_brust", "item": "data-1"}, "did you mean 'null_burst'?"),
        ({"item": "feature-shema"}, "did you mean 'feature-schema'?"),
        ({"item": "model-6"}, "'null_burst' does not belong to model-6"),
        ({}, "names no test"),
    ],
)
def test_a_mistake_is_a_usage_error(suite, score, entry, said):
    accept(suite, entry)
    scored = score(*PROVE, expect_record=False)
    assert scored.ret == pytest.ExitCode.USAGE_ERROR
    assert "mlscore.toml: accepted_faults[0]" in scored.result.stderr.str()
    assert said in scored.result.stderr.str()


OWN = """
import pandas as pd
from pytest_mltestscore.faults import fault

@fault(items=["data-1"], fits=pd.DataFrame)
def same_carrier(rows, rng):
    "Lets one carrier fly all."
    return rows.assign(carrier="AA")

def pytest_mlscore_faults():
    return [same_carrier]
"""


@pytest.mark.parametrize("proved", [True, False])
def test_a_fault_of_ones_own_can_be_accepted(suite, score, proved):
    suite.makeconftest(OWN)
    accept(suite, fault="same_carrier", item="data-1")
    scored = score(*PROVE) if proved else score()
    assert scored.ret == 0
    (status,) = scored.record["accepted_faults"]
    assert (status["tests"], status["stale"]) == (2 if proved else 0, "")


def test_a_run_that_only_selects_knows_no_faults_of_ones_own(suite, plain):
    suite.makeconftest(OWN)
    accept(suite, fault="same_carrier", item="data-1")
    assert plain("-m", "mlscore_data", "-o", "mlscore_prove=true").ret == 0


def test_one_fault_alone_that_is_accepted_is_shown_so(suite, score):
    accept(suite, test="test_rows.py")
    scored = score("test_rows.py::test_vacuous", "--mlscore-prove-only=null_burst")
    scored.result.stdout.fnmatch_lines(["ACCEPTED null_burst in rows*", f"* {REASON}"])


def test_the_command_that_is_shown_can_be_pasted(suite, score, plain):
    suite.makepyfile(test_rows=SUITE.replace("assert ", ""))
    shown = score(*PROVE).result.outlines
    line = next(line.strip() for line in shown if "--mlscore-prove-only=" in line)
    result = plain(*shlex.split(line)[1:])
    result.stdout.fnmatch_lines(["TRIED *test_rows.py::test_*", "MISSED *"])


def test_it_is_the_same_over_workers(suite, score):
    needs.module("xdist")
    accept(suite, item="data-1")
    one, two = score(*PROVE), score(*PROVE, "-n", "2")
    assert verdicts(one) == verdicts(two)
    assert one.record["accepted_faults"] == two.record["accepted_faults"]
